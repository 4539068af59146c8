/** Calls in time: nothing faster than Slack allows, people first, and one refusal shuts one method only. */

import { WebAPIRateLimitedError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import { bucketsOf, type Call } from '../../src/slack/limits.ts';
import { createPacer } from '../../src/slack/pacing.ts';
import { memoryBudget } from '../../src/store/memory/budget.ts';
import { listeningTelemetry, pacedClock } from './support/workspace.ts';

function pacing() {
  const { now, pause } = pacedClock(0);
  const { telemetry, counts } = listeningTelemetry();
  const pacer = createPacer({ budget: memoryBudget(now), telemetry, now, pause });
  const done: { readonly name: string; readonly atMs: number }[] = [];
  const call = (name: string, wanted: Call) => pacer.run(wanted, async () => void done.push({ name, atMs: now() }));
  return { pacer, done, call, now, counts };
}

const post = (urgency: number, channel = 'C1'): Call => ({ method: 'chat.postMessage', channel, urgency });

test('a click overtakes five hundred refreshes', async () => {
  const { done, call, pacer } = pacing();
  const refresh = (urgency: number): Call => ({ method: 'chat.update', urgency });
  const chatter = Array.from({ length: 500 }, (_, i) => call(`refresh ${i}`, refresh(6)));
  await pacer.run(refresh(5), () => call('click', refresh(0)));
  expect(done.findIndex(({ name }) => name === 'click')).toBeLessThan(20);
  expect(done.length).toBeLessThan(30);
  pacer.close();
  await Promise.allSettled(chatter);
});

test('those who are equally urgent go in the order in which they came', async () => {
  const { done, call } = pacing();
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => call(name, post(3))));
  expect(done.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('the posts of one channel go one after the other, and one that fails lets the next one pass', async () => {
  const { pacer, call, done } = pacing();
  const slow = Promise.withResolvers<void>();
  const first = pacer.run(post(3), () => slow.promise).catch(() => undefined);
  const second = call('second', post(3));
  await call('other channel', post(3, 'C2'));
  expect(done.map(({ name }) => name)).toEqual(['other channel']);
  slow.reject(new Error('gone'));
  await Promise.all([first, second]);
  expect(done).toHaveLength(2);
});

test('a full channel does not hold another one up', async () => {
  const { done, call } = pacing();
  const slow = Array.from({ length: 10 }, (_, i) => call(`slow ${i}`, post(3)));
  await call('other', post(9, 'C2'));
  expect(done.find(({ name }) => name === 'other')).toMatchObject({ atMs: 0 });
  await Promise.all(slow);
});

test.each([
  ['conversations.create', 20],
  ['chat.update', 50],
  ['users.info', 100],
])('%s is called less than %i times in any minute', async (method, most) => {
  const { done, call } = pacing();
  await Promise.all(Array.from({ length: most * 2 }, () => call(method, { method, urgency: 5 })));
  const inOneMinute = done.map(({ atMs }) => done.filter((one) => one.atMs >= atMs && one.atMs < atMs + 60_000).length);
  expect(Math.max(...inOneMinute)).toBeLessThan(most + 1);
  expect(Math.max(...inOneMinute)).toBeGreaterThan(most * 0.85);
});

test('a refusal shuts the channel it was about for as long as Slack says, and the call is made again', async () => {
  const { pacer, call, done, now, counts } = pacing();
  let refusals = 1;
  const refused = pacer.run(post(3), async () => {
    refusals -= 1;
    if (refusals >= 0) throw new WebAPIRateLimitedError(7);
    return now();
  });
  await call('other channel', post(3, 'C2'));
  await call('other method', { method: 'users.info', urgency: 0 });
  expect(await refused).toBe(7_000);
  expect(done.map(({ atMs }) => atMs)).toEqual([0, 0]);
  expect(counts.filter(({ name }) => name === 'chat_rate_limited_total')).toHaveLength(1);
});

test('a long refusal is handed back instead of holding a worker', async () => {
  const { pacer } = pacing();
  const refused = pacer.run(post(3), () => Promise.reject(new WebAPIRateLimitedError(120)));
  await expect(refused).rejects.toMatchObject({ code: 'ratelimited', retryable: true, retryAfterMs: 120_000 });
});

test('closing sends home whoever waits, and makes none of their calls', async () => {
  const { pacer, call, done } = pacing();
  const waiting = Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => call(`${i}`, { method: 'pins.add', urgency: 5 })),
  );
  pacer.close();
  const home = (await waiting).filter(({ status }) => status === 'rejected');
  expect(home.length + done.length).toBe(8);
  expect(home[0]).toMatchObject({ reason: { code: 'stopping', retryable: true } });
});

test('without the store nothing is called: its limits are those of all processes together', async () => {
  const { telemetry } = listeningTelemetry();
  const down = () => Promise.reject(new StoreDown('no redis'));
  const pacer = createPacer({
    budget: { take: down, block: down },
    telemetry,
    now: () => 0,
    pause: async () => undefined,
  });
  let calls = 0;
  await expect(pacer.run(post(0), async () => (calls += 1))).rejects.toBeInstanceOf(StoreDown);
  expect(calls).toBe(0);
});

test('every bucket of a method that is not in the table is as slow as the slower ones of Slack', () => {
  expect(bucketsOf({ method: 'some.newMethod', urgency: 1 })).toEqual([
    { key: 'slack:some.newMethod', burst: 4, everyMs: 3_800 },
  ]);
});
