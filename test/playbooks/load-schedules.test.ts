/** The trigger `schedule`: what it becomes, every mistake in it at its place, and inputs that nobody would give. */
import { describe, expect, test } from 'vitest';
import { loadedFrom, problemsOf, restart } from './written.ts';

const scheduled = (trigger: string, inputs = '') => `schema: playbook/v1
id: drill
name: Drill
owners: [team-shop]
triggers:
  - ${trigger}
${inputs}steps:
${restart}
`;
const at = (cron: string, timezone = 'Europe/Berlin') =>
  scheduled(`schedule: {cron: "${cron}", timezone: ${timezone}}`);

test('a schedule is proposed unless it says that it starts by itself', () => {
  expect(loadedFrom(at('0 3 * * 6')).triggers).toEqual([
    { kind: 'schedule', cron: '0 3 * * 6', timezone: 'Europe/Berlin', mode: 'propose' },
  ]);
  const auto = scheduled('{schedule: {cron: "0 3 * * 6", timezone: UTC}, mode: auto}');
  expect(loadedFrom(auto).triggers).toMatchObject([{ mode: 'auto' }]);
});

test.each([
  '* * * * *',
  '*/5 * * * *',
  '0,30 8-18/2 * * MON-FRI',
  '0 3 1,15 jan-mar *',
  '0 3 * * 7',
  '0 3 * * 6#1',
  '0 3 * * 6L',
  '0 3 L * *',
  '  0   3 * * 6 ',
  '0 0 29 2 *',
])('`%s` is a schedule', (cron) => {
  expect(problemsOf(at(cron))).toEqual([]);
});

describe('what is refused, at its place and with what to write instead', () => {
  test.each([
    ['four fields', '0 3 * *', '6:23  bad_schedule  Write five fields, minute, hour'],
    ['no field', '', 'bad_schedule  Write five fields'],
    ['seconds', '0 0 3 * * 6', 'There are no seconds.'],
    ['a nickname', '@daily', 'bad_schedule  `@daily` is no cron of five fields: write it out'],
    ['a minute that is none', '60 3 * * *', '6:23  bad_schedule  `60` is not understood: the minute is 0 to 59'],
    ['an hour that is none', '0 24 * * *', '6:25  bad_schedule  `24` is not understood: the hour is 0 to 23'],
    ['a second entry that is none', '0 3,25 * * *', '6:27  bad_schedule  `25`'],
    ['a day that is none', '0 3 0 * *', 'the day of the month is 1 to 31'],
    ['a month that is none', '0 3 * FEBR *', '6:29  bad_schedule  `FEBR`'],
    ['a weekday that is none', '0 3 * * SATT', 'SUN to SAT'],
    ['a weekday that is nearly one', '0 3 * * TEU', 'Did you mean `TUE`?'],
    ['a range that goes backwards', '0 22-2 * * *', '`22-2` goes backwards: write `22-23,0-2`.'],
    ['a step of nothing', '5/15 * * * *', 'A step needs a range: write `5-59/15`.'],
    ['a step that never comes', '*/90 * * * *', 'The step `/90` never comes'],
    ['chance', 'H 3 * * *', '`H` is not understood'],
    ['a question mark', '? 3 * * *', '`?` is not understood'],
    ['an empty entry', '0 3 * * 6,', '`` is not understood'],
    ['both days, of which cron takes either', '0 3 1-7 * 6', 'write `6#1` for the first Saturday of a month'],
    ['a day that never comes', '0 3 30 2 *', '`0 3 30 2 *` never comes'],
  ])('%s', (_, cron, problem) => {
    expect(problemsOf(at(cron)).join('\n')).toContain(problem);
  });

  test.each([
    ['Europe/Berln', '6:45  bad_schedule  There is no time zone `Europe/Berln`', 'Did you mean `Europe/Berlin`?'],
    ['"+02:00"', 'bad_schedule  There is no time zone `+02:00`', '`Europe/Berlin`, or `UTC`.'],
  ])('the time zone %s', (timezone, problem, advice) => {
    const problems = problemsOf(at('0 3 * * 6', timezone)).join('\n');
    expect(problems).toContain(problem);
    expect(problems).toContain(advice);
  });

  test.each([
    ['no time zone', 'schedule: {cron: "0 3 * * 6"}', 'missing_key  `schedule` needs the key `timezone`.'],
    ['a key with a slip', 'schedule: {crom: "0 3 * * 6", timezone: UTC}', 'Did you mean `cron`?'],
    ['a text', 'schedule: 0 3 * * 6', 'wrong_type  `schedule` must be a map'],
    ['an expression', 'schedule: {cron: "${{ inputs.x }}", timezone: UTC}', 'No expression can stand here'],
    ['a wait', '{schedule: {cron: "0 3 * * 6", timezone: UTC}, for: 5m}', 'a schedule has nothing that lasts'],
  ])('%s', (_, trigger, problem) => {
    const problems = problemsOf(scheduled(trigger));
    expect(problems.join('\n')).toContain(problem);
    expect(problems).toHaveLength(trigger.includes('crom') ? 2 : 1);
  });

  test('`mode: auto` of a high risk', () => {
    const high = scheduled('{schedule: {cron: "0 3 * * 6", timezone: UTC}, mode: auto}', 'risk: high\n');
    expect(problemsOf(high).join('\n')).toContain('risk_too_high');
  });
});

describe('inputs of a playbook with a schedule', () => {
  const withInput = (spec: string, trigger = 'schedule: {cron: "0 3 * * 6", timezone: UTC}') =>
    problemsOf(scheduled(trigger, `inputs:\n  target: {${spec}}\n`));

  test('need a value without an alert and without people', () => {
    expect(withInput('type: string, from: alert.labels.instance').join('\n')).toContain(
      '8:3  input_unfed  The schedule starts this playbook with no alert to take it from: give `target` a `default`, or write `optional: true`.',
    );
    expect(withInput('type: string').join('\n')).toContain(
      'input_unfed  The schedule starts this playbook with nobody',
    );
  });

  test('have one with a default, or may be left out', () => {
    expect(withInput('type: string, default: a')).toEqual([]);
    expect(withInput('type: string, from: alert.labels.instance, default: a')).toEqual([]);
    expect(withInput('type: string, optional: true')).toEqual([]);
  });

  test('are as they were where no schedule stands', () => {
    expect(withInput('type: string, from: alert.labels.instance', 'manual: {roles: [responder]}')).toEqual([]);
  });
});
