/** Freeze calendars: weekly hours and iCalendar files, by the clock on the wall of their zone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { icalendar } from '../../src/config/calendars/icalendar.ts';
import { freezeAt } from '../../src/config/calendars/span.ts';
import { weeklyHours, weeklySpans } from '../../src/config/calendars/weekly.ts';
import { instantOf, wallAt } from '../../src/config/calendars/zone.ts';
import { openCalendars } from '../../src/config/calendars.ts';

const time = (text: string): number => Date.parse(text);
const iso = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 16);

describe('weekly hours', () => {
  const frozen = (texts: readonly string[], now: string, zone = 'Europe/Berlin') => {
    const hours = texts.map((text) => weeklyHours(text)).filter((one) => one !== undefined);
    const freeze = freezeAt(weeklySpans(hours, zone, time(now)), time(now));
    return freeze && `${freeze.title} until ${iso(freeze.until)}`;
  };
  const office = ['mon-fri 17:00-09:00', 'sat-sun'];

  // 2026-11-23 is a Monday; Berlin is at UTC+1 in winter and UTC+2 in summer.
  test.each`
    now                       | what
    ${'2026-11-23T07:59:00Z'} | ${'no hour of Sunday’s rule, for Monday’s night begins on Monday'}
    ${'2026-11-23T12:00:00Z'} | ${'at work'}
  `('nothing is frozen at $now: $what', ({ now }) => {
    expect(frozen(office, now)).toBeUndefined();
  });

  test.each`
    now                       | freeze
    ${'2026-11-23T16:00:00Z'} | ${'mon-fri 17:00-09:00 until 2026-11-24T08:00'}
    ${'2026-11-24T07:59:00Z'} | ${'mon-fri 17:00-09:00 until 2026-11-24T08:00'}
    ${'2026-11-27T16:00:00Z'} | ${'mon-fri 17:00-09:00 until 2026-11-29T23:00'}
    ${'2026-11-28T10:00:00Z'} | ${'sat-sun until 2026-11-29T23:00'}
    ${'2026-07-20T15:00:00Z'} | ${'mon-fri 17:00-09:00 until 2026-07-21T07:00'}
  `('$freeze at $now', ({ now, freeze }) => {
    expect(frozen(office, now)).toBe(freeze);
  });

  test('the first minute is in it, and the last is not', () => {
    expect(frozen(['mon 10:00-11:00'], '2026-11-23T10:00:00Z', 'UTC')).toBeDefined();
    expect(frozen(['mon 10:00-11:00'], '2026-11-23T09:59:59Z', 'UTC')).toBeUndefined();
    expect(frozen(['mon 10:00-11:00'], '2026-11-23T11:00:00Z', 'UTC')).toBeUndefined();
  });

  test('a week without a gap has no end', () => {
    expect(frozen(['mon-sun'], '2026-11-23T10:00:00Z')).toBe('mon-sun until undefined');
  });

  test('the night in which summer time ends is an hour longer', () => {
    expect(frozen(['sun 00:00-06:00'], '2026-10-25T04:59:00Z')).toBe('sun 00:00-06:00 until 2026-10-25T05:00');
    expect(frozen(['sun 00:00-06:00'], '2026-10-24T22:00:00Z')).toBe('sun 00:00-06:00 until 2026-10-25T05:00');
  });

  test.each([
    '',
    'someday',
    'mon 9-17',
    'mon 17:00',
    'mon-fri 25:00-26:00',
    'mon 10:60-11:00',
    'mon 24:00-10:00',
    'mon-',
  ])('`%s` is not understood', (text) => {
    expect(weeklyHours(text)).toBeUndefined();
  });

  test.each`
    text                     | days                     | from    | to
    ${'fri-mon'}             | ${[5, 6, 0, 1]}          | ${0}    | ${1440}
    ${'mon,wed 22:00-24:00'} | ${[1, 3]}                | ${1320} | ${1440}
    ${' Sat 12:00-12:00 '}   | ${[6]}                   | ${720}  | ${2160}
    ${'mon-sun 00:00-24:00'} | ${[1, 2, 3, 4, 5, 6, 0]} | ${0}    | ${1440}
  `('`$text` is read', ({ text, days, from, to }) => {
    expect(weeklyHours(text)).toMatchObject({ days, from, to });
  });
});

describe('a clock on the wall', () => {
  test.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe', 'UTC'])(
    'in %s shows each hour of a year at the time that it stands for',
    (zone) => {
      for (
        let instant = time('2026-01-01T00:30:00Z');
        instant < time('2027-01-01T00:00:00Z');
        instant += 13 * 3_600_000
      ) {
        const back = instantOf(wallAt(instant, zone), zone);
        // Twice in autumn a clock shows the same time: the first is meant.
        expect([instant, instant - 3_600_000, instant - 1_800_000]).toContain(back);
      }
    },
  );

  test('skips an hour in spring: a freeze at that time begins when it has been skipped', () => {
    const skipped = wallAt(time('2026-03-29T00:30:00Z'), 'UTC') + 120;
    expect(iso(instantOf(skipped, 'Europe/Berlin'))).toBe('2026-03-29T01:30');
  });
});

const event = (...lines: readonly string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
const calendar = (...events: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...events, 'END:VCALENDAR', ''].join('\r\n');

describe('an iCalendar file', () => {
  const frozen = (text: string, now: string, zone = 'Europe/Berlin') => {
    const freeze = freezeAt(icalendar(text, zone)(time(now)), time(now));
    return freeze && `${freeze.title} until ${iso(freeze.until)}`;
  };
  const days = event('UID:1', 'DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Christmas');

  test('freezes whole days as its zone counts them', () => {
    expect(frozen(calendar(days), '2026-12-23T22:59:00Z')).toBeUndefined();
    expect(frozen(calendar(days), '2026-12-23T23:00:00Z')).toBe('Christmas until 2026-12-26T23:00');
    expect(frozen(calendar(days), '2026-12-26T23:00:00Z')).toBeUndefined();
    expect(frozen(calendar(days), '2026-12-23T23:00:00Z', 'America/New_York')).toBeUndefined();
  });

  test('knows the zones of this machine, and those that it describes itself', () => {
    const own = [
      'BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000',
      'TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE',
    ].join('\r\n');
    const at = (zone: string) => event('UID:1', `DTSTART;TZID=${zone}:20261201T090000`, 'DURATION:PT1H', 'SUMMARY:x');
    expect(frozen(calendar(at('Asia/Tokyo')), '2026-12-01T00:00:00Z')).toBe('x until 2026-12-01T01:00');
    expect(frozen(calendar(own, at('Own')), '2026-12-01T06:00:00Z')).toBe('x until 2026-12-01T07:00');
    expect(frozen(calendar(at('Nowhere/None')), '2026-12-01T08:00:00Z')).toBe('x until 2026-12-01T09:00');
  });

  test('repeats by its rule, across summer time, except where it says not', () => {
    const weekly = event(
      ...['UID:1', 'DTSTART;TZID=Europe/Berlin:20260601T090000', 'DURATION:PT2H', 'SUMMARY:Release'],
      ...['RRULE:FREQ=WEEKLY;BYDAY=MO', 'EXDATE;TZID=Europe/Berlin:20261130T090000'],
    );
    expect(frozen(calendar(weekly), '2026-06-08T07:30:00Z')).toBe('Release until 2026-06-08T09:00');
    expect(frozen(calendar(weekly), '2026-11-23T08:30:00Z')).toBe('Release until 2026-11-23T10:00');
    expect(frozen(calendar(weekly), '2026-11-30T08:30:00Z')).toBeUndefined();
  });

  test('moves one of a series where it was moved, and leaves out what was called off', () => {
    const daily = event('UID:1', 'DTSTART:20261101T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY', 'SUMMARY:Daily');
    const moved = event(
      ...['UID:1', 'RECURRENCE-ID:20261105T090000Z', 'DTSTART:20261105T150000Z', 'DURATION:PT1H', 'SUMMARY:Moved'],
    );
    const off = event('UID:2', 'DTSTART:20261105T090000Z', 'DURATION:PT1H', 'STATUS:CANCELLED', 'SUMMARY:Off');
    const text = calendar(daily, moved, off);
    expect(frozen(text, '2026-11-04T09:30:00Z')).toBe('Daily until 2026-11-04T10:00');
    expect(frozen(text, '2026-11-05T09:30:00Z')).toBeUndefined();
    expect(frozen(text, '2026-11-05T15:30:00Z')).toBe('Moved until 2026-11-05T16:00');
  });

  test('names the end of all that follows without a gap, and none where there is no end', () => {
    const next = event('UID:2', 'DTSTART;VALUE=DATE:20261227', 'SUMMARY:Rest');
    expect(frozen(calendar(days, next), '2026-12-25T12:00:00Z')).toBe('Christmas until 2026-12-27T23:00');
    const always = event('UID:3', 'DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY', 'SUMMARY:Always');
    expect(frozen(calendar(always), '2026-12-25T12:00:00Z')).toBe('Always until undefined');
  });

  test.each(['', 'BEGIN:VCALENDAR', 'hello', calendar(event('UID:1', 'DTSTART:soon')), 'BEGIN:VCARD\r\nEND:VCARD'])(
    'that is none is refused: %j',
    (text) => {
      expect(() => icalendar(text, 'UTC')).toThrow(/./);
    },
  );
});

describe('calendars by name', () => {
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'tocsin-calendars-'));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  };
  const opened = (file: string) => {
    const problems: string[] = [];
    const calendars = openCalendars(
      { db: { kind: 'ics', file, timezone: 'UTC' } },
      { onProblem: (problem) => problems.push(problem), everyMs: 60_000 },
    );
    onTestFinished(() => calendars.stop());
    return { calendars, problems };
  };
  const day = (date: string) => calendar(event('UID:1', `DTSTART;VALUE=DATE:${date}`, `SUMMARY:on ${date}`));

  test('a file is read again when it changes', () => {
    const file = join(folder(), 'db.ics');
    writeFileSync(file, day('20261201'));
    const { calendars } = opened(file);
    expect(calendars.frozen('db', time('2026-12-01T12:00:00Z'))).toMatchObject({ title: 'on 20261201' });
    writeFileSync(file, `${day('20261202')}\r\n`);
    calendars.reread();
    expect(calendars.frozen('db', time('2026-12-01T12:00:00Z'))).toBeUndefined();
    expect(calendars.frozen('db', time('2026-12-02T12:00:00Z'))).toMatchObject({ title: 'on 20261202' });
  });

  test('a file that was broken or lost later leaves what was read before, and is said once', () => {
    const file = join(folder(), 'db.ics');
    writeFileSync(file, day('20261201'));
    const { calendars, problems } = opened(file);
    writeFileSync(file, 'rubbish');
    calendars.reread();
    calendars.reread();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('calendar `db`');
    rmSync(file);
    calendars.reread();
    expect(problems).toHaveLength(2);
    expect(calendars.frozen('db', time('2026-12-01T12:00:00Z'))).toMatchObject({ title: 'on 20261201' });
  });

  test('one that nobody knows freezes everything, without an end', () => {
    const { frozen } = openCalendars({}, { onProblem: () => undefined });
    expect(frozen('nothing', 0)).toEqual({ title: 'tocsin.yml has no calendar nothing' });
  });

  test('the time may jump an hour each way: the calendar goes by what it is told', () => {
    const file = join(folder(), 'db.ics');
    writeFileSync(file, day('20261201'));
    const { calendars } = opened(file);
    const at = (text: string) => calendars.frozen('db', time(text)) !== undefined;
    const seen = [at('2026-12-01T00:30:00Z'), at('2026-11-30T23:30:00Z'), at('2026-12-01T00:30:00Z')];
    expect(seen).toEqual([true, false, true]);
  });
});
