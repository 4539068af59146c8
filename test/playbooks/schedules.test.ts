/** When a schedule comes next: by the clock on the wall of its zone, through both nights on which that clock is changed. */
import { expect, test } from 'vitest';
import { nextAt } from '../../src/playbooks/schedules.ts';

const berlin = 'Europe/Berlin';

function comes(cron: string, { from, times, timezone = berlin }: { from: string; times: number; timezone?: string }) {
  const found: string[] = [];
  let at: number | undefined = Date.parse(from);
  while (at !== undefined && found.length < times) {
    at = nextAt({ cron, timezone }, at);
    if (at !== undefined) found.push(new Date(at).toISOString().slice(5, 16));
  }
  return found;
}

test.each([
  // 29 March 2026: 02:00 becomes 03:00 (01:00 UTC).
  [
    'a time that does not exist comes once',
    '30 2 * * *',
    '2026-03-28T12:00Z',
    ['03-29T01:30', '03-30T00:30', '03-31T00:30'],
  ],
  [
    'the hour that is skipped, and the one after it',
    '30 2,3 * * *',
    '2026-03-28T12:00Z',
    ['03-29T01:30', '03-30T00:30', '03-30T01:30'],
  ],
  ['the first time after the gap', '0 3 * * *', '2026-03-28T12:00Z', ['03-29T01:00', '03-30T01:00']],
  [
    'what comes each hour leaves none out',
    '30 * * * *',
    '2026-03-28T23:35Z',
    ['03-29T00:30', '03-29T01:30', '03-29T02:30'],
  ],
  // 25 October 2026: 03:00 becomes 02:00 (01:00 UTC).
  [
    'a time that comes twice counts once',
    '30 2 * * *',
    '2026-10-24T12:00Z',
    ['10-25T00:30', '10-26T01:30', '10-27T01:30'],
  ],
  [
    'so do several in that hour',
    '*/20 2 * * *',
    '2026-10-24T12:00Z',
    ['10-25T00:00', '10-25T00:20', '10-25T00:40', '10-26T01:00'],
  ],
  [
    'what comes each hour comes in both',
    '30 * * * *',
    '2026-10-24T23:35Z',
    ['10-25T00:30', '10-25T01:30', '10-25T02:30'],
  ],
  ['summer and winter', '0 3 1 1,7 *', '2026-03-01T00:00Z', ['07-01T01:00', '01-01T02:00']],
])('%s', (_, cron, from, expected) => {
  expect(comes(cron, { from, times: expected.length })).toEqual(expected);
});

test.each(['2026-03-29', '2026-10-25'])('on %s it does not matter when somebody asks', (day) => {
  const midnight = Date.parse(`${day}T00:00Z`) - 2 * 3_600_000;
  for (const cron of ['30 2 * * *', '0 2,3 * * *', '*/20 2 * * *', '15 * * * *', '59 1 * * *']) {
    const schedule = { cron, timezone: berlin };
    const all: number[] = [];
    for (let at = midnight; at < midnight + 48 * 3_600_000; at = nextAt(schedule, at) ?? Number.NaN) all.push(at);
    for (let at = midnight; at < midnight + 8 * 3_600_000; at += 5 * 60_000)
      expect([cron, new Date(at), nextAt(schedule, at)]).toEqual([cron, new Date(at), all.find((one) => one > at)]);
  }
});

test('the first and the last Saturday of a month', () => {
  expect(comes('0 3 * * 6#1', { from: '2026-10-24T12:00Z', times: 2 })).toEqual(['11-07T02:00', '12-05T02:00']);
  expect(comes('0 3 * * 6L', { from: '2026-10-24T12:00Z', times: 2 })).toEqual(['10-31T02:00', '11-28T02:00']);
});

test('a time is never its own next one, and one that never comes has none', () => {
  const three = Date.parse('2026-10-24T03:00Z');
  expect(nextAt({ cron: '0 3 * * *', timezone: 'UTC' }, three)).toBe(three + 86_400_000);
  expect(nextAt({ cron: '0 3 * * *', timezone: 'UTC' }, three - 1)).toBe(three);
  expect(nextAt({ cron: '0 3 30 2 *', timezone: 'UTC' }, three)).toBeUndefined();
});
