/** A queue for the steps of each pool beside the one for all else: a worker hears of its own pools, and whoever wakes reaches any. */
import type { Queue, WakeUp } from '../engine/ports.ts';

export interface PoolQueues {
  /** What Tocsin does itself: messages, timers, evidence. */
  readonly shared: Queue;
  readonly open: (pool: string) => Queue;
  /** What this process works on. */
  readonly works: { readonly shared: boolean; readonly pools: readonly string[] };
}

export function poolQueues({ shared, open, works }: PoolQueues): Queue {
  const opened = new Map<string | undefined, Queue>([[undefined, shared]]);
  const queueOf = (pool: string | undefined): Queue => {
    const queue = opened.get(pool) ?? open(pool ?? '');
    opened.set(pool, queue);
    return queue;
  };
  return {
    wake: async (wakeUps, now) => {
      const byPool = Map.groupBy(wakeUps, ({ pool }: WakeUp) => pool);
      await Promise.all([...byPool].map(([pool, some]) => queueOf(pool).wake(some, now)));
    },
    work: async (handle, concurrency) => {
      const mine = [...(works.shared ? [undefined] : []), ...works.pools];
      await Promise.all(mine.map((pool) => queueOf(pool).work(handle, concurrency)));
    },
    close: async (graceMs) => {
      await Promise.all([...opened.values()].map((queue) => queue.close(graceMs)));
    },
  };
}
