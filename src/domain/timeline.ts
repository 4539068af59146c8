/** One line of history: what happened to an incident or run, by whom, when and why. */
import type { EventId, Instant } from './ids.ts';
import { type Actor, actorName } from './person.ts';
import type { Reason } from './reason.ts';

export interface TimelineEntry {
  readonly event: EventId;
  readonly at: Instant;
  readonly actor: string;
  readonly reason: Reason;
  /** A few words more: the note's text, the step's name, the failure's message. */
  readonly detail: string;
}

export const entry = (
  at: { readonly event: EventId; readonly now: Instant },
  actor: Actor,
  reason: Reason,
  detail = '',
): TimelineEntry => ({
  event: at.event,
  at: at.now,
  actor: actorName(actor),
  reason,
  detail,
});
