/** Effects in memory: opened, claimed with a lease and a fencing token, settled. */
import { type Effect, isRefresh } from '../../domain/effect.ts';
import type { EffectId, Instant } from '../../domain/ids.ts';
import { togetherMs } from '../../domain/showing.ts';
import type { Begun, EffectHold, EffectStore, Taker, WakeUp } from '../../engine/ports.ts';
import { firstLookMs, nextLookMs, rememberedMs } from '../rules.ts';

interface Entry {
  readonly effect: Effect;
  status: 'ready' | 'running' | 'settled';
  owner: string;
  /** Begins so far: the fencing token. It outlives settling, so that an old hold never fits again. */
  n: number;
  /** Up to this begin, nothing was done. */
  clean: number;
  post: number;
  wanted: number;
  dueAt: Instant;
  /** Ready: when to wake again. Running: when the lease is over. Settled: when to forget. */
  lookAt: Instant;
  tries: number;
}

export interface MemoryEffects extends Omit<EffectStore, 'begin'> {
  beginNow(id: EffectId, by: Taker, leaseMs: number): Omit<Begun, 'about'> | undefined;
  openNow(effects: readonly Effect[]): readonly WakeUp[];
  settleNow(hold: EffectHold): WakeUp | undefined;
  standing(hold: EffectHold): Standing;
  /** Begins so far, of all effects. */
  begun(): number;
  /** Nobody knows which were done: each counts as begun once more. */
  doubt(): void;
}

/** How a hold stands: `held` with a living lease, `lapsed` but taken by nobody else, already `settled` by itself, or `lost`. */
type Standing = 'held' | 'lapsed' | 'settled' | 'lost';

export function memoryEffects(now: () => Instant): MemoryEffects {
  const entries = new Map<EffectId, Entry>();
  let begun = 0;

  const ready = (id: EffectId, entry: Entry, times: { dueAt: Instant; lookAt: Instant }): WakeUp => {
    Object.assign(entry, { status: 'ready', owner: '', ...times, tries: 0, post: entry.post + 1 });
    return wakeUpOf(id, entry);
  };

  const open = (effect: Effect): WakeUp | undefined => {
    forgetOld(entries, now());
    const known = entries.get(effect.id);
    if (known && !isRefresh(effect)) return undefined;
    const entry = known ?? unopened(effect);
    entries.set(effect.id, entry);
    if (isRefresh(effect)) entry.wanted += 1;
    if (known && known.status !== 'settled') return undefined;
    const dueAt = effect.dueAt ?? now();
    return ready(effect.id, entry, { dueAt, lookAt: dueAt + firstLookMs });
  };

  const standing = ({ id, owner, n }: EffectHold): Standing => {
    const entry = entries.get(id);
    if (!entry || entry.owner !== owner || entry.n !== n) return 'lost';
    if (entry.status === 'settled') return 'settled';
    return entry.status === 'running' && entry.lookAt > now() ? 'held' : 'lapsed';
  };

  const settleNow = (hold: EffectHold): WakeUp | undefined => {
    const entry = entries.get(hold.id);
    const stands = standing(hold);
    if (!entry || stands === 'settled') return undefined;
    if (stands === 'lost') return wantAgain(hold.id, entry);
    // Not at once: what goes on happening is painted in the rhythm of a viewer, not of the events.
    if (entry.wanted > hold.wanted) {
      const dueAt = now() + togetherMs;
      return ready(hold.id, entry, { dueAt, lookAt: dueAt + firstLookMs });
    }
    Object.assign(entry, { status: 'settled', lookAt: now() + rememberedMs });
    return undefined;
  };

  /** A painter that lost its claim may have painted an old picture over a new one: once more. */
  const wantAgain = (id: EffectId, entry: Entry): WakeUp | undefined => {
    if (!isRefresh(entry.effect)) return undefined;
    entry.wanted += 1;
    return entry.status === 'settled' ? ready(id, entry, { dueAt: now(), lookAt: now() + firstLookMs }) : undefined;
  };

  const living = (): [EffectId, Entry][] => [...entries].filter(([, entry]) => entry.status !== 'settled');

  return {
    openNow: (effects) => effects.map(open).filter((wakeUp) => wakeUp !== undefined),
    settleNow,
    standing,
    begun: () => begun,
    doubt() {
      for (const [, entry] of living()) entry.n += 1;
    },
    async open(effects) {
      return this.openNow(effects);
    },
    async settle(hold) {
      return settleNow(hold);
    },
    beginNow(id, { owner, pools }, leaseMs) {
      const entry = entries.get(id);
      if (!entry || !isFree(entry, now())) return undefined;
      const { pool } = entry.effect;
      if (pool !== undefined && pools && !pools.includes(pool)) return undefined;
      begun += 1;
      Object.assign(entry, { status: 'running', owner, n: entry.n + 1, lookAt: now() + leaseMs, tries: 0 });
      return {
        effect: structuredClone(entry.effect),
        hold: { id, owner, n: entry.n, wanted: entry.wanted, mayHaveActed: entry.clean < entry.n - 1 },
      };
    },
    async extend(hold, leaseMs) {
      const entry = entries.get(hold.id);
      const stands = standing(hold);
      if (!entry || stands === 'lost' || stands === 'settled') return false;
      Object.assign(entry, { status: 'running', lookAt: now() + leaseMs });
      return true;
    },
    async release(hold, delayMs, nothingDone = false) {
      const entry = entries.get(hold.id);
      const stands = standing(hold);
      if (!entry || stands === 'lost' || stands === 'settled') return;
      if (nothingDone && !hold.mayHaveActed) entry.clean = hold.n;
      ready(hold.id, entry, { dueAt: now() + delayMs, lookAt: now() + delayMs });
    },
    async overdue(limit) {
      const found = living().filter(([, entry]) => entry.lookAt <= now());
      found.sort(([, one], [, other]) => one.lookAt - other.lookAt);
      return found.slice(0, limit).map(([id, entry]) => {
        const tries = entry.tries + 1;
        Object.assign(entry, { status: 'ready', post: entry.post + 1, tries, lookAt: now() + nextLookMs(tries) });
        return wakeUpOf(id, entry);
      });
    },
    async holders() {
      const held = living().filter(([, entry]) => entry.status === 'running' && entry.lookAt > now());
      return [...new Set(held.map(([, entry]) => entry.owner))];
    },
    async endClaims(owner, { kinds, withinMs }) {
      const soon = now() + withinMs;
      const held = living().filter(
        ([, { status, owner: by, effect, lookAt }]) =>
          status === 'running' && by === owner && kinds.includes(effect.kind) && lookAt > soon,
      );
      for (const [, entry] of held) entry.lookAt = soon;
      return held.length;
    },
    async peek(id) {
      const entry = entries.get(id);
      return entry && entry.status !== 'settled' ? structuredClone(entry.effect) : undefined;
    },
    async backlog() {
      const waiting = living().flatMap(([, entry]) => (entry.status === 'ready' ? [entry] : []));
      const oldest = (steps: boolean): number => {
        const due = waiting.filter(({ effect: { pool } }) => (pool !== undefined) === steps).map(({ dueAt }) => dueAt);
        return now() - Math.min(now(), ...due);
      };
      return { open: living().length, oldestMs: oldest(false), oldestStepMs: oldest(true) };
    },
  };
}

const unopened = (effect: Effect): Entry => ({
  effect: structuredClone(effect),
  status: 'settled',
  owner: '',
  n: 0,
  clean: 0,
  post: 0,
  wanted: 0,
  dueAt: 0,
  lookAt: 0,
  tries: 0,
});

const wakeUpOf = (id: EffectId, { post, dueAt, effect }: Entry): WakeUp => ({
  id,
  post,
  dueAt,
  urgency: effect.urgency,
  ...(effect.pool !== undefined && { pool: effect.pool }),
});

function isFree(entry: Entry, now: Instant): boolean {
  if (entry.status === 'settled') return false;
  return entry.status === 'running' ? entry.lookAt <= now : entry.dueAt <= now;
}

function forgetOld(entries: Map<EffectId, Entry>, now: Instant): void {
  for (const [id, entry] of entries) if (entry.status === 'settled' && entry.lookAt <= now) entries.delete(id);
}
