/** The queue in memory keeps the contract, and a scenario can see and drive what waits. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryQueue } from '../../src/queue/memory.ts';
import { queueContract, wakeUp } from '../contract/queue.contract.ts';

describe('memory', () => {
  queueContract(async () => {
    const errors: unknown[] = [];
    const queue = memoryQueue({ onError: (error) => errors.push(error) });
    onTestFinished(() => queue.close(1));
    return { queue, second: queue, turn: () => queue.drain(Date.now()), errors };
  });
});

test('a scenario advances its clock to the next wake-up, and performs what that one brings about', async () => {
  const queue = memoryQueue();
  const handled: string[] = [];
  await queue.wake([wakeUp('late', { dueAt: 500 }), wakeUp('first', { dueAt: 100 })], 0);
  await queue.work(async (id) => {
    handled.push(id);
    if (id === 'first') await queue.wake([wakeUp('brought about', { dueAt: 100 })], 100);
  }, 1);
  expect(queue.nextDueAt()).toBe(100);
  expect(await queue.drain(99)).toBe(0);
  expect(queue.due(100).map(({ id }) => id)).toEqual(['first']);
  expect(await queue.drain(100)).toBe(2);
  expect(handled).toEqual(['first', 'brought about']);
  expect(queue.nextDueAt()).toBe(500);
});
