/** A loaded playbook: checked, typed, and named by the hash of its content. Values may still hold `${{ }}`. */

import type { PlaybookHash } from './ids.ts';
import type { Json, JsonObject } from './json.ts';

/** What may be done again after a worker was lost; `playbook.md`, Effects. */
export type EffectClass = 'read' | 'idempotent' | 'reattachable' | 'once';

export interface Playbook {
  readonly id: string;
  readonly hash: PlaybookHash;
  readonly name: string;
  readonly description: string;
  readonly owners: readonly string[];
  readonly risk: 'low' | 'medium' | 'high';
  readonly enabled: boolean;
  readonly timeoutMs: number;
  readonly triggers: readonly Trigger[];
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Name → reference (`env:NAME`, `file:name`), never a value. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly concurrency?: Concurrency;
  readonly limits: Limits;
  /** What it may touch, one rule of which must fit each change; absent = what the server's policy allows. */
  readonly allow?: readonly AllowRule[];
  readonly onAlertResolved: 'continue' | 'cancel_pending';
  readonly failureStrategy: 'stop' | 'rollback';
  readonly steps: readonly Step[];
  readonly onFailure: readonly Step[];
  readonly onCancel: readonly Step[];
  readonly finally: readonly Step[];
}

export type Trigger =
  | {
      readonly kind: 'alert';
      readonly matchers: readonly string[];
      readonly forMs: number;
      readonly mode: 'propose' | 'auto';
    }
  | {
      readonly kind: 'schedule';
      /** Five fields, by the clock of this zone (IANA). */
      readonly cron: string;
      readonly timezone: string;
      readonly mode: 'propose' | 'auto';
    }
  | { readonly kind: 'manual'; readonly roles: readonly string[] };

export type AlertTrigger = Extract<Trigger, { kind: 'alert' }>;
export type ScheduleTrigger = Extract<Trigger, { kind: 'schedule' }>;

/** Whether something other than a person may start it. */
export const startsByItself = ({ triggers }: Pick<Playbook, 'triggers'>): boolean =>
  triggers.some((trigger) => trigger.kind !== 'manual' && trigger.mode === 'auto');

export const schedulesOf = ({ triggers }: Pick<Playbook, 'triggers'>): readonly ScheduleTrigger[] =>
  triggers.filter((trigger) => trigger.kind === 'schedule');

/** A lock for the whole run, shared by all playbooks; the group may hold `${{ }}`. */
export interface Concurrency {
  readonly group: string;
  readonly onConflict: 'reject' | 'queue';
}

/** `per`, `from` and `to` may hold `${{ }}`; the same `per` text is the same counter, within one playbook. */
export interface Limits {
  readonly cooldown?: { readonly per: string; readonly windowMs: number };
  readonly maxRuns?: { readonly per: string; readonly count: number; readonly windowMs: number };
  readonly maxChange?: { readonly from: string; readonly to: string; readonly factor: number };
  readonly circuitBreaker?: { readonly per: string; readonly failures: number; readonly windowMs: number };
  readonly freeze: readonly { readonly calendar: string; readonly overrideRoles: readonly string[] }[];
}

/** Field of the target (`cluster`, `namespace`, `host` …) → the values that are allowed. */
export type AllowRule = Readonly<Record<string, readonly string[]>>;

export const inputTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'duration',
  'list',
  'host',
  'workload',
  'url',
  'json',
] as const;

export type InputType = (typeof inputTypes)[number];

export interface InputSpec {
  readonly type: InputType;
  /** `alert.labels.instance`; for a workload, one for each of its fields. */
  readonly from?: string | Readonly<Record<string, string>>;
  /** Of a workload: the one kind that it may be. */
  readonly kind?: string;
  readonly enum?: readonly Json[];
  /** RE2, anchored. */
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: Json;
  readonly optional: boolean;
  /** Never shown, and never part of a text. */
  readonly secret: boolean;
  readonly description: string;
}

/** One entry of a playbook. A `foreach` runs it once per item; one with `parallel` runs those instead of an action. */
export interface Step {
  readonly id: string;
  readonly name: string;
  /** `parallel` where `parallel` is given. */
  readonly action: string;
  readonly with: JsonObject;
  /** Condition, a `${{ }}`; absent = always. */
  readonly if?: string;
  /** Precondition, a `${{ }}` over `result` of a read, else over the state before. */
  readonly assert?: string;
  /** Name → `${{ }}` over `result`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly effect: EffectClass;
  /** Whose workers perform it, where its target does not say. */
  readonly pool?: string;
  readonly retry: RetrySpec;
  readonly verify: readonly VerifySpec[];
  /** Undoes it, in this order; their ids are `rollback[0]` … */
  readonly rollback: readonly Step[];
  readonly foreach?: ForeachSpec;
  readonly parallel?: readonly Step[];
  /** A failure of it is noted, and the run goes on. */
  readonly continueOnError: boolean;
}

export interface ForeachSpec {
  /** A `${{ }}` that gives a list; each item is `item` in the step. */
  readonly in: string;
  readonly maxParallel: number;
  /** A longer list fails the step before anything is done. */
  readonly maxItems: number;
}

export interface RetrySpec {
  /** Counts the first. */
  readonly maxAttempts: number;
  /** Classes of failure (`connect_error`, `timeout` …) that are worth another try; empty = any. */
  readonly retryOn: readonly string[];
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** Waits between half of the pause and all of it, by the attempt's id. */
  readonly jitter: boolean;
}

export interface VerifySpec {
  readonly name: string;
  readonly action: string;
  readonly with: JsonObject;
  readonly expect: string;
  readonly withinMs: number;
  readonly intervalMs: number;
  readonly stableForMs: number;
}

/** `with:` of `action: approval`. */
export interface ApprovalSpec {
  readonly approvers: {
    readonly roles: readonly string[];
    readonly users: readonly string[];
    readonly groups: readonly string[];
  };
  readonly minApprovals: number;
  /** Role, user group or user → how many of the approvals must be theirs. */
  readonly atLeast: Readonly<Record<string, number>>;
  readonly allowRequester: boolean;
  readonly expiresInMs: number;
  readonly startWithinMs: number;
  readonly comment: 'optional' | 'required';
  /** Values shown to the approvers, rendered when asked. */
  readonly show: readonly Json[];
  readonly message: string;
}

/** `with:` of `action: ask`. */
export interface AskSpec {
  readonly question: string;
  readonly answer: InputSpec;
  /** Who may answer: any of these roles; empty = who may start the playbook. */
  readonly roles: readonly string[];
  readonly expiresInMs: number;
}

/** What an action is, for decisions: nothing here touches the world. */
export interface ActionFacts {
  readonly id: string;
  /** Changes when the action begins to mean something else by the same arguments. */
  readonly version: number;
  /** First is the default. */
  readonly effects: readonly EffectClass[];
  /** The thing it changes or reads, as a lock's name (`host/shop-1`); undefined for a read or no target. */
  lockOf(args: JsonObject): string | undefined;
  /** What it touches, by the fields that `policy.allow` names (`{host: 'shop-1', unit: 'shop.service'}`). */
  targetOf(args: JsonObject): Readonly<Record<string, string>>;
  /** One line for people: "restart shop.service on shop-1". */
  describe(args: JsonObject): string;
}
