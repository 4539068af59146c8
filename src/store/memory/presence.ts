/** Workers in memory: each with the time at which it last said that it is here. */
import type { Instant } from '../../domain/ids.ts';
import type { Presence } from '../../engine/ports.ts';
import { absentMs } from '../rules.ts';
import { timed } from './timed.ts';

export function memoryPresence(now: () => Instant): Presence {
  const workers = timed<string>(now);
  const seen = new Map<string, Instant>();
  const nameOf = (owner: string, pool: string): string => `${pool}\n${owner}`;
  return {
    async here(owner, pools) {
      for (const pool of pools) {
        workers.set(nameOf(owner, pool), pool, absentMs);
        seen.set(pool, now());
      }
    },
    async leave(owner, pools) {
      for (const pool of pools) workers.delete(nameOf(owner, pool));
    },
    async pools() {
      const living = workers.entries().map(([, pool]) => pool);
      return [...seen].map(([pool, seenAt]) => ({
        pool,
        workers: living.filter((one) => one === pool).length,
        seenAt,
      }));
    },
  };
}
