/** How a run stands, in words and by a face: the same on its own message, on the incident's card and in lists. */
import { isOverStatus, type RunStatus } from '../../domain/run-status.ts';

const words: Readonly<Record<RunStatus, string>> = {
  queued: 'waits until another run of its group has ended',
  running: 'running',
  waiting_approval: 'waits for approval',
  waiting_answer: 'waits for an answer',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  needs_attention: 'needs attention',
};

const faces: Readonly<Record<RunStatus, string>> = {
  queued: '⏱️',
  running: '▶️',
  waiting_approval: '✋',
  waiting_answer: '💬',
  succeeded: '✅',
  failed: '❌',
  cancelled: '⏹️',
  needs_attention: '❓',
};

/** Incidents keep the status as a text, which an older version may have written. */
const isStatus = (status: string): status is RunStatus => Object.hasOwn(words, status);

export const runInWords = (status: string): string => (isStatus(status) ? words[status] : status.replaceAll('_', ' '));

/** After the name of the run. */
export const runInSentence = (status: string): string => verbs[status] ?? runInWords(status);

const verbs: Readonly<Record<string, string>> = { running: 'is running', cancelled: 'was cancelled' };

export const faceOfRun = (status: string): string => (isStatus(status) ? faces[status] : '▫️');

export const isUnderWay = (status: string): boolean => !isOverStatus(status);
