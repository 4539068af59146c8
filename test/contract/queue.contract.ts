/** What every queue promises: a wake-up reaches one worker, in time and in order of urgency, whatever a handler does. */
import { expect, test } from 'vitest';
import type { EffectId } from '../../src/domain/ids.ts';
import type { Queue, WakeUp } from '../../src/engine/ports.ts';
import { minuteMs, until } from './fixtures.ts';

export interface OpenedQueue {
  readonly queue: Queue;
  /** The same queue, as another process sees it. */
  readonly second: Queue;
  /** Lets time pass where the queue has no time of its own. */
  readonly turn: () => Promise<unknown>;
  readonly errors: readonly unknown[];
}

export const wakeUp = (id: string, over: Partial<WakeUp> = {}): WakeUp => ({
  id: id as EffectId,
  post: 1,
  dueAt: 0,
  urgency: 5,
  ...over,
});

export function queueContract(open: () => Promise<OpenedQueue>): void {
  const opened = async () => {
    const all = await open();
    const handled: string[] = [];
    const note = async (id: EffectId) => void handled.push(id);
    const untilHandled = (count: number) =>
      until(async () => {
        await all.turn();
        return handled.length >= count;
      });
    return { ...all, handled, note, untilHandled };
  };

  test('a wake-up reaches the worker, its id as it was', async () => {
    const { queue, second, handled, note, untilHandled } = await opened();
    const ids = ['run_step:run-1:restart web.1:1', 'a%3Ab', '42', 'größe/{x}'];
    await queue.work(note, 1);
    await second.wake(
      ids.map((id) => wakeUp(id)),
      Date.now(),
    );
    await second.wake([], Date.now());
    await untilHandled(ids.length);
    expect([...handled].sort()).toEqual([...ids].sort());
  });

  test('one wake-up told twice is handled once, a later one of the same effect again', async () => {
    const { queue, second, handled, note, untilHandled } = await opened();
    await queue.wake([wakeUp('a'), wakeUp('a')], Date.now());
    await second.wake([wakeUp('a'), wakeUp('a', { post: 2 }), wakeUp('z', { urgency: 9 })], Date.now());
    await queue.work(note, 1);
    await untilHandled(3);
    expect(handled).toEqual(['a', 'a', 'z']);
  });

  test('what people wait for goes before chatter, and equals go in their order', async () => {
    const { queue, handled, note, untilHandled } = await opened();
    const waiting = [
      wakeUp('chatter', { urgency: 9 }),
      wakeUp('card', { urgency: 5 }),
      wakeUp('second', { urgency: 5 }),
      wakeUp('click', { urgency: 0 }),
    ];
    await queue.wake(waiting, Date.now());
    await queue.work(note, 1);
    await untilHandled(4);
    expect(handled).toEqual(['click', 'card', 'second', 'chatter']);
  });

  test('what is due later waits, and comes', async () => {
    const { queue, handled, note, untilHandled } = await opened();
    const now = Date.now();
    const later = [
      wakeUp('never', { dueAt: now + 60 * minuteMs }),
      wakeUp('soon', { dueAt: now + 150 }),
      wakeUp('now', { dueAt: now - minuteMs }),
    ];
    await queue.wake(later, now);
    await queue.work(note, 1);
    await untilHandled(2);
    expect(handled).toEqual(['now', 'soon']);
    expect(Date.now() - now).toBeGreaterThanOrEqual(140);
  });

  test('a handler that throws is told, and stops nothing', async () => {
    const { queue, handled, note, untilHandled, errors } = await opened();
    const handle = async (id: EffectId) => {
      await note(id);
      if (id === 'bad') throw new Error('the handler broke');
    };
    await queue.wake([wakeUp('bad'), wakeUp('good')], Date.now());
    await queue.work(handle, 1);
    await untilHandled(2);
    await until(async () => errors.some((error) => String(error).includes('the handler broke')));
    expect(handled).toEqual(['bad', 'good']);
  });

  test('closing waits for what runs, and takes nothing new', async () => {
    const { queue, second, turn } = await opened();
    const steps: string[] = [];
    const { promise: finish, resolve: finishNow } = Promise.withResolvers<void>();
    const { promise: begun, resolve: beginNow } = Promise.withResolvers<void>();
    await queue.work(async (id) => {
      beginNow();
      await finish;
      steps.push(`handled ${id}`);
    }, 1);
    await queue.wake([wakeUp('a'), wakeUp('b')], Date.now());
    const turned = turn();
    await begun;
    const closed = queue.close(minuteMs).then(() => steps.push('closed'));
    finishNow();
    await Promise.all([closed, turned]);
    await second.close(1);
    expect(steps).toEqual(['handled a', 'closed']);
  });

  test('closing does not wait for ever', async () => {
    const { queue, turn } = await opened();
    const { promise: begun, resolve: beginNow } = Promise.withResolvers<void>();
    const { promise: finish, resolve: finishNow } = Promise.withResolvers<void>();
    await queue.work(() => {
      beginNow();
      return finish;
    }, 1);
    await queue.wake([wakeUp('a')], Date.now());
    const turned = turn();
    await begun;
    await queue.close(20);
    finishNow();
    await turned;
  });
}
