/** What decide is told besides state and event: time, policy, playbooks, and the pure functions handed in. */
import type { AlertRecord, Labels } from './alert.ts';
import type { Claim } from './claim.ts';
import type { Effect } from './effect.ts';
import type { Instant, MessageRef, PlaybookHash } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type {
  ActionFacts,
  AlertTrigger,
  ApprovalSpec,
  AskSpec,
  InputSpec,
  Playbook,
  ScheduleTrigger,
} from './playbook.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';
import type { TimelineEntry } from './timeline.ts';

export interface Facts {
  /** The store's clock, never a worker's. */
  readonly now: Instant;
  readonly policy: Policy;
  /** Records of the fingerprints that the event names. */
  readonly alerts: ReadonlyMap<string, AlertRecord>;
  /** Firings known to be over (`firingKey`) that no incident remembers. */
  readonly over: ReadonlySet<string>;
  /** Routes of the groups that the event brings which lead to this incident already. */
  readonly routes: ReadonlySet<string>;
  /** The number a new incident gets. */
  readonly number: number;
  /** Which incident holds the service's claim now. */
  readonly serviceHeldBy: string | null;
  /** Current, enabled playbooks. */
  readonly playbooks: readonly Playbook[];
  /** Whether the newest version of a playbook switches it off. */
  readonly isOff?: (playbook: string) => boolean;
  /** Any version ever published, by its hash. */
  readonly playbook: (hash: PlaybookHash) => Playbook | undefined;
  /** The git commit that brought a version into the folder, where that is known. */
  readonly commit?: (hash: PlaybookHash) => string | undefined;
  readonly action: (id: string) => ActionFacts | undefined;
  /** What a claim holds (`guard/…`, `lock/…`): what a decision looks at is read before it is made. */
  readonly held: (key: string) => string | null;
  readonly pure: PureFunctions;
}

/** Pure, but of other people's making (CEL, RE2, SHA-256, cron): handed in, so that the domain imports no package. */
export interface PureFunctions {
  /** Alertmanager matchers, all of which must match. */
  readonly matches: (matchers: readonly string[], labels: Labels) => boolean;
  /** The same question for the alert triggers of all playbooks at once, in their order; cheap for the same list again. */
  readonly triggered: (playbooks: readonly Playbook[], labels: Labels) => readonly Pulled[];
  /** Fills in each `${{ }}` once; a whole-value expression keeps its type. */
  readonly render: (value: Json, scope: Scope) => Rendered;
  /** SHA-256 in hex of the canonical JSON. */
  readonly digest: (value: Json) => string;
  /** Types, bounds, patterns and the inventory: what the given values become, or what is wrong with each. */
  readonly checkInputs: (specs: Readonly<Record<string, InputSpec>>, given: JsonObject) => CheckedInputs;
  /** Where people find a chat message; undefined where the chat system has no such address. */
  readonly linkTo: (message: MessageRef) => string | undefined;
  /** What keeps things as they are at this time, by the name of a calendar; one that nobody knows always does. */
  readonly frozen: (calendar: string, now: Instant) => Freeze | undefined;
  /** The first time after that at which a schedule comes; undefined where it never does. */
  readonly nextAt: (schedule: Pick<ScheduleTrigger, 'cron' | 'timezone'>, after: Instant) => Instant | undefined;
  /** `with:` of an approval step, already checked at load. */
  readonly approvalSpec: (args: JsonObject) => ApprovalSpec;
  /** `with:` of an ask step, already checked at load. */
  readonly askSpec: (args: JsonObject) => AskSpec;
  /** `with:` of a wait step, in milliseconds. */
  readonly waitMs: (args: JsonObject) => number;
}

export interface Freeze {
  readonly title: string;
  /** Absent where it has no end that is known. */
  readonly until?: Instant;
}

/** An alert trigger whose matchers all match. */
export interface Pulled {
  readonly playbook: Playbook;
  readonly trigger: AlertTrigger;
}

/** Roots of an expression: `inputs alert incident run steps playbook result`. */
export type Scope = Readonly<Record<string, Json>>;

export type Rendered = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

export type CheckedInputs =
  | { readonly ok: true; readonly inputs: JsonObject }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What decide answers: all of it is committed in one write, or none of it. */
export interface Decision<State> {
  readonly state: State | undefined;
  readonly effects: readonly Effect[];
  readonly claims: readonly Claim[];
  readonly reason: Reason;
  readonly history: readonly TimelineEntry[];
  /** Alert records that changed. */
  readonly records?: readonly AlertRecord[];
  /** It is over: every claim that it keeps is given back in the same write. */
  readonly over?: true;
  /** For the person who asked, where the reason alone does not say it. */
  readonly detail?: string;
}

export type Decide<State, Event> = (state: State | undefined, event: Event, facts: Facts) => Decision<State>;

export const unchanged = <State>(state: State | undefined, reason: Reason): Decision<State> => ({
  state,
  effects: [],
  claims: [],
  reason,
  history: [],
});
