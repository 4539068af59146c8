/** The queue in memory: keeps wake-ups until the driver of a scenario performs what is due on its fake clock. */
import type { EffectId, Instant } from '../domain/ids.ts';
import type { Queue, WakeUp } from '../engine/ports.ts';

export interface MemoryQueue extends Queue {
  /** What waits and is due: the most urgent first, then as it came. */
  due(now: Instant): readonly WakeUp[];
  /** When the next one is due. */
  nextDueAt(): Instant | undefined;
  /** Performs what is due one by one, what that wakes included, until nothing is. How many it were. */
  drain(now: Instant): Promise<number>;
}

export function memoryQueue(options: { readonly onError?: (error: unknown) => void } = {}): MemoryQueue {
  const waiting = new Map<string, WakeUp>();
  let handle: ((id: EffectId) => Promise<void>) | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const due = (now: Instant): readonly WakeUp[] =>
    [...waiting.values()].filter(({ dueAt }) => dueAt <= now).sort((one, other) => one.urgency - other.urgency);

  const perform = async (wakeUp: WakeUp): Promise<void> => {
    waiting.delete(keyOf(wakeUp));
    try {
      await handle?.(wakeUp.id);
    } catch (error) {
      options.onError?.(error);
    }
  };

  const performAll = async (now: Instant): Promise<number> => {
    let count = 0;
    for (let [next] = due(now); next && handle; [next] = due(now)) {
      await perform(next);
      count += 1;
    }
    return count;
  };

  return {
    due,
    nextDueAt() {
      const times = [...waiting.values()].map(({ dueAt }) => dueAt);
      return times.length ? Math.min(...times) : undefined;
    },
    async drain(now) {
      const drained = performAll(now);
      running = drained;
      return drained;
    },
    async wake(wakeUps) {
      for (const wakeUp of wakeUps) waiting.set(keyOf(wakeUp), wakeUp);
    },
    async work(handler) {
      handle = handler;
    },
    async close(graceMs) {
      handle = undefined;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      await Promise.race([running, late]);
      clearTimeout(timer);
    },
  };
}

const keyOf = ({ id, post }: WakeUp): string => `${id}.${post}`;
