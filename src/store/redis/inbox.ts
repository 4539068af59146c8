/** The inbox in Redis: bodies as they came, in the order of their arrival, until the commit that they caused. */
import { randomUUID } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import type { Inbox } from '../../engine/ports.ts';
import type { Connection } from './connection.ts';

export function redisInbox(connection: Connection): Inbox {
  const { ask, base } = connection;
  const stream = `${base}inbox`;
  const bodyKey = (body: string): string => `${base}inbox:${body}`;

  const forget = (at: string, body: string) =>
    ask((redis) => all(redis.multi().unlink(bodyKey(body)).xdel(stream, at)));

  const listed = async (olderThanMs: number, limit: number) => {
    const [seconds = 0, micros = 0] = await ask((redis) => redis.time());
    const until = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) - olderThanMs;
    return ask((redis) => redis.xrange(stream, '-', Math.floor(until), 'COUNT', limit));
  };

  /** One by one: a few bodies of 32 MB in one answer would not come within its deadline. */
  const read = async ([at, [, source = '', , body = '']]: [string, string[]]) => {
    const bytes = await ask((redis) => redis.getBuffer(bodyKey(body)));
    if (!bytes) await forget(at, body);
    return bytes ? [{ entry: nameOf(at, body), source, body: bytes }] : [];
  };

  return {
    async put(source, body) {
      const name = randomUUID();
      const written = await ask((redis) =>
        all(redis.multi().set(bodyKey(name), body).xadd(stream, '*', 'source', source, 'body', name)),
      );
      return nameOf(String(written[1]), name);
    },
    async stale(olderThanMs, limit) {
      const found = [];
      for (const entry of await listed(olderThanMs, limit)) found.push(...(await read(entry)));
      return found;
    },
    async drop(entry) {
      const { at, body } = partsOf(entry);
      await forget(at, body);
    },
    size: () => ask((redis) => redis.xlen(stream)),
  };
}

/** `<id in the stream>~<name of the body>`: the stream orders by Redis' clock, the body lies beside it. */
const nameOf = (at: string, body: string): string => `${at}~${body}`;

export function partsOf(entry: string): { readonly at: string; readonly body: string } {
  const [at = '', body = ''] = entry.split('~');
  return { at, body };
}

/** What a transaction answered, or the first thing that went wrong in it. */
async function all(transaction: ChainableCommander): Promise<readonly unknown[]> {
  const replies = (await transaction.exec()) ?? [];
  for (const [error] of replies) if (error) throw error;
  return replies.map(([, reply]) => reply);
}
