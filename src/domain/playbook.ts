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
  /** A lock for the whole run, shared by all playbooks; may hold `${{ }}`. */
  readonly concurrency?: string;
  readonly onAlertResolved: 'continue' | 'cancel_pending';
  readonly steps: readonly Step[];
}

export type Trigger =
  | {
      readonly kind: 'alert';
      readonly matchers: readonly string[];
      readonly forMs: number;
      readonly mode: 'propose' | 'auto';
    }
  | { readonly kind: 'manual'; readonly roles: readonly string[] };

export interface InputSpec {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'duration' | 'list' | 'host' | 'url' | 'json';
  /** `alert.labels.instance` */
  readonly from?: string;
  readonly enum?: readonly Json[];
  /** RE2, anchored. */
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: Json;
  readonly optional: boolean;
  readonly description: string;
}

export interface Step {
  readonly id: string;
  readonly name: string;
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
  readonly retry: RetrySpec;
  readonly verify: readonly VerifySpec[];
}

export interface RetrySpec {
  /** Counts the first. */
  readonly maxAttempts: number;
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
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
  readonly allowRequester: boolean;
  readonly expiresInMs: number;
  readonly startWithinMs: number;
  readonly message: string;
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
  /** One line for people: "restart shop.service on shop-1". */
  describe(args: JsonObject): string;
}
