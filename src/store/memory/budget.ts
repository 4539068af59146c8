/** Budgets in memory: the generic cell rate algorithm, as in the script that Redis runs. */
import type { Instant } from '../../domain/ids.ts';
import type { Budget } from '../../engine/ports.ts';
import { timed } from './timed.ts';

export function memoryBudget(now: () => Instant): Budget {
  /** When each bucket will be full again. */
  const fullAt = new Map<string, Instant>();
  const blockedUntil = timed<Instant>(now);
  return {
    async take(key, burst, everyMs) {
      const blocked = blockedUntil.get(key);
      if (blocked !== undefined) return Math.ceil(blocked - now());
      const full = Math.max(fullAt.get(key) ?? 0, now());
      const waitMs = full - now() - (burst - 1) * everyMs;
      if (waitMs > 0) return Math.ceil(waitMs);
      fullAt.set(key, full + everyMs);
      return 0;
    },
    async block(key, forMs) {
      const until = Math.max(blockedUntil.get(key) ?? 0, now() + forMs);
      blockedUntil.set(key, until, until - now());
    },
  };
}
