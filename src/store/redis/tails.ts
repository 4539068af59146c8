/** The last lines of each step's log in Redis: a bounded list per step, which ends by itself. */
import type { StepTails } from '../../engine/ports.ts';
import { tailKeptMs, tailLines } from '../rules.ts';
import type { Connection } from './connection.ts';

export function redisTails({ ask, base }: Connection): StepTails {
  const keyOf = (run: string, step: string): string => `${base}${run}:tail:${step}`;
  return {
    async append(run, step, lines) {
      if (!lines.length) return;
      const key = keyOf(run, step);
      const last = lines.slice(-tailLines);
      await ask((redis) =>
        redis
          .multi()
          .rpush(key, ...last)
          .ltrim(key, -tailLines, -1)
          .pexpire(key, tailKeptMs)
          .exec(),
      );
    },
    tail: async (run, step, limit) =>
      limit > 0 ? await ask((redis) => redis.lrange(keyOf(run, step), -limit, -1)) : [],
  };
}
