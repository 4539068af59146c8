/** An incident: what is true of it, and what may happen to it. */
import type { Alert, AlertGroup } from './alert.ts';
import type { RunNote } from './effect.ts';
import type { Evidence } from './evidence.ts';
import type { ChannelRef, EventId, IncidentId, Instant, MessageRef, PlaybookHash } from './ids.ts';
import type { Actor } from './person.ts';
import type { ChannelPolicy, Severity } from './policy.ts';

export const incidentStatuses = ['triggered', 'acknowledged', 'mitigated', 'resolved', 'closed'] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

/** Somebody should look at it. */
export const isOpenStatus = (status: IncidentStatus): boolean => status !== 'resolved' && status !== 'closed';

export interface Incident {
  readonly id: IncidentId;
  readonly number: number;
  readonly title: string;
  /** '' where no service is known. */
  readonly service: string;
  readonly severity: Severity;
  /** A person weighed it: alerts leave it alone. */
  readonly severityBy?: string;
  readonly status: IncidentStatus;
  readonly openedAt: Instant;
  readonly openedBy: Actor;
  /** A schedule opened it, for this time: over with its runs, unless they fail. */
  readonly scheduledFor?: Instant;
  readonly acknowledgedBy?: string;
  readonly acknowledgedAt?: Instant;
  /** All alerts resolved since then; of a scheduled one: nobody has started its playbook since then. */
  readonly quietSince?: Instant;
  readonly resolvedAt?: Instant;
  readonly resolvedBy?: string;
  readonly lastFiredAt: Instant;
  /** When its channel last heard of new alerts, and how many it has not heard of since. */
  readonly toldAt?: Instant;
  readonly untold?: number;
  readonly counts: AlertCounts;
  /** Not sent by the source, by group key. */
  readonly truncated: Readonly<Record<string, number>>;
  /** The alert that opened it: names it, fills its links. */
  readonly subject?: Alert;
  readonly externalURL: string;
  readonly channelPolicy: ChannelPolicy;
  readonly channel?: { readonly id: ChannelRef; readonly name: string };
  readonly channelProblem?: string;
  readonly card?: MessageRef;
  readonly summary?: MessageRef;
  readonly evidence: readonly Evidence[];
  /** One line for each provider that failed. */
  readonly evidenceProblems: readonly string[];
  readonly proposals: readonly Proposal[];
  readonly runs: readonly RunNote[];
  /** Ids of the last events told from elsewhere, so that a repeat is seen. */
  readonly heard: readonly EventId[];
}

export interface AlertCounts {
  readonly firing: number;
  readonly resolved: number;
  /** Began to fire since somebody acknowledged, or since it was opened. */
  readonly fresh: number;
}

/** A playbook that matches, offered as a button. */
export interface Proposal {
  readonly playbook: PlaybookHash;
  readonly id: string;
  readonly name: string;
  /** The alert that brought it up, if one did. */
  readonly subject?: Alert;
}

export type IncidentEvent = { readonly id: EventId } & IncidentEventBody;

export type IncidentEventBody =
  | { readonly kind: 'alerts_arrived'; readonly group: AlertGroup }
  | {
      readonly kind: 'open_incident';
      readonly by: Actor;
      readonly title: string;
      readonly severity?: Severity;
      readonly service?: string;
    }
  /** `since`: as in `Follower`. */
  | { readonly kind: 'schedule_due'; readonly playbook: PlaybookHash; readonly since: Instant }
  | { readonly kind: 'acknowledge'; readonly by: Actor }
  | { readonly kind: 'resolve'; readonly by: Actor }
  | { readonly kind: 'set_severity'; readonly by: Actor; readonly severity: Severity }
  | { readonly kind: 'add_note'; readonly by: Actor; readonly text: string }
  | { readonly kind: 'trigger_due'; readonly playbook: PlaybookHash; readonly fingerprint: string }
  /** It may not start by itself any more: people are asked. */
  | { readonly kind: 'auto_refused'; readonly playbook: PlaybookHash; readonly why: string }
  | { readonly kind: 'grace_ended'; readonly quietSince: Instant }
  | { readonly kind: 'rest_ended'; readonly resolvedAt: Instant }
  | { readonly kind: 'channel_opened'; readonly channel: ChannelRef; readonly name: string }
  | { readonly kind: 'channel_refused'; readonly why: string }
  | { readonly kind: 'card_posted'; readonly message: MessageRef }
  | { readonly kind: 'summary_posted'; readonly message: MessageRef }
  | { readonly kind: 'evidence_found'; readonly evidence: readonly Evidence[]; readonly problems: readonly string[] }
  | { readonly kind: 'run_told'; readonly note: RunNote }
  | { readonly kind: 'effect_given_up'; readonly effect: string; readonly why: string };
