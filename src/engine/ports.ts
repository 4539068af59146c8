/** Every seam of the house: what the engine asks of the world, and what the world may ask of the engine. */
import type { Alert, AlertGroup, AlertRecord } from '../domain/alert.ts';
import type { Claim } from '../domain/claim.ts';
import type { Effect } from '../domain/effect.ts';
import type { Form } from '../domain/form.ts';
import type {
  AggregateId,
  ChannelRef,
  EffectId,
  EventId,
  Instant,
  MessageRef,
  PlaybookHash,
  RunId,
  UserRef,
} from '../domain/ids.ts';
import type { Intent, IntentBody, Question } from '../domain/intent.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Message } from '../domain/message.ts';
import type { Person } from '../domain/person.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Reason } from '../domain/reason.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import type { EndedStore } from './ports/archive.ts';
import type { Presence, Taker } from './ports/presence.ts';
import type { WakeUp } from './ports/queue.ts';

export type * from './ports/archive.ts';
export type * from './ports/presence.ts';
export type * from './ports/queue.ts';

// ---- steps ----------------------------------------------------------------------------------------------------

export type * from './ports/steps.ts';

// ---- alerts in -------------------------------------------------------------------------------------------------

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What a request that was posted to us is answered with. */
export interface PostAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AlertSource {
  readonly id: string;
  /** Whether the sender is who it should be; compares in constant time. */
  verify(request: WebhookRequest, secret: SourceSecret): 'accepted' | 'refused';
  /** Throws `BadWebhook` with the field's path where the body is not what this source sends. */
  parse(body: Buffer): readonly AlertGroup[];
  /** The same, resting now and then: ten thousand alerts would hold up everything else. */
  parseInPieces?(body: Buffer): Generator<void, readonly AlertGroup[], void>;
}

export type SourceSecret = { readonly bearer: string } | { readonly user: string; readonly password: string };

// ---- the store -------------------------------------------------------------------------------------------------

/** The system of record. Each method is one atomic write or one read. Throws `StoreDown` when it cannot be reached. */
export interface Store {
  now(): Promise<Instant>;
  load(id: AggregateId): Promise<Loaded>;
  /** Records of these fingerprints beside the aggregate. */
  alerts(id: AggregateId, fingerprints: readonly string[]): Promise<ReadonlyMap<string, AlertRecord>>;
  /** The firing first, newest first, at most `limit`. */
  topAlerts(id: AggregateId, limit: number): Promise<readonly AlertRecord[]>;
  /** What the named claims hold now; `null` where there is nothing. */
  claims(keys: readonly string[]): Promise<readonly (string | null)[]>;
  /** Locks and what guards hold, by the beginning of their keys (`lock/`, `guard/breaker/`), in the order of the keys. */
  claimsUnder(prefix: string, limit: number): Promise<readonly HeldClaim[]>;
  /** State, history, alert records, claims, effects and what caused it, in one script; checks everything before the first write. */
  commit(change: Change): Promise<CommitResult>;
  /** The next number of a sequence: rising, not gapless. */
  nextNumber(sequence: string): Promise<number>;
  history(id: AggregateId, limit: number): Promise<readonly TimelineEntry[]>;
  /** Ids of aggregates of a kind, newest first. */
  list(kind: 'incident' | 'run', which: 'open' | 'all', limit: number): Promise<readonly AggregateId[]>;
  readonly inbox: Inbox;
  readonly effects: EffectStore;
  readonly ended: EndedStore;
  readonly budget: Budget;
  readonly library: Library;
  readonly logs: StepTails;
  readonly presence: Presence;
  /** How far it has come: rises with each commit and each begin of an effect. */
  reached(): Promise<Reached>;
  /** Counts on from there, at least. */
  reachAtLeast(writes: number): Promise<void>;
  /** Nobody knows which open effects were done: each counts as begun once more, so that whoever takes it looks first. */
  doubtEffects(): Promise<void>;
  /** Returns when what was committed would outlive the loss of this store, as far as it was told to see to that. Throws `StoreDown`. */
  replicated(): Promise<void>;
  /** What could be lost, in words (`appendonly no` …); empty when nothing. Throws `StoreDown`. */
  weaknesses(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Reached {
  /** Names the store: another one may well have come less far. */
  readonly store: string;
  readonly writes: number;
}

export interface HeldClaim {
  readonly key: string;
  readonly value: string;
}

/** Remembers outside of the store how far it had come. */
export interface Anchor {
  read(): Promise<Reached | undefined>;
  write(reached: Reached): Promise<void>;
}

export interface Loaded {
  /** 0 = there is none. */
  readonly version: number;
  readonly state: JsonObject | undefined;
  /** The store's clock when it was read. */
  readonly now: Instant;
}

export interface Change {
  readonly id: AggregateId;
  readonly kind: 'incident' | 'run' | 'automation';
  /** The version that was loaded. */
  readonly version: number;
  /** Absent: the aggregate is left as it is (and need not exist); the rest is committed all the same. */
  readonly state?: JsonObject;
  /** Whether it is listed among the open ones. */
  readonly open: boolean;
  readonly history: readonly TimelineEntry[];
  readonly records: readonly AlertRecord[];
  readonly claims: readonly Claim[];
  /** It ended: the claims that it keeps (`Claim.kept`) are given back. */
  readonly over?: true;
  readonly effects: readonly Effect[];
  /** What caused it, consumed in the same write: gone already → `repeated`. */
  readonly causes: readonly Cause[];
}

export type Cause =
  | { readonly kind: 'inbox'; readonly entry: string }
  /** Settles the effect: its claim must still be held. */
  | { readonly kind: 'effect'; readonly hold: EffectHold }
  /** The claim on the effect must still be held, and stays held (an attempt is being written before the act). */
  | { readonly kind: 'holding'; readonly hold: EffectHold }
  /** An event id that must not have been seen (kept for a day). */
  | { readonly kind: 'event'; readonly event: EventId };

export type CommitResult =
  /** `fresh`: effects that were not open before and need a wake-up; of what is due in a while, `overdue` tells in time. */
  | {
      readonly kind: 'committed';
      readonly version: number;
      readonly fresh: readonly WakeUp[];
      /** The store's clock at the commit. */
      readonly now: Instant;
    }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'claimed_by_other'; readonly key: string; readonly value: string | null }
  /** The cause was consumed before: this change is already in. */
  | { readonly kind: 'repeated' }
  /** The effect's claim is no longer held: another worker has it. */
  | { readonly kind: 'lost' };

export interface Inbox {
  /** One durable write. The entry's id. */
  put(source: string, body: Buffer): Promise<string>;
  /** Entries older than this, oldest first. */
  stale(
    olderThanMs: number,
    limit: number,
  ): Promise<readonly { readonly entry: string; readonly source: string; readonly body: Buffer }[]>;
  drop(entry: string): Promise<void>;
  size(): Promise<number>;
}

/** A claim on an effect, with its fencing token `n`: the how-manieth begin it was. */
export interface EffectHold {
  readonly id: EffectId;
  readonly owner: string;
  readonly n: number;
  /** For refreshes: the revision wanted when it began. */
  readonly wanted: number;
  /** An earlier worker had it, and did not say that it had done nothing. */
  readonly mayHaveActed: boolean;
}

export interface Begun {
  readonly effect: Effect;
  readonly hold: EffectHold;
  /** The run or the incident that it is about, as it was at that moment. */
  readonly about: Loaded;
}

export interface EffectStore {
  /** Claims it for `leaseMs`. Undefined: gone, held by another, not due, or another pool's. */
  begin(id: EffectId, by: Taker, leaseMs: number): Promise<Begun | undefined>;
  /** Longer, please. False: the claim is lost. */
  extend(hold: EffectHold, leaseMs: number): Promise<boolean>;
  /** Done without news. A refresh that is wanted anew meanwhile becomes ready again and is returned as a wake-up. */
  settle(hold: EffectHold, effect: Effect): Promise<WakeUp | undefined>;
  /** Not now: ready again after `delayMs`. `nothingDone`: whoever takes it next need not look what was. */
  release(hold: EffectHold, delayMs: number, nothingDone?: boolean): Promise<void>;
  /**
   * Open effects that are due and held by nobody, and those whose lease is over (made ready again), each with a new post
   * number and a back-off; and those that are due within seconds and have not been answered as wake-ups before.
   */
  overdue(limit: number): Promise<readonly WakeUp[]>;
  /** Who has claims on effects now, by the names that `begin` was given. */
  holders(): Promise<readonly string[]>;
  /** Whoever it is has died: the claims on effects of these kinds end within so long. How many did. */
  endClaims(owner: string, ending: { readonly kinds: readonly string[]; readonly withinMs: number }): Promise<number>;
  /** Opens an effect (a refresh wanted again) outside any commit. */
  open(effects: readonly Effect[]): Promise<readonly WakeUp[]>;
  /** What it is, as long as it is open. */
  peek(id: EffectId): Promise<Effect | undefined>;
  /** What is due and not begun: how much, and for how long; steps apart, which may wait for a worker of their pool. */
  backlog(): Promise<{ readonly open: number; readonly oldestMs: number; readonly oldestStepMs: number }>;
}

export interface Budget {
  /** Takes one from a bucket of `burst` that gains one each `everyMs`. How long to wait first; 0 = taken. */
  take(key: string, burst: number, everyMs: number): Promise<number>;
  /** Nothing may be taken for so long (the other side said so). */
  block(key: string, forMs: number): Promise<void>;
}

/** The last lines of each step's log, for some days: what people see while it runs, and after its worker died. */
export interface StepTails {
  append(run: RunId, step: string, lines: readonly string[]): Promise<void>;
  /** The last ones, at most `limit`, in their order. */
  tail(run: RunId, step: string, limit: number): Promise<readonly string[]>;
}

/** Playbook versions by content hash, so that all processes agree on what a button means. */
export interface Library {
  publish(playbooks: readonly Playbook[]): Promise<void>;
  get(hash: string): Promise<Playbook | undefined>;
}

// ---- chat ------------------------------------------------------------------------------------------------------

/** Throws `ChatFailure`. */
export interface Chat {
  /** Opens `name`, or `name-2` … where it is taken; `mark` tells our own channel (whose answer was lost) from another's. */
  openChannel(wanted: {
    readonly name: string;
    readonly mark: string;
    readonly urgency: number;
  }): Promise<{ readonly channel: ChannelRef; readonly name: string }>;
  setTopic(channel: ChannelRef, topic: string): Promise<void>;
  invite(channel: ChannelRef, users: readonly UserRef[], groups: readonly string[]): Promise<void>;
  /** Posts once per `key`: where an earlier try may have got through, it looks before it posts. `channel` may be a name. */
  post(post: ChatPost): Promise<MessageRef>;
  /** Paints when its turn comes, not before: what waited shows the newest state. */
  edit(message: MessageRef, paint: () => Promise<Message>, urgency: number): Promise<void>;
  pin(message: MessageRef): Promise<void>;
  /** Shows it once per name in a channel: where an earlier try may have got through, it looks first. */
  upload(file: ChatFile): Promise<void>;
  /** Who is this, in which groups, with which roles: asked now (or a minute ago). */
  describe(user: UserRef): Promise<Person>;
}

export interface ChatPost {
  readonly channel: ChannelRef | string;
  readonly content: Message;
  readonly key: string;
  readonly maybePosted: boolean;
  readonly urgency: number;
  readonly thread?: string;
}

export interface ChatFile {
  readonly channel: ChannelRef;
  readonly name: string;
  readonly maybeUploaded: boolean;
  readonly title: string;
  readonly alt: string;
  readonly bytes: Uint8Array;
  readonly urgency: number;
  /** The message under which it is shown. */
  readonly thread?: string;
}

/** What the chat's listeners ask of the engine. */
export interface Desk {
  /** Committed when it answers. */
  act(intent: Intent): Promise<Answer>;
  answer(question: Question): Promise<Message>;
  /** What must be asked before it is done, or why it cannot be; undefined: nothing. `asked`: the person wants to be asked. */
  form(intent: IntentBody, asked: boolean): Promise<Form | Message | undefined>;
}

export interface Answer {
  readonly reason: Reason;
  /** For the person who asked, only. */
  readonly message: Message;
  /** Whether they got what they asked for. */
  readonly done: boolean;
  /** Field of the form → what is wrong with it. */
  readonly problems: Readonly<Record<string, string>>;
}

// ---- evidence --------------------------------------------------------------------------------------------------

export interface EvidenceProvider {
  readonly id: string;
  /** Throws with one line that people can read. */
  collect(subject: EvidenceSubject, signal: AbortSignal): Promise<readonly FoundEvidence[]>;
}

export interface EvidenceSubject {
  readonly alert: Alert;
  readonly externalURL: string;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly now: Instant;
}

export type FoundEvidence =
  | { readonly kind: 'link'; readonly title: string; readonly url: string }
  | { readonly kind: 'picture'; readonly title: string; readonly alt: string; readonly png: Uint8Array };

// ---- the rest --------------------------------------------------------------------------------------------------

/** Pictures, logs, artefacts: never in the store. */
export interface Blobs {
  /** The key under which it is found again. */
  put(name: string, bytes: Uint8Array): Promise<string>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** Removes what was last put longer ago than it is kept, unless it is needed; asks for that only where something may go. */
  sweep(needed: () => Promise<ReadonlySet<string>>): Promise<number>;
}

export interface Log {
  info(what: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(what: string, fields?: Readonly<Record<string, unknown>>): void;
  error(what: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Counters and timings; names are those of `/metrics` without the prefix. */
export interface Metrics {
  count(name: MetricName, labels?: Readonly<Record<string, string>>, by?: number): void;
  observe(name: TimingName, seconds: number, labels?: Readonly<Record<string, string>>): void;
}

export type MetricName =
  | 'webhooks_total'
  | 'alerts_total'
  | 'decisions_total'
  | 'effects_total'
  | 'commit_conflicts_total'
  | 'chat_calls_total'
  | 'chat_rate_limited_total'
  | 'steps_total'
  | 'effect_failures_total'
  | 'incidents_total'
  | 'runs_total'
  | 'slack_requests_total'
  | 'playbook_reloads_total';
export type TimingName =
  | 'effect_seconds'
  | 'chat_wait_seconds'
  | 'webhook_seconds'
  | 'webhook_to_card_seconds'
  | 'step_seconds'
  | 'run_seconds';

export interface Telemetry {
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface PlaybookShelf {
  /** Current, enabled ones. */
  current(): readonly Playbook[];
  problems(): readonly string[];
  /** Switched off by its newest version: no older one starts any more, whichever button stands for it. */
  isOff?(id: string): boolean;
  /** The git commit from which a current version was last read, `+` behind it where it has changes that are not in it; undefined outside of git, and for older versions. */
  commit(hash: PlaybookHash): string | undefined;
}
