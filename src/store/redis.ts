/** The store in Redis, the system of record: each change is one script, each answer comes within 2.5 s or is `StoreDown`. */
import { randomUUID } from 'node:crypto';
import type { AlertRecord } from '../domain/alert.ts';
import type { AggregateId } from '../domain/ids.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Budget, Library, Store } from '../engine/ports.ts';
import { unchained } from './chain.ts';
import { type Historian, redisCommits } from './redis/commit.ts';
import { type Connection, type ConnectionOptions, connect, instantOf } from './redis/connection.ts';
import { redisEffects } from './redis/effects.ts';
import { redisEnded } from './redis/ended.ts';
import { redisInbox } from './redis/inbox.ts';
import { redisPresence } from './redis/presence.ts';
import { scripts } from './redis/scripts.ts';
import { redisTails } from './redis/tails.ts';
import { weaknessesOf } from './redis/weaknesses.ts';

/** Throws `StoreDown` where Redis cannot be reached within 2.5 s. */
export async function redisStore(options: ConnectionOptions & Historian): Promise<Store> {
  const connection = await connect(options);
  const { ask, run, base } = connection;
  const commits = redisCommits(connection, options);
  return {
    now: async () => instantOf(await ask((redis) => redis.time())),
    load: commits.load,
    commit: commits.commit,
    ...redisAlerts(connection),
    async claims(keys) {
      return keys.length ? await ask((redis) => redis.mget(keys.map((key) => `${base}claim:${key}`))) : [];
    },
    async claimsUnder(prefix, limit) {
      if (limit <= 0) return [];
      const found = (await run(scripts.claims, [prefix, limit])) as readonly [string, string][];
      return found.map(([key, value]) => ({ key, value }));
    },
    nextNumber: (sequence) => ask((redis) => redis.incr(`${base}seq:${sequence}`)),
    async history(id, limit) {
      if (limit <= 0) return [];
      return (await ask((redis) => redis.lrange(`${base}${id}:log`, -limit, -1))).map(unchained);
    },
    async list(kind, which, limit) {
      if (limit <= 0) return [];
      const ids = await ask((redis) => redis.zrevrange(`${base}index:${kind}:${which}`, 0, limit - 1));
      return ids as AggregateId[];
    },
    inbox: redisInbox(connection),
    effects: redisEffects(connection, commits.read),
    ended: redisEnded(connection),
    budget: redisBudget(connection),
    library: redisLibrary(connection),
    logs: redisTails(connection),
    replicated: connection.replicated,
    presence: redisPresence(connection),
    weaknesses: () => weaknessesOf(connection),
    ...redisProgress(connection),
    close: () => connection.close(),
  };
}

function redisAlerts({ ask, base }: Connection): Pick<Store, 'alerts' | 'topAlerts'> {
  const read = async (id: AggregateId, fingerprints: readonly string[]): Promise<readonly AlertRecord[]> => {
    if (!fingerprints.length) return [];
    const records = await ask((redis) => redis.hmget(`${base}${id}:alerts`, ...fingerprints));
    return records.filter((record) => record !== null).map((record) => JSON.parse(record));
  };
  return {
    alerts: async (id, fingerprints) =>
      new Map((await read(id, fingerprints)).map((record) => [record.fingerprint, record])),
    async topAlerts(id, limit) {
      if (limit <= 0) return [];
      return read(id, await ask((redis) => redis.zrevrange(`${base}${id}:top`, 0, limit - 1)));
    },
  };
}

function redisBudget({ run }: Connection): Budget {
  return {
    take: async (key, burst, everyMs) => Number(await run(scripts.take, [key, burst, everyMs])),
    async block(key, forMs) {
      await run(scripts.block, [key, forMs]);
    },
  };
}

/** Each commit and each begin is counted by its script. */
function redisProgress({ ask, run, base }: Connection): Pick<Store, 'reached' | 'reachAtLeast' | 'doubtEffects'> {
  return {
    async reached() {
      await ask((redis) => redis.setnx(`${base}store`, randomUUID()));
      const [store, writes] = await ask((redis) => redis.mget(`${base}store`, `${base}writes`));
      return { store: store ?? '', writes: Number(writes ?? 0) };
    },
    async reachAtLeast(writes) {
      await run(scripts.reach, [writes]);
    },
    async doubtEffects() {
      await run(scripts.doubt, []);
    },
  };
}

const rememberedPlaybooks = 500;

function redisLibrary({ ask, base }: Connection): Library {
  const key = `${base}playbooks`;
  // Named by what is in them: what was read once stays true.
  const read = new Map<string, Playbook>();
  const remember = (hash: string, playbook: Playbook): Playbook => {
    const [oldest] = read.keys();
    if (oldest !== undefined && read.size >= rememberedPlaybooks) read.delete(oldest);
    read.set(hash, playbook);
    return playbook;
  };
  return {
    async publish(playbooks: readonly Playbook[]) {
      const fields = playbooks.flatMap((playbook) => [playbook.hash, JSON.stringify(playbook)]);
      if (fields.length) await ask((redis) => redis.hset(key, ...fields));
    },
    async get(hash) {
      const known = read.get(hash);
      if (known) return known;
      const found = await ask((redis) => redis.hget(key, hash));
      return found ? remember(hash, JSON.parse(found) as Playbook) : undefined;
    },
  };
}
