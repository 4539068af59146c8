/** What this process wakes it does itself where it soon can: the way through the queue would wake nobody sooner. */
import type { EffectId, Instant } from '../domain/ids.ts';
import type { WakeUp } from '../engine/ports.ts';
import { createHands, type Hands, type Task } from './hands.ts';

export interface Near {
  readonly hands: Hands;
  /** Those that are left to the queue. What is kept here and lost with this process, the store's sweeper wakes again. */
  leftBy(wakeUps: readonly WakeUp[], now: Instant): readonly WakeUp[];
  /** Keeps nothing any more: who waits here goes to the queue. */
  close(): void;
}

export interface NearParts {
  /** How many things are done at once, and how many of those hands only do what the queue has. */
  readonly count: number;
  readonly forQueue: number;
  handle(id: EffectId): Promise<void>;
  /** Into the queue after all. */
  queued(wakeUps: readonly WakeUp[], now: Instant): void;
  readonly onError: (error: unknown) => void;
}

/** What is due so soon waits here, where a timer is exact; what is due later waits where all can see it. */
const soonMs = 6_000;
/** Whoever finds no free hand stands in line here for so long; then it is for any process that has one. */
const patienceMs = 200;

/** The queue goes first: what stands in line here gets the hands that the queue leaves over. */
export function near({ count, forQueue, handle, queued, onError }: NearParts): Near {
  let isClosed = count === forQueue;
  let clock = 0;
  const storeNow = (): Instant => performance.now() + clock;
  /** Each until it is due, or until its patience is over. */
  const kept = new Map<WakeUp, NodeJS.Timeout>();
  const line = new Set<WakeUp>();

  const taskOf = (wakeUp: WakeUp): Task => {
    clearTimeout(kept.get(wakeUp));
    kept.delete(wakeUp);
    line.delete(wakeUp);
    return () => handle(wakeUp.id);
  };
  const mostUrgent = (): Task | undefined => {
    const [first, ...others] = line;
    return first && taskOf(others.reduce((most, one) => (one.urgency < most.urgency ? one : most), first));
  };
  const hands = createHands({ count, onError, more: mostUrgent });
  for (let n = 0; n < forQueue; n += 1) hands.take();

  const giveUp = (wakeUps: readonly WakeUp[]): void => {
    for (const wakeUp of wakeUps) taskOf(wakeUp);
    queued(wakeUps, storeNow());
  };
  const isDue = (wakeUp: WakeUp): void => {
    if (hands.take()) {
      hands.use(taskOf(wakeUp));
      return;
    }
    line.add(wakeUp);
    const timer = setTimeout(() => giveUp([wakeUp]), patienceMs);
    kept.set(wakeUp, timer);
  };
  /** Node: a timer may go off early, by as long as the tick took in which it was set. Who comes before the time gets nothing. */
  const keep = (wakeUp: WakeUp): void => {
    const inMs = wakeUp.dueAt - storeNow();
    if (inMs <= 0) isDue(wakeUp);
    else
      kept.set(
        wakeUp,
        setTimeout(() => keep(wakeUp), Math.ceil(inMs)),
      );
  };

  return {
    hands,
    leftBy(wakeUps, now) {
      if (isClosed) return wakeUps;
      clock = now - performance.now();
      const isSoon = ({ dueAt }: WakeUp): boolean => dueAt - now <= soonMs;
      const soon = wakeUps.filter(isSoon).sort((one, other) => one.urgency - other.urgency);
      for (const wakeUp of soon) keep(wakeUp);
      return wakeUps.filter((wakeUp) => !isSoon(wakeUp));
    },
    close() {
      isClosed = true;
      if (kept.size) giveUp([...kept.keys()]);
    },
  };
}
