/** The inbox in Redis: one hash of bodies as they came, each under its time, until the commit that they caused. */
import { randomBytes } from 'node:crypto';
import type { Inbox } from '../../engine/ports.ts';
import type { Connection } from './connection.ts';

/**
 * A hash, for one command writes an entry (each more costs a storm dearly), and a commit sees whether it is there
 * without touching the body.
 */
export function redisInbox({ ask, base, replicated }: Connection): Inbox {
  const key = `${base}inbox`;
  const mine = randomBytes(6).toString('hex');
  let written = 0;
  return {
    async put(source, body) {
      written += 1;
      const entry = `${Date.now()}-${mine}.${written}~${source}`;
      await ask((redis) => redis.hset(key, entry, body));
      await replicated();
      return entry;
    },
    async stale(olderThanMs, limit) {
      const names = await ask((redis) => redis.hkeys(key));
      const until = Date.now() - olderThanMs;
      const old = names.filter((name) => writtenAt(name) <= until).sort((a, b) => writtenAt(a) - writtenAt(b));
      const found = [];
      // One by one: a few bodies of 32 MB in one answer would not come within its deadline.
      for (const entry of old.slice(0, limit)) {
        const body = await ask((redis) => redis.hgetBuffer(key, entry));
        if (body) found.push({ entry, source: sourceOf(entry), body });
      }
      return found;
    },
    drop: async (entry) => void (await ask((redis) => redis.hdel(key, entry))),
    size: () => ask((redis) => redis.hlen(key)),
  };
}

/** `<when, by this process' clock>-<this process>.<count>~<source>`: clocks apart make a sweep early or late, and no more. */
const writtenAt = (entry: string): number => Number(entry.slice(0, entry.indexOf('-')));
const sourceOf = (entry: string): string => entry.slice(entry.indexOf('~') + 1);
