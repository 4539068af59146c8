/** The turnstile: deciding waits while more arrives, and never for long. */
import { expect, test } from 'vitest';
import { createTurnstile } from '../../src/engine/turnstile.ts';

test('where nothing arrives, nothing waits', async () => {
  await createTurnstile().calm();
});

test('what is decided waits until the last arrival is stored', async () => {
  const turnstile = createTurnstile();
  await turnstile.calm();
  const stored = Promise.withResolvers<string>();
  const order: string[] = [];
  const arrival = turnstile.arrive(stored.promise).then((entry) => order.push(entry));
  const decided = turnstile.calm().then(() => order.push('decided'));
  stored.resolve('stored');
  await Promise.all([arrival, decided]);
  expect(order).toEqual(['stored', 'decided']);
});

test('an arrival that never ends holds nothing up for ever', async () => {
  const turnstile = createTurnstile();
  void turnstile.arrive(new Promise(() => undefined));
  await turnstile.calm();
});

test('an arrival that fails is no longer waited for, and its failure is told', async () => {
  const turnstile = createTurnstile();
  await expect(turnstile.arrive(Promise.reject(new Error('Redis is away')))).rejects.toThrow('away');
  await turnstile.calm();
});
