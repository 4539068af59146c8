/** What of a schedule is due: a table over how far it was followed, when somebody looks, and what has changed since. */
import { describe, expect, test } from 'vitest';
import { scheduleKey } from '../../src/domain/claim.ts';
import { judgeSchedule, mostCounted } from '../../src/domain/schedule.ts';
import { nine } from '../support/alerts.ts';
import { pure } from '../support/facts.ts';
import { fakeActions } from '../support/fake-actions.ts';
import { loadedFrom } from '../support/scenario.ts';

const { actions } = fakeActions();
const scheduled = (...triggers: readonly string[]) =>
  loadedFrom(
    `schema: playbook/v1
id: drill
name: Drill
owners: [team-shop]
triggers:
${triggers.map((one) => `  - ${one}`).join('\n')}
steps: [{id: restart, action: shop.restart, with: {host: shop-1}}]
`,
    actions,
  );
const at = (cron: string, mode = 'propose') => `{schedule: {cron: "${cron}", timezone: UTC}, mode: ${mode}}`;

const minute = 60_000;
const each10 = scheduled(at('*/10 * * * *'));
const upTo = (minutes: number, schedule = '*/10 * * * * UTC') =>
  JSON.stringify({ schedule, upTo: nine + minutes * minute });

/** In minutes after nine. */
function judged(
  playbook: ReturnType<typeof scheduled>,
  { held, now, since }: { held: string | null; now: number; since?: number },
) {
  const follower = { playbook, ...(since !== undefined && { since: nine + since * minute }) };
  const due = judgeSchedule(follower, { now: nine + now * minute, held: () => held, pure });
  if (due.kind === 'later') return `later ${((due.at ?? 0) - nine) / minute}`;
  expect(due.claim).toMatchObject({ key: scheduleKey('drill'), expect: held, again: true });
  const followed = (JSON.parse(due.claim.set ?? '') as { upTo: number }).upTo;
  const missed = 'missed' in due && due.missed ? `, ${due.missed.count} missed` : '';
  const which = due.kind === 'due' ? ` ${(due.occurrence.at - nine) / minute}` : '';
  return `${due.kind}${which}${missed}, up to ${(followed - nine) / minute}`;
}

describe('every ten minutes', () => {
  test.each`
    what                                             | held                           | since        | now      | then
    ${'seen for the first time'}                     | ${null}                        | ${undefined} | ${7}     | ${'new, up to 7'}
    ${'seen for the first time at its very minute'}  | ${null}                        | ${undefined} | ${10}    | ${'new, up to 10'}
    ${'changed'}                                     | ${upTo(0, '0 3 * * * UTC')}    | ${undefined} | ${27}    | ${'new, up to 27'}
    ${'changed, after a clock that was ahead'}       | ${upTo(90, '0 3 * * * UTC')}   | ${undefined} | ${27}    | ${'new, up to 90'}
    ${'not due yet'}                                 | ${upTo(0)}                     | ${0}         | ${9}     | ${'later 10'}
    ${'due'}                                         | ${upTo(0)}                     | ${0}         | ${10}    | ${'due 10, up to 10'}
    ${'taken by another one'}                        | ${upTo(10)}                    | ${0}         | ${10}    | ${'later 20'}
    ${'due since a restart'}                         | ${upTo(0)}                     | ${undefined} | ${14}    | ${'due 10, up to 10'}
    ${'too late by a moment'}                        | ${upTo(0)}                     | ${undefined} | ${15.01} | ${'missed, 1 missed, up to 10.01'}
    ${'the newest is due, those before were missed'} | ${upTo(0)}                     | ${0}         | ${41}    | ${'due 40, 3 missed, up to 40'}
    ${'all of it missed'}                            | ${upTo(0)}                     | ${undefined} | ${46}    | ${'missed, 4 missed, up to 41'}
    ${'the clock was set back'}                      | ${upTo(60)}                    | ${0}         | ${12}    | ${'later 70'}
    ${'another version has been taking turns'}       | ${upTo(3, '*/3 * * * * UTC')}  | ${0}         | ${10}    | ${'due 10, up to 10'}
    ${'another version took that very time'}         | ${upTo(10, '*/5 * * * * UTC')} | ${0}         | ${10}    | ${'later 20'}
  `('$what', ({ held, since, now, then }) => {
    expect(judged(each10, { held, now, ...(since !== undefined && { since }) })).toBe(then);
  });

  test('missed for a year: they are not all counted', () => {
    expect(judged(each10, { held: upTo(0), now: 525_605.5 })).toContain(`missed, ${mostCounted} missed`);
  });
});

describe('several schedules of one playbook', () => {
  test('at the same time are one occurrence, which begins by itself if any of them says so', () => {
    const both = scheduled(at('*/10 * * * *'), at('0 * * * *', 'auto'));
    const held = upTo(55, '*/10 * * * * UTC, 0 * * * * UTC');
    const due = judgeSchedule({ playbook: both }, { now: nine + 60 * minute, held: () => held, pure });
    expect(due).toMatchObject({ kind: 'due', occurrence: { at: nine + 60 * minute, mode: 'auto' } });
    expect(judged(both, { held, now: 59 })).toBe('later 60');
  });
});

test('a time that the clock skips or shows twice is one occurrence', () => {
  const berlin = scheduled('schedule: {cron: "30 2 * * *", timezone: Europe/Berlin}');
  const schedule = '30 2 * * * Europe/Berlin';
  for (const [day, comes] of [
    ['2026-03-29', '2026-03-29T01:30Z'],
    ['2026-10-25', '2026-10-25T00:30Z'],
  ] as const) {
    let held = JSON.stringify({ schedule, upTo: Date.parse(`${day}T00:00Z`) - 3 * 3_600_000 });
    const taken: number[] = [];
    for (let now = Date.parse(`${day}T00:00Z`); now < Date.parse(`${day}T06:00Z`); now += 2 * minute) {
      const due = judgeSchedule({ playbook: berlin }, { now, held: () => held, pure });
      if (due.kind === 'due') taken.push(due.occurrence.at);
      if ('claim' in due) held = due.claim.set ?? held;
    }
    expect(taken).toEqual([Date.parse(comes)]);
  }
});
