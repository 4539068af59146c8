/** What a process does by itself of what it wakes: no more than it has hands for, nobody overtaken, nothing kept for itself. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EffectId } from '../../src/domain/ids.ts';
import type { WakeUp } from '../../src/engine/ports.ts';
import { type Near, near } from '../../src/queue/near.ts';
import { wakeUp } from '../contract/queue.contract.ts';

const now = 1_700_000_000_000;

afterEach(() => void vi.useRealTimers());

function stage({ count = 4, forQueue = 1 } = {}) {
  vi.useFakeTimers();
  const begun: EffectId[] = [];
  const ends = new Map<EffectId, () => void>();
  const queued: { readonly id: EffectId; readonly inMs: number }[] = [];
  const errors: unknown[] = [];
  const here: Near = near({
    ...{ count, forQueue },
    handle: (id) => {
      begun.push(id);
      return new Promise<void>((resolve) => void ends.set(id, resolve));
    },
    queued: (wakeUps, at) =>
      void queued.push(...wakeUps.map(({ id, dueAt }) => ({ id, inMs: Math.round(dueAt - at) }))),
    onError: (error) => void errors.push(error),
  });
  const wakes = (...wakeUps: readonly WakeUp[]) => here.leftBy(wakeUps, now).map(({ id }) => id);
  const end = async (id: string): Promise<void> => {
    ends.get(id as EffectId)?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { here, begun, queued, errors, wakes, end };
}

describe('what a process wakes', () => {
  test('it does at once, the most urgent first, while a hand is free that the queue does not need', async () => {
    const { wakes, begun } = stage({ count: 4, forQueue: 1 });
    expect(wakes(wakeUp('chatter', { urgency: 9 }), wakeUp('click', { urgency: 0 }), wakeUp('card'))).toEqual([]);
    expect(begun).toEqual(['click', 'card', 'chatter']);
    expect(wakes(wakeUp('more'))).toEqual([]);
    expect(begun).toHaveLength(3);
  });

  test('stands in line for a moment, the most urgent first, and then is for anybody', async () => {
    const { wakes, begun, end, queued } = stage({ count: 2, forQueue: 1 });
    wakes(wakeUp('first'));
    wakes(wakeUp('chatter', { urgency: 9 }), wakeUp('card', { urgency: 5 }));
    await end('first');
    expect(begun).toEqual(['first', 'card']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(queued.map(({ id }) => id)).toEqual(['chatter']);
    await end('card');
    expect(begun).toEqual(['first', 'card']);
  });

  test('goes after what waits in the queue', async () => {
    const { here, wakes, begun, end } = stage({ count: 2, forQueue: 1 });
    wakes(wakeUp('first'));
    let hasHand = false;
    const asking = here.hands.wait().then(() => {
      hasHand = true;
    });
    wakes(wakeUp('second'));
    await end('first');
    await asking;
    expect({ hasHand, begun }).toEqual({ hasHand: true, begun: ['first'] });
  });

  test('is left to the queue where all hands are for the queue', () => {
    const { wakes, begun } = stage({ count: 1, forQueue: 1 });
    expect(wakes(wakeUp('a'), wakeUp('soon', { dueAt: now + 500 }))).toEqual(['a', 'soon']);
    expect(begun).toEqual([]);
  });

  test('is begun when it is due, where that is soon; what is due later is left to the queue', async () => {
    const { wakes, begun } = stage();
    expect(wakes(wakeUp('soon', { dueAt: now + 500 }), wakeUp('later', { dueAt: now + 60_000 }))).toEqual(['later']);
    await vi.advanceTimersByTimeAsync(499);
    expect(begun).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['soon']);
  });
});

describe('a process that is told to go', () => {
  test('gives back what it keeps, with the time that is left of it, and keeps nothing more', async () => {
    const { here, wakes, queued, begun } = stage({ count: 2, forQueue: 1 });
    wakes(wakeUp('runs'), wakeUp('waits'), wakeUp('soon', { dueAt: now + 1_000 }));
    await vi.advanceTimersByTimeAsync(100);
    here.close();
    here.hands.rest();
    expect(queued).toEqual([
      { id: 'waits', inMs: expect.any(Number) },
      { id: 'soon', inMs: 900 },
    ]);
    expect(wakes(wakeUp('other'))).toEqual(['other']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(begun).toEqual(['runs']);
  });

  test('waits for what it does', async () => {
    const { here, wakes, end } = stage();
    wakes(wakeUp('a'), wakeUp('b'));
    here.hands.rest();
    let isIdle = false;
    const idle = here.hands.idle().then(() => {
      isIdle = true;
    });
    await end('a');
    expect(isIdle).toBe(false);
    await end('b');
    await idle;
    expect(isIdle).toBe(true);
  });
});

test('what fails is told, and its hand is free again', async () => {
  vi.useFakeTimers();
  const errors: unknown[] = [];
  const here = near({
    ...{ count: 2, forQueue: 1 },
    handle: async (id) => {
      throw new Error(id);
    },
    queued: () => undefined,
    onError: (error) => void errors.push(error),
  });
  here.leftBy([wakeUp('a')], now);
  await vi.advanceTimersByTimeAsync(0);
  here.leftBy([wakeUp('b')], now);
  await vi.advanceTimersByTimeAsync(0);
  expect(errors.map(String)).toEqual(['Error: a', 'Error: b']);
});

test('a timer that goes off early waits for the rest: who comes before the time would get nothing', async () => {
  const { wakes, begun } = stage();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  wakes(wakeUp('soon', { dueAt: now + 500 }));
  clock.mockReturnValue(499);
  await vi.advanceTimersByTimeAsync(500);
  expect(begun).toEqual([]);
  clock.mockReturnValue(500);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toEqual(['soon']);
  clock.mockRestore();
});
