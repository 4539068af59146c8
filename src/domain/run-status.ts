/** How a run and its steps stand, in the one word that people are told. */

export const runStatuses = [
  /** Its concurrency group is taken; it begins when that is free. */
  'queued',
  'running',
  'waiting_approval',
  /** A person is asked for something that only they know. */
  'waiting_answer',
  'succeeded',
  'failed',
  'cancelled',
  'needs_attention',
] as const;

export type RunStatus = (typeof runStatuses)[number];

/** Of a run that was told to end, and had done all by then. */
export const tooLate = (by: string): string => `too late to be cancelled by ${by}`;

export const isOverStatus = (status: string): boolean => ['succeeded', 'failed', 'cancelled'].includes(status);

export const stepStatuses = [
  'pending',
  'waiting_approval',
  'ready',
  'running',
  'verifying',
  'waiting',
  /** For a person's answer. */
  'waiting_answer',
  /** For the run that it started. */
  'waiting_run',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'unknown',
] as const;

export type StepStatus = (typeof stepStatuses)[number];
