/** The store in memory, for scenarios on a fake clock: the same promises as Redis, except that nothing outlives the process. */
import type { AlertRecord } from '../domain/alert.ts';
import type { Claim } from '../domain/claim.ts';
import { subjectOf } from '../domain/effect.ts';
import type { AggregateId, Instant } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import type { Cause, Change, CommitResult, EndedStore, Library, Loaded, Store } from '../engine/ports.ts';
import { memoryBudget } from './memory/budget.ts';
import { type MemoryEffects, memoryEffects } from './memory/effects.ts';
import { type MemoryInbox, memoryInbox } from './memory/inbox.ts';
import { memoryPresence } from './memory/presence.ts';
import { memoryTails } from './memory/tails.ts';
import { type Timed, timed } from './memory/timed.ts';
import { rememberedMs } from './rules.ts';

interface Aggregate {
  kind: Change['kind'];
  version: number;
  state: JsonObject | undefined;
  open: boolean;
  changedAt: Instant;
  readonly history: TimelineEntry[];
  readonly alerts: Map<string, AlertRecord>;
}

interface Memory {
  /** In the order in which they were created. */
  readonly aggregates: Map<AggregateId, Aggregate>;
  readonly claims: Timed<string>;
  /** Of each aggregate, the claims that it keeps until it is over. */
  readonly kept: Map<AggregateId, Set<string>>;
  readonly events: Timed<true>;
  readonly inbox: MemoryInbox;
  readonly effects: MemoryEffects;
  readonly now: () => Instant;
}

export function memoryStore(options: { readonly now?: () => Instant } = {}): Store {
  const now = options.now ?? Date.now;
  const memory: Memory = {
    aggregates: new Map(),
    claims: timed(now),
    kept: new Map(),
    events: timed(now),
    inbox: memoryInbox(now),
    effects: memoryEffects(now),
    now,
  };
  const { aggregates, claims, inbox, effects } = memory;
  const numbers = new Map<string, number>();
  const load = (id: AggregateId): Loaded => {
    const found = aggregates.get(id);
    return { version: found?.version ?? 0, state: copy(found?.state), now: now() };
  };
  let writes = 0;
  return {
    now: async () => now(),
    load: async (id) => load(id),
    async alerts(id, fingerprints) {
      const known = aggregates.get(id)?.alerts;
      const found = fingerprints.map((fingerprint) => known?.get(fingerprint)).filter((record) => record !== undefined);
      return new Map(found.map((record) => [record.fingerprint, copy(record)]));
    },
    async topAlerts(id, limit) {
      const records = [...(aggregates.get(id)?.alerts.values() ?? [])].sort(firingThenNewest);
      return records.slice(0, limit).map(copy);
    },
    claims: async (keys) => keys.map((key) => claims.get(key) ?? null),
    claimsUnder: async (prefix, limit) =>
      claims
        .entries()
        .filter(([key]) => key.startsWith(prefix))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .slice(0, Math.max(0, limit))
        .map(([key, value]) => ({ key, value })),
    commit: async (change) => {
      const refused = refusal(memory, change);
      if (!refused) writes += 1;
      return refused ?? { ...write(memory, change), now: now() };
    },
    reached: async () => ({ store: 'memory', writes: writes + effects.begun() }),
    reachAtLeast: async (least) => {
      writes = Math.max(writes, least - effects.begun());
    },
    doubtEffects: async () => effects.doubt(),
    async nextNumber(sequence) {
      const next = (numbers.get(sequence) ?? 0) + 1;
      numbers.set(sequence, next);
      return next;
    },
    history: async (id, limit) => (limit > 0 ? copy(aggregates.get(id)?.history.slice(-limit) ?? []) : []),
    async list(kind, which, limit) {
      const listed = [...aggregates].filter(
        ([, one]) => one.kind === kind && one.state && (which === 'all' || one.open),
      );
      return listed
        .map(([id]) => id)
        .reverse()
        .slice(0, limit);
    },
    inbox,
    effects: {
      ...effects,
      async begin(id, by, leaseMs) {
        const begun = effects.beginNow(id, by, leaseMs);
        return begun && { ...begun, about: load(subjectOf(begun.effect)) };
      },
    },
    ended: memoryEnded(aggregates),
    budget: memoryBudget(now),
    library: memoryLibrary(),
    logs: memoryTails(now),
    replicated: async () => undefined,
    presence: memoryPresence(now),
    weaknesses: async () => ['everything is kept in memory only and is lost when this process ends'],
    close: async () => undefined,
  };
}

/** Everything is checked before the first write. A change that is already in says so before anything else. */
function refusal(memory: Memory, change: Change): CommitResult | undefined {
  for (const cause of change.causes) {
    const kind = refusalOfCause(memory, cause);
    if (kind) return { kind };
  }
  if ((memory.aggregates.get(change.id)?.version ?? 0) !== change.version) return { kind: 'conflict' };
  for (const { key, expect } of change.claims) {
    const value = memory.claims.get(key) ?? null;
    if (expect !== undefined && expect !== value) return { kind: 'claimed_by_other', key, value };
  }
  return undefined;
}

function refusalOfCause({ inbox, events, effects }: Memory, cause: Cause): 'repeated' | 'lost' | undefined {
  if (cause.kind === 'inbox') return inbox.has(cause.entry) ? undefined : 'repeated';
  if (cause.kind === 'event') return events.get(cause.event) ? 'repeated' : undefined;
  const stands = effects.standing(cause.hold);
  if (stands === 'held') return undefined;
  if (cause.kind === 'holding') return 'lost';
  return stands === 'settled' ? 'repeated' : stands === 'lost' ? 'lost' : undefined;
}

type Committed = Extract<CommitResult, { kind: 'committed' }>;

function write(memory: Memory, change: Change): Omit<Committed, 'now'> {
  const woken = change.causes.map((cause) => consume(memory, cause)).filter((wakeUp) => wakeUp !== undefined);
  const version = writeAggregate(memory, change);
  for (const claim of change.claims) writeClaim(memory, change.id, claim);
  if (change.over) giveBackKept(memory, change.id);
  return { kind: 'committed', version, fresh: [...woken, ...memory.effects.openNow(change.effects)] };
}

function consume({ inbox, events, effects }: Memory, cause: Cause) {
  if (cause.kind === 'inbox') inbox.dropNow(cause.entry);
  if (cause.kind === 'event') events.set(cause.event, true, rememberedMs);
  return cause.kind === 'effect' ? effects.settleNow(cause.hold) : undefined;
}

function writeAggregate({ aggregates, now }: Memory, change: Change): number {
  const known = aggregates.get(change.id);
  const isTouched = change.state || change.history.length || change.records.length;
  if (!isTouched) return known?.version ?? 0;
  const { kind, open } = change;
  const one: Aggregate = known ?? {
    ...{ kind, open, version: 0, state: undefined, changedAt: now() },
    history: [],
    alerts: new Map(),
  };
  aggregates.set(change.id, one);
  if (change.state)
    Object.assign(one, { kind, open, version: one.version + 1, state: copy(change.state), changedAt: now() });
  one.history.push(...copy(change.history));
  for (const record of change.records) one.alerts.set(record.fingerprint, copy(record));
  return one.version;
}

function writeClaim({ claims, kept }: Memory, holder: AggregateId, claim: Claim): void {
  const { key, set, ttlMs } = claim;
  if (claim.kept) kept.set(holder, (kept.get(holder) ?? new Set()).add(key));
  if (set === null) claims.delete(key);
  else if (set !== undefined) claims.set(key, set, ttlMs);
}

/** Those that somebody else has by now are theirs. */
function giveBackKept({ claims, kept }: Memory, holder: AggregateId): void {
  for (const key of kept.get(holder) ?? []) if (claims.get(key) === holder) claims.delete(key);
  kept.delete(holder);
}

function memoryEnded(aggregates: Map<AggregateId, Aggregate>): EndedStore {
  const byAge = ([, one]: [unknown, Aggregate], [, other]: [unknown, Aggregate]) => one.changedAt - other.changedAt;
  return {
    async before(moment, { skip, limit }) {
      const ended = [...aggregates].filter(([, { open, state, changedAt }]) => !open && state && changedAt < moment);
      const ids = ended.sort(byAge).map(([id]) => id);
      return ids.slice(skip, skip + limit);
    },
    async whole(id) {
      const { version = 0, state, history = [] } = aggregates.get(id) ?? {};
      if (!state) return undefined;
      return copy({ id, version, state, history: history.map((entry) => JSON.stringify(entry)), head: '' });
    },
    async *alerts(id) {
      const records = [...(aggregates.get(id)?.alerts.values() ?? [])];
      if (records.length) yield records.map(copy);
    },
    remove: async (id, version) => aggregates.get(id)?.version === version && aggregates.delete(id),
  };
}

function memoryLibrary(): Library {
  const playbooks = new Map<string, Playbook>();
  return {
    async publish(published) {
      for (const playbook of published) playbooks.set(playbook.hash, copy(playbook));
    },
    get: async (hash) => copy(playbooks.get(hash)),
  };
}

function firingThenNewest(one: AlertRecord, other: AlertRecord): number {
  if (one.status !== other.status) return one.status === 'firing' ? -1 : 1;
  return other.since - one.since || (one.fingerprint < other.fingerprint ? 1 : -1);
}

/** Through JSON, as a real store would: nobody shares an object with the store. */
const copy = <Value>(value: Value): Value => (value === undefined ? value : JSON.parse(JSON.stringify(value)));
