/** A run: one execution of one playbook, step by step, and what may happen to it. */
import type { Approval } from './approval.ts';
import type { RunRequest, RunSubject } from './effect.ts';
import type { EventId, IncidentId, Instant, MessageRef, PlaybookHash, RunId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Actor } from './person.ts';

export type RunStatus = 'running' | 'waiting_approval' | 'succeeded' | 'failed' | 'cancelled' | 'needs_attention';

export interface Run {
  readonly id: RunId;
  readonly incident: IncidentId;
  readonly playbook: {
    readonly id: string;
    readonly hash: PlaybookHash;
    readonly name: string;
    /** The git commit that it was read from. */
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
  readonly steps: readonly StepRun[];
  /** All that were asked for, the last one last. */
  readonly approvals: readonly Approval[];
  readonly cancelledBy?: string;
  /** What ended it, in words. */
  readonly outcome: string;
  readonly progress?: MessageRef;
  /** Lock key → the token it was claimed with. */
  readonly locks: Readonly<Record<string, string>>;
}

export type StepStatus =
  | 'pending'
  | 'waiting_approval'
  | 'ready'
  | 'running'
  | 'verifying'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'unknown';

export interface StepRun {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly status: StepStatus;
  /** 0 before the first. */
  readonly attempt: number;
  /** The event that wrote the present attempt: the same one again is the same worker, asking twice. */
  readonly began?: EventId;
  /** Workers that began the present attempt: from the second on, an earlier one may have acted. */
  readonly begins?: number;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  readonly outputs: JsonObject;
  /** What it did or why it failed, in a line. */
  readonly note: string;
  /** What it will change, in a line, once that is known. */
  readonly change: string;
  readonly verify?: VerifyState;
}

export interface VerifyState {
  readonly check: number;
  readonly poll: number;
  readonly since: Instant;
  /** True without a break since then. */
  readonly trueSince?: Instant;
  readonly last: string;
}

/** How a step ended. */
export type StepOutcome =
  | { readonly kind: 'succeeded'; readonly outputs: JsonObject; readonly note?: string }
  | { readonly kind: 'failed'; readonly message: string; readonly when: 'before_dispatch' | 'after_dispatch' }
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
  | { readonly kind: 'step_finished'; readonly step: string; readonly attempt: number; readonly outcome: StepOutcome }
  | {
      readonly kind: 'step_verified';
      readonly step: string;
      readonly attempt: number;
      readonly check: number;
      readonly poll: number;
      readonly outcome: StepOutcome;
    }
  | { readonly kind: 'wait_ended'; readonly step: string }
  | { readonly kind: 'approve'; readonly by: Actor; readonly approval: string; readonly digest?: string }
  | { readonly kind: 'reject'; readonly by: Actor; readonly approval: string; readonly digest?: string }
  | { readonly kind: 'approval_expired'; readonly approval: string }
  | { readonly kind: 'run_timed_out' }
  | { readonly kind: 'cancel_run'; readonly by: Actor }
  | {
      readonly kind: 'settle_unknown';
      readonly by: Actor;
      readonly step: string;
      readonly verdict: 'worked' | 'failed';
    }
  | { readonly kind: 'alert_over' }
  /** A copy of the store was restored: what happened since is not known. */
  | { readonly kind: 'store_went_back' }
  | { readonly kind: 'progress_posted'; readonly message: MessageRef }
  | { readonly kind: 'approval_posted'; readonly approval: string; readonly message: MessageRef }
  | { readonly kind: 'effect_given_up'; readonly effect: string; readonly why: string };

export const isOverStatus = (status: string): boolean => ['succeeded', 'failed', 'cancelled'].includes(status);

export const isOver = (run: Run): boolean => isOverStatus(run.status);

/** When its time is over; time spent waiting for people does not count. */
export const deadlineOf = (run: Run, timeoutMs: number): Instant => run.startedAt + timeoutMs + run.waitedMs;

export const waitingApproval = (run: Run): Approval | undefined =>
  run.approvals.find((approval) => approval.status === 'waiting');
