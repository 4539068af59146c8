/** The last lines of each step's log, in memory. */
import type { Instant } from '../../domain/ids.ts';
import type { StepTails } from '../../engine/ports.ts';
import { tailKeptMs, tailLines } from '../rules.ts';
import { timed } from './timed.ts';

export function memoryTails(now: () => Instant): StepTails {
  const tails = timed<readonly string[]>(now);
  return {
    async append(run, step, lines) {
      const key = `${run}/${step}`;
      if (lines.length) tails.set(key, [...(tails.get(key) ?? []), ...lines].slice(-tailLines), tailKeptMs);
    },
    tail: async (run, step, limit) => (limit > 0 ? (tails.get(`${run}/${step}`) ?? []).slice(-limit) : []),
  };
}
