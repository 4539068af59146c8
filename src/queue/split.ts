/** Two queues as one: what people wait for never stands behind chatter that waits for its turn in chat. */
import type { Queue } from '../engine/ports.ts';

/** Wake-ups of this urgency or a smaller one are urgent. */
const leastUrgent = 2;

export function splitQueue(urgent: Queue, other: Queue): Queue {
  return {
    wake: async (wakeUps, now) => {
      await Promise.all([
        urgent.wake(
          wakeUps.filter(({ urgency }) => urgency <= leastUrgent),
          now,
        ),
        other.wake(
          wakeUps.filter(({ urgency }) => urgency > leastUrgent),
          now,
        ),
      ]);
    },
    work: async (handle, concurrency) => {
      await Promise.all([urgent.work(handle, concurrency), other.work(handle, concurrency)]);
    },
    close: async (graceMs) => {
      await Promise.all([urgent.close(graceMs), other.close(graceMs)]);
    },
  };
}
