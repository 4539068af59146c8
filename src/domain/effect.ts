/** What is to be done to the outside world, as values with deterministic ids. */

import type { Labels } from './alert.ts';
import type { EffectId, IncidentId, Instant, PlaybookHash, RunId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Actor } from './person.ts';
import type { Severity } from './policy.ts';
import type { RunStatus } from './run-status.ts';

/** 0 goes first: what a person waits for; 9 is chatter. */
export type Urgency = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

interface Common {
  readonly id: EffectId;
  /** Not before this time. */
  readonly dueAt?: Instant;
  readonly urgency: Urgency;
  /** Acts by a step's action: only workers of this pool may begin it. */
  readonly pool?: string;
}

export type Effect = Common & EffectBody;

export type IncidentEffectBody =
  | { readonly kind: 'open_channel'; readonly incident: IncidentId }
  | { readonly kind: 'invite'; readonly incident: IncidentId }
  | { readonly kind: 'set_topic'; readonly incident: IncidentId }
  | { readonly kind: 'post_card'; readonly incident: IncidentId }
  | { readonly kind: 'pin_card'; readonly incident: IncidentId }
  | { readonly kind: 'refresh_card'; readonly incident: IncidentId }
  | { readonly kind: 'post_summary'; readonly incident: IncidentId }
  | { readonly kind: 'refresh_summary'; readonly incident: IncidentId }
  | { readonly kind: 'notify'; readonly incident: IncidentId; readonly notice: Notice }
  | { readonly kind: 'collect_evidence'; readonly incident: IncidentId }
  | {
      readonly kind: 'upload_picture';
      readonly incident: IncidentId;
      readonly blob: string;
      readonly title: string;
      readonly alt: string;
    }
  /** A trigger with `for:` looks again then. */
  | {
      readonly kind: 'retry_trigger';
      readonly incident: IncidentId;
      readonly playbook: PlaybookHash;
      readonly fingerprint: string;
    }
  | { readonly kind: 'end_grace'; readonly incident: IncidentId; readonly quietSince: Instant }
  | { readonly kind: 'close_incident'; readonly incident: IncidentId; readonly resolvedAt: Instant };

export type RunEffectBody =
  | { readonly kind: 'run_step'; readonly run: RunId; readonly step: string; readonly attempt: number }
  | {
      readonly kind: 'verify_step';
      readonly run: RunId;
      readonly step: string;
      readonly attempt: number;
      readonly check: number;
      readonly poll: number;
    }
  /** Enforced even where the worker that ran it is gone. */
  | { readonly kind: 'time_out_step'; readonly run: RunId; readonly step: string; readonly attempt: number }
  | { readonly kind: 'end_wait'; readonly run: RunId; readonly step: string }
  | { readonly kind: 'start_queued'; readonly run: RunId }
  | { readonly kind: 'post_question'; readonly run: RunId; readonly step: string }
  | { readonly kind: 'refresh_question'; readonly run: RunId; readonly step: string }
  | { readonly kind: 'expire_answer'; readonly run: RunId; readonly step: string }
  | { readonly kind: 'preview_plan'; readonly run: RunId; readonly approval: string }
  | { readonly kind: 'remind_approval'; readonly run: RunId; readonly approval: string }
  | {
      readonly kind: 'upload_log';
      readonly run: RunId;
      readonly step: string;
      /** As people count them. */
      readonly attempt: number;
      readonly log: string;
    }
  | { readonly kind: 'expire_approval'; readonly run: RunId; readonly approval: string }
  | { readonly kind: 'time_out_run'; readonly run: RunId }
  | { readonly kind: 'post_progress'; readonly run: RunId }
  | { readonly kind: 'refresh_progress'; readonly run: RunId }
  | { readonly kind: 'post_approval'; readonly run: RunId; readonly approval: string }
  | { readonly kind: 'refresh_approval'; readonly run: RunId; readonly approval: string };

/** Another aggregate is told, and deduplicates by the effect's id. */
export type TellBody =
  | { readonly kind: 'tell_run'; readonly run: RunId; readonly request: RunRequest }
  | { readonly kind: 'tell_run_alert_over'; readonly run: RunId }
  | { readonly kind: 'tell_run_cancelled'; readonly run: RunId; readonly by: string }
  | { readonly kind: 'tell_parent'; readonly run: RunId; readonly news: ChildNews }
  | { readonly kind: 'tell_incident'; readonly incident: IncidentId; readonly note: RunNote };

export type EffectBody = IncidentEffectBody | RunEffectBody | TellBody;

/** How a run that another one started has ended. */
export interface ChildNews {
  readonly step: string;
  readonly child: RunId;
  readonly status: RunStatus;
  readonly outcome: string;
}

/** One line posted into the incident's channel; the wording is `announce`'s. */
export type Notice =
  | { readonly about: 'fired_again'; readonly alerts: number }
  /** `severity`: what they have raised it to. */
  | { readonly about: 'new_alerts'; readonly alerts: number; readonly severity?: Severity }
  | { readonly about: 'quiet'; readonly graceMs: number }
  | { readonly about: 'resolved'; readonly by: string }
  | { readonly about: 'acknowledged'; readonly by: string }
  | { readonly about: 'severity'; readonly severity: Severity; readonly by: string }
  | { readonly about: 'note'; readonly text: string; readonly by: string }
  | { readonly about: 'automation_stopped' | 'automation_resumed'; readonly by: string; readonly why: string }
  /** `holder`: the run and the step of it that had the lock. */
  | {
      readonly about: 'unlocked';
      readonly name: string;
      readonly holder: string;
      readonly by: string;
      readonly why: string;
    }
  | {
      readonly about: 'outcome_unknown';
      readonly playbook: string;
      readonly step: string;
      readonly why: string;
      readonly owners: readonly string[];
    }
  /** `name`: as people type it after `/automation unlock`. `runs`: those whose failures opened it. */
  | {
      readonly about: 'breaker_opened';
      readonly name: string;
      readonly playbook: string;
      readonly runs: readonly string[];
    }
  /** Open because of a run whose outcome was unknown, and which turned out well. */
  | { readonly about: 'breaker_closed'; readonly name: string; readonly playbook: string; readonly run: string }
  /** No worker of its pool has been there for longer than the step may take. */
  | {
      readonly about: 'step_stranded';
      readonly playbook: string;
      readonly step: string;
      readonly pool: string;
      readonly owners: readonly string[];
    }
  | { readonly about: 'run_refused'; readonly playbook: string; readonly why: string }
  /** What was scheduled is done, or nobody started it in time. */
  | { readonly about: 'schedule_over'; readonly lapsed: boolean };

/** What a run begins with; its playbook is named by hash, its subject is copied. */
export interface RunRequest {
  readonly playbook: PlaybookHash;
  readonly incident: IncidentId;
  readonly mode: 'propose' | 'auto' | 'manual';
  readonly requestedBy: Actor;
  readonly subject: RunSubject;
  readonly inputs: JsonObject;
  /** The time for which a schedule asks for it: much later it is not begun any more. */
  readonly scheduledFor?: Instant;
  readonly parent?: Parent;
}

/** The run that started this one, and the step that waits for it. */
export interface Parent {
  readonly run: RunId;
  readonly step: string;
  /** All that wait for it, the nearest last: none of their playbooks may come again, and none lets go of its group before this one is over. */
  readonly above: readonly Above[];
  /** Versions that were approved above, where an approval covers it: no other may be run below. */
  readonly covered?: readonly PlaybookHash[];
}

export interface Above {
  readonly run: RunId;
  readonly playbook: string;
}

/** The alert and incident as the run sees them: frozen when it was asked for. */
export interface RunSubject {
  readonly alert?: {
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly startsAt: Instant;
    readonly fingerprint: string;
  };
  readonly incident: {
    readonly id: IncidentId;
    readonly number: number;
    readonly title: string;
    readonly severity: Severity;
    readonly service: string;
  };
}

/** What an incident remembers of a run. */
export interface RunNote {
  readonly run: RunId;
  readonly playbook: string;
  readonly name: string;
  readonly status: string;
  readonly at: Instant;
  readonly by: string;
}

/** The incident or the run that it is about. */
export const subjectOf = (effect: Effect): IncidentId | RunId => ('incident' in effect ? effect.incident : effect.run);

/** Only the newest state matters: one is open per target, whatever asks for it. */
const refreshKinds = [
  'refresh_card',
  'refresh_summary',
  'set_topic',
  'refresh_progress',
  'refresh_approval',
  'refresh_question',
] as const;

export const isRefresh = (effect: Pick<Effect, 'kind'>): boolean =>
  (refreshKinds as readonly string[]).includes(effect.kind);
