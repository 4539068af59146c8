/** Effects in Redis: what the scripts want to know of them, and their answers. */
import { type Effect, isRefresh, subjectOf } from '../../domain/effect.ts';
import type { AggregateId, EffectId, Instant } from '../../domain/ids.ts';
import type { EffectStore, Loaded, WakeUp } from '../../engine/ports.ts';
import type { Connection } from './connection.ts';
import { scripts } from './scripts.ts';

/** What was read of an aggregate along with something else: its version, its state, the head of its history. */
export type ReadAlong = (id: AggregateId, fields: readonly (string | null | undefined)[], now: Instant) => Loaded;

export function redisEffects({ ask, run, base }: Connection, read: ReadAlong): EffectStore {
  return {
    async begin(id, { owner, pools }, leaseMs) {
      const reply = await run(scripts.begin, [id, owner, leaseMs, pools ? JSON.stringify(pools) : '']);
      if (!reply) return undefined;
      const [body, n, wanted, acted, now, ...fields] = reply as BegunReply;
      const effect = JSON.parse(body) as Effect;
      const hold = { id, owner, n, wanted, mayHaveActed: acted === 1 };
      return { effect, hold, about: read(subjectOf(effect), fields, Number(now)) };
    },
    extend: async (hold, leaseMs) => (await run(scripts.extend, [JSON.stringify(hold), leaseMs])) === 1,
    async settle(hold, effect) {
      const reply = await run(scripts.settle, [JSON.stringify(hold), JSON.stringify(packedEffect(effect))]);
      return reply ? wakeUpOf(reply as readonly string[]) : undefined;
    },
    async release(hold, delayMs, nothingDone = false) {
      await run(scripts.release, [JSON.stringify(hold), delayMs, nothingDone ? 1 : 0]);
    },
    overdue: async (limit) => wakeUpsOf(await run(scripts.overdue, [limit])),
    holders: async () => (await run(scripts.holders, [])) as readonly string[],
    endClaims: async (owner, { kinds, withinMs }) =>
      Number(await run(scripts.endClaims, [owner, JSON.stringify(kinds), withinMs])),
    open: async (effects) => wakeUpsOf(await run(scripts.open, [JSON.stringify(effects.map(packedEffect))])),
    async peek(id) {
      const body = await ask((redis) => redis.hget(`${base}fx:${id}`, 'body'));
      return body ? (JSON.parse(body) as Effect) : undefined;
    },
    async backlog() {
      const [open, oldestMs, oldestStepMs] = (await run(scripts.backlog, [])) as [number, number, number];
      return { open, oldestMs, oldestStepMs };
    },
  };
}

type BegunReply = readonly [
  body: string,
  n: number,
  wanted: number,
  mayHaveActed: number,
  now: string,
  ...about: (string | null)[],
];

export const packedEffect = (effect: Effect) => ({
  id: effect.id,
  body: JSON.stringify(effect),
  refresh: isRefresh(effect),
  urgency: effect.urgency,
  ...(effect.dueAt !== undefined && { dueAt: Math.ceil(effect.dueAt) }),
  ...(effect.pool !== undefined && { pool: effect.pool }),
});

export const wakeUpOf = ([id = '', post, at, urgency, pool]: readonly string[]): WakeUp => ({
  id: id as EffectId,
  post: Number(post),
  dueAt: Number(at),
  urgency: Number(urgency),
  ...(pool && { pool }),
});

const wakeUpsOf = (replies: unknown): readonly WakeUp[] => (replies as readonly string[][]).map(wakeUpOf);
