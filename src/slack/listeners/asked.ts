/** What somebody asked for, as read from what they typed or clicked; and the references that people type. */
import { type IncidentId, isIncidentId } from '../../domain/ids.ts';
import type { IntentBody, Question } from '../../domain/intent.ts';

/** `asks`: the person wants to be asked something before it is done. */
export type Asked = { readonly intent: IntentBody; readonly asks?: true } | { readonly question: Question };

/** Reads a slash command: its text, and the channel it was typed in. */
export type Read = (text: string, channel: string) => Asked;

/** Help; and where something else was asked for, that it was not understood. */
export const helpOn = (topic: Extract<Question, { kind: 'help' }>['topic'], typed = ''): Asked => ({
  question: { kind: 'help', topic, ...(typed && typed.toLowerCase() !== 'help' && { typed }) },
});

/** `inc-12`, `INC-12` or `12`. */
export function incidentTyped(word: string | undefined): IncidentId | undefined {
  const id = (word ?? '').toLowerCase().replace(/^(?:inc-)?(?=\d+$)/, 'inc-');
  return isIncidentId(id) ? id : undefined;
}

/** The incident of a channel: the engine knows which one that is. */
export const incidentOf = (channel: string): string => `channel:${channel}`;
