/** A run: one execution of one playbook, step by step, and what may happen to it. */
import type { Approval } from './approval.ts';
import type { Parent, RunRequest, RunSubject } from './effect.ts';
import type { EventId, IncidentId, Instant, MessageRef, PlaybookHash, RunId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Actor } from './person.ts';
import type { AskSpec } from './playbook.ts';
import { isOverStatus, type RunStatus, type StepStatus } from './run-status.ts';
import type { Phase } from './units.ts';

/** How the main part ended, while what comes after it runs. */
export interface Ending {
  readonly status: Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>;
  readonly outcome: string;
  readonly at: Instant;
}

export interface Run {
  readonly id: RunId;
  readonly incident: IncidentId;
  readonly playbook: {
    readonly id: string;
    readonly hash: PlaybookHash;
    readonly name: string;
    /** The git commit that it was read from; `+` behind it: with changes that are not in it. */
    readonly commit?: string;
  };
  readonly mode: 'propose' | 'auto' | 'manual';
  readonly requestedBy: Actor;
  readonly subject: RunSubject;
  readonly inputs: JsonObject;
  readonly status: RunStatus;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  /** Time spent waiting for people, which does not count towards the timeout. */
  readonly waitedMs: number;
  readonly phase: Phase;
  /** Set as soon as the main part is over. */
  readonly ending?: Ending;
  readonly parent?: Parent;
  /** Units in the order in which they were met: items and closing parts are appended when their time comes. */
  readonly steps: readonly StepRun[];
  /** All that were asked for, the last one last. */
  readonly approvals: readonly Approval[];
  readonly cancelledBy?: string;
  /** The guards have counted that the outcome of a step was unknown. */
  readonly doubted?: true;
  /** What ended it, in words. */
  readonly outcome: string;
  readonly progress?: MessageRef;
  /** Lock key → the token it was claimed with. */
  readonly locks: Readonly<Record<string, string>>;
}

export interface StepRun {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly phase: Phase;
  /** The `foreach` or `parallel` that it belongs to. */
  readonly group?: string;
  /** What a `foreach` gave it. */
  readonly item?: Json;
  readonly status: StepStatus;
  /** 0 before the first. */
  readonly attempt: number;
  /** So many of them never began: their approval was void by then. */
  readonly voided?: number;
  /** The event that wrote the present attempt: the same one again is the same worker, asking twice. */
  readonly began?: EventId;
  /** Workers that began the present attempt: from the second on, an earlier one may have acted. */
  readonly begins?: number;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  /** Of one that waits for no one, but for time. */
  readonly until?: Instant;
  readonly outputs: JsonObject;
  /** What it did or why it failed, in a line. */
  readonly note: string;
  /** What it will change, in a line, once that is known. */
  readonly change: string;
  readonly verify?: VerifyState;
  /** It has checks, so that *Verify now* can be asked for where its outcome is unknown. */
  readonly canVerify?: boolean;
  /** What the action recorded to find again what it began (a pid, a unit, a job's name). */
  readonly handle?: JsonObject;
  /** The run that it started. */
  readonly child?: RunId;
  /** What a person is asked. */
  readonly question?: Question;
  /** Where its whole log is kept, once it ended. */
  readonly log?: string;
  /** Whether it changed something, or may have: a rollback is owed then. Absent for a read. */
  readonly acted?: 'no' | 'perhaps' | 'surely';
  /** Whose workers perform it, where that is not the default pool. */
  readonly pool?: string;
  readonly unclaimed?: Unclaimed;
}

/** It waits for a worker of this pool (a look may go to another one than the step), and none lives. */
export interface Unclaimed {
  readonly pool: string;
  /** Found so then. */
  readonly since: Instant;
  /** When one was last seen, if ever. */
  readonly seenAt?: Instant;
  /** For longer than the step may take: people were called. */
  readonly stranded?: true;
}

export interface Question {
  readonly spec: AskSpec;
  readonly askedAt: Instant;
  readonly expiresAt: Instant;
  readonly message?: MessageRef;
}

export interface VerifyState {
  readonly check: number;
  readonly poll: number;
  readonly since: Instant;
  /** True without a break since then. */
  readonly trueSince?: Instant;
  readonly last: string;
  /** Looked at because a person asked, after the outcome was unknown: not true is no failure, but still unknown. */
  readonly settles?: boolean;
}

/** What kind of failure it was, for `retry_on`. */
export const failureClasses = [
  'connect_error',
  'timeout',
  'rate_limited',
  'unavailable',
  'conflict',
  'bad_answer',
  'exit_code',
  'refused',
] as const;
export type FailureClass = (typeof failureClasses)[number];

/** How a step ended. */
export type StepOutcome =
  | { readonly kind: 'succeeded'; readonly outputs: JsonObject; readonly note?: string }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly when: 'before_dispatch' | 'after_dispatch';
      readonly class?: FailureClass;
    }
  | { readonly kind: 'unknown'; readonly message: string };

export type RunEvent = { readonly id: EventId } & RunEventBody;

export type RunEventBody =
  | { readonly kind: 'run_requested'; readonly request: RunRequest }
  | { readonly kind: 'step_started'; readonly step: string; readonly attempt: number }
  /** Nothing was done: the lock or the global stop stands in the way. */
  | {
      readonly kind: 'step_blocked';
      readonly step: string;
      readonly attempt: number;
      readonly why: 'automation_stopped' | 'target_busy';
      readonly by: string;
    }
  /** No worker of its pool lives, as was asked after the step had come so far (`stand`). */
  | {
      readonly kind: 'step_unclaimed';
      readonly step: string;
      readonly stand: string;
      readonly pool: string;
      readonly seenAt?: Instant;
    }
  | {
      readonly kind: 'step_finished';
      readonly step: string;
      readonly attempt: number;
      readonly outcome: StepOutcome;
      /** Said by a worker that no longer has the claim: it counts only where this is who began the attempt last. */
      readonly began?: EventId;
    }
  | {
      readonly kind: 'step_verified';
      readonly step: string;
      readonly attempt: number;
      readonly check: number;
      readonly poll: number;
      readonly outcome: StepOutcome;
    }
  /** What the action needs to find again what it began; before it goes on. */
  | { readonly kind: 'step_checkpointed'; readonly step: string; readonly attempt: number; readonly handle: JsonObject }
  /** Its whole log is kept under this key. */
  | { readonly kind: 'step_logged'; readonly step: string; readonly attempt: number; readonly log: string }
  /** Its time is over, whether or not its worker still lives. */
  | { readonly kind: 'step_timed_out'; readonly step: string; readonly attempt: number }
  | { readonly kind: 'wait_ended'; readonly step: string }
  /** The group may be free by now. */
  | { readonly kind: 'run_dequeued' }
  | {
      readonly kind: 'child_ended';
      readonly step: string;
      readonly child: RunId;
      readonly status: RunStatus;
      readonly outcome: string;
    }
  | { readonly kind: 'answer'; readonly by: Actor; readonly step: string; readonly value: Json }
  | { readonly kind: 'answer_expired'; readonly step: string }
  | { readonly kind: 'question_posted'; readonly step: string; readonly message: MessageRef }
  | ({ readonly kind: 'approve' | 'reject' } & VoteEvent)
  | { readonly kind: 'approval_expired'; readonly approval: string }
  /** What the covered actions say that they would do, by unit. */
  | { readonly kind: 'plan_previewed'; readonly approval: string; readonly previews: Readonly<Record<string, string>> }
  | { readonly kind: 'run_timed_out' }
  /** `why`: where Tocsin itself passes on whose cancelling it was. */
  | { readonly kind: 'cancel_run'; readonly by: Actor; readonly why?: string }
  | {
      readonly kind: 'settle_unknown';
      readonly by: Actor;
      readonly step: string;
      readonly verdict: 'worked' | 'failed' | 'verify' | 'retry';
    }
  | { readonly kind: 'alert_over' }
  /** A copy of the store was restored: what happened since is not known. */
  | { readonly kind: 'store_went_back' }
  | { readonly kind: 'progress_posted'; readonly message: MessageRef }
  | { readonly kind: 'approval_posted'; readonly approval: string; readonly message: MessageRef }
  | { readonly kind: 'effect_given_up'; readonly effect: string; readonly why: string };

export interface VoteEvent {
  readonly by: Actor;
  /** Empty = the one that waits. */
  readonly approval: string;
  /** The short one that the card showed. */
  readonly digest?: string;
  readonly comment?: string;
}

export const isOver = (run: Run): boolean => isOverStatus(run.status);

/** When its time is over; time spent waiting for people does not count, and what comes after the end has a time of its own. */
export const deadlineOf = ({ startedAt, waitedMs, ending }: Run, timeoutMs: number): Instant =>
  ending ? ending.at + timeoutMs : startedAt + timeoutMs + waitedMs;

export const waitingApproval = (run: Run): Approval | undefined =>
  run.approvals.find((approval) => approval.status === 'waiting');
