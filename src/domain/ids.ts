/** Names of things: branded strings, so that an incident's id cannot be handed over where a run's is wanted. */

type Brand<Kind extends string> = string & { readonly __kind: Kind };

/** `inc-12`: the number is the one people say. */
export type IncidentId = Brand<'incident'>;
/** `run-…`: derived from the event that asked for it. */
export type RunId = Brand<'run'>;
/** What is loaded, decided upon and committed as one. */
export type AggregateId = IncidentId | RunId | AutomationId;
export type AutomationId = Brand<'automation'>;
/** The same id twice is the same event: the second changes nothing. */
export type EventId = Brand<'event'>;
export type EffectId = Brand<'effect'>;
/** Alertmanager's fingerprint of an alert's labels. */
export type Fingerprint = Brand<'fingerprint'>;
/** A chat user, as the chat system names them (`U…`). */
export type UserRef = Brand<'user'>;
/** A chat channel, as the chat system names it (`C…`). */
export type ChannelRef = Brand<'channel'>;
/** SHA-256 (hex) of a playbook's content. */
export type PlaybookHash = Brand<'playbook'>;
/** SHA-256 (hex) of what an approval covers. */
export type PlanDigest = Brand<'digest'>;

/** Milliseconds since 1970, always handed in. */
export type Instant = number;

/** A posted chat message. */
export interface MessageRef {
  readonly channel: ChannelRef;
  readonly ts: string;
}

export const automation = 'automation' as AutomationId;

export const incidentId = (number: number): IncidentId => `inc-${number}` as IncidentId;

export const isRunId = (id: string): id is RunId => id.startsWith('run-');

export const isIncidentId = (id: string): id is IncidentId => /^inc-\d+$/.test(id);
