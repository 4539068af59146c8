/** A change as the commit script wants it, and what the script answers. */
import type { AlertRecord } from '../../domain/alert.ts';
import type { Claim } from '../../domain/claim.ts';
import type { AggregateId } from '../../domain/ids.ts';
import type { Change, CommitResult, Loaded } from '../../engine/ports.ts';
import { type Chained, chained, plainSeal, type Seal } from '../chain.ts';
import { type Connection, instantOf } from './connection.ts';
import { packedEffect, type ReadAlong, wakeUpOf } from './effects.ts';
import { scripts } from './scripts.ts';

export interface Historian {
  /** Plain where there is no key. */
  readonly seal?: Seal;
  /** Hears where each history ends that this process continued. */
  readonly onHead?: (id: AggregateId, head: string) => void;
}

interface Commits {
  load(id: AggregateId): Promise<Loaded>;
  commit(change: Change): Promise<CommitResult>;
  readonly read: ReadAlong;
}

/** Where each history ended when it was last looked at: saves asking before each commit. The script checks it. */
type Heads = Map<AggregateId, { readonly version: number; readonly head: string }>;
const rememberedHeads = 5000;

export function redisCommits(connection: Connection, { seal = plainSeal, onHead }: Historian): Commits {
  const heads: Heads = new Map();

  const read: ReadAlong = (id, [version, state, head], now) => {
    const loaded = { version: Number(version ?? 0), state: state ? JSON.parse(state) : undefined, now };
    remember(heads, id, { version: loaded.version, head: head ?? '' });
    return loaded;
  };

  const load = async (id: AggregateId): Promise<Loaded> => {
    const [fields, time] = await connection.ask((redis) =>
      Promise.all([redis.hmget(`${connection.base}${id}`, 'version', 'state', 'head'), redis.time()]),
    );
    return read(id, fields, instantOf(time));
  };

  const headOf = async ({ id, version }: Change): Promise<string> => {
    if (heads.get(id)?.version !== version && version > 0) await load(id);
    return heads.get(id)?.head ?? '';
  };

  return {
    ...{ load, read },
    async commit(change) {
      const head = await headOf(change);
      const chain = chained({ id: change.id, head, seal }, change.history);
      const result = resultOf(await connection.run(scripts.commit, argsOf(change, head, chain)));
      if (result.kind !== 'committed') return result;
      remember(heads, change.id, { version: result.version, head: chain.head });
      if (change.history.length) onHead?.(change.id, chain.head);
      return result;
    },
  };
}

function remember(heads: Heads, id: AggregateId, at: { readonly version: number; readonly head: string }): void {
  heads.delete(id);
  heads.set(id, at);
  const [oldest] = heads.keys();
  if (oldest && heads.size > rememberedHeads) heads.delete(oldest);
}

function argsOf(change: Change, head: string, chain: Chained): readonly string[] {
  const control = {
    id: change.id,
    kind: change.kind,
    version: change.version,
    open: change.open,
    over: change.over === true,
    history: change.history.length,
    head,
    newHead: chain.head,
    records: change.records.length,
    causes: change.causes,
    claims: change.claims.map(packedClaim),
    effects: change.effects.map(packedEffect),
  };
  const records = change.records.flatMap((record) => [record.fingerprint, JSON.stringify(record)]);
  const scores = change.records.flatMap((record) => [String(scoreOf(record)), record.fingerprint]);
  const state = change.state ? JSON.stringify(change.state) : '';
  return [JSON.stringify(control), state, ...chain.links, ...records, ...scores];
}

/** Sorts the firing before the resolved, and each of them by time. */
const resolvedBelow = 1e14;
const scoreOf = ({ status, since }: AlertRecord): number => (status === 'firing' ? since : since - resolvedBelow);

/** Lua knows no difference between null and nothing. */
const packedClaim = ({ key, expect, set, ttlMs, kept }: Claim) => ({
  key,
  looks: expect !== undefined,
  ...(typeof expect === 'string' && { expect }),
  ...(typeof set === 'string' && { set }),
  remove: set === null,
  ...(kept && { kept }),
  ...(ttlMs !== undefined && { ttlMs: Math.ceil(ttlMs) }),
});

function resultOf(reply: unknown): CommitResult {
  const [kind, ...rest] = reply as [string, ...string[]];
  if (kind === 'conflict' || kind === 'repeated' || kind === 'lost') return { kind };
  if (kind === 'claimed_by_other') return { kind, key: rest[0] ?? '', value: rest[1] ?? null };
  const [version, now, ...fields] = rest;
  return { kind: 'committed', version: Number(version), now: Number(now), fresh: wakeUpsIn(fields) };
}

const fieldsOfWakeUp = 5;

function wakeUpsIn(fields: readonly string[]) {
  const starts = Array.from({ length: fields.length / fieldsOfWakeUp }, (_, index) => index * fieldsOfWakeUp);
  return starts.map((start) => wakeUpOf(fields.slice(start, start + fieldsOfWakeUp)));
}
