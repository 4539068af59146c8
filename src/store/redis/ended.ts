/** What has ended, in Redis: found by when it ended, read whole, and taken out in one step. */
import type { AlertRecord } from '../../domain/alert.ts';
import type { AggregateId } from '../../domain/ids.ts';
import type { EndedStore } from '../../engine/ports.ts';
import type { Connection } from './connection.ts';
import { scripts } from './scripts.ts';

const alertsAtOnce = 1000;

export function redisEnded({ ask, run, base }: Connection): EndedStore {
  return {
    async before(moment, { skip, limit }) {
      const ids = await ask((redis) => redis.zrangebyscore(`${base}ended`, '-inf', `(${moment}`, 'LIMIT', skip, limit));
      return ids as AggregateId[];
    },
    async whole(id) {
      const read = await ask((redis) =>
        redis.multi().hmget(`${base}${id}`, 'version', 'state', 'head').lrange(`${base}${id}:log`, 0, -1).exec(),
      );
      const [fields, history] = (read ?? []).map(([, reply]) => reply) as [(string | null)[], string[]];
      const [version, state, head] = fields;
      if (!version || !state) return undefined;
      return { id, version: Number(version), state: JSON.parse(state), history, head: head ?? '' };
    },
    async *alerts(id) {
      let cursor = '0';
      do {
        const [next, found] = await ask((redis) => redis.hscan(`${base}${id}:alerts`, cursor, 'COUNT', alertsAtOnce));
        // Field, value, field, value …
        const records = found.filter((_, at) => at % 2 === 1).map((record) => JSON.parse(record) as AlertRecord);
        if (records.length) yield records;
        cursor = next;
      } while (cursor !== '0');
    },
    remove: async (id, version) => (await run(scripts.remove, [id, version])) === 1,
  };
}
