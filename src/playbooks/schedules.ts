/** Schedules in cron's five fields by the clock of a time zone: when one comes next, and what is wrong with one. */
import { CronExpressionParser } from 'cron-parser';
import type { Instant } from '../domain/ids.ts';
import type { ScheduleTrigger } from '../domain/playbook.ts';
import { didYouMean } from './problems.ts';

/**
 * By the clock on the wall: a time that it skips in spring comes once, an hour later by that clock; one that it shows twice
 * in autumn comes once, the first time; and what comes each hour comes in each hour.
 */
export function nextAt({ cron, timezone }: Schedule, after: Instant): Instant | undefined {
  try {
    // cron-parser knows what the clock skipped or showed before only if it comes by there itself.
    const isChanged = offsetAt(after, timezone) !== offsetAt(after - changeMs, timezone);
    const currentDate = new Date(isChanged ? after - changeMs : after);
    const coming = CronExpressionParser.parse(cron, { tz: timezone, currentDate });
    let next = coming.next().getTime();
    while (next <= after) next = coming.next().getTime();
    return next;
  } catch {
    // A time that never comes is refused where the playbook is loaded.
    return undefined;
  }
}

/** Longer than a change of the clock takes to be over. */
const changeMs = 3 * 3_600_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `GMT+02:00` */
function offsetAt(at: Instant, timezone: string): string | undefined {
  const clock =
    clocks.get(timezone) ?? new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
  clocks.set(timezone, clock);
  return clock.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value;
}

type Schedule = Pick<ScheduleTrigger, 'cron' | 'timezone'>;

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** From the least on. */
  readonly words: readonly string[];
  /** Besides numbers, ranges and steps. */
  readonly also?: { readonly form: RegExp; readonly words: string };
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const fields: readonly Field[] = [
  { name: 'the minute', least: 0, most: 59, words: [] },
  { name: 'the hour', least: 0, most: 23, words: [] },
  { name: 'the day of the month', least: 1, most: 31, words: [], also: { form: /^L$/i, words: '`L` for the last' } },
  { name: 'the month', least: 1, most: 12, words: months },
  {
    ...{ name: 'the day of the week', least: 0, most: 7, words: days },
    also: { form: /^[0-7](L|#[1-5])$/i, words: '`6#1` for the first Saturday, `6L` for the last' },
  },
];

/** What is wrong with the five fields, and so many letters from the beginning. */
export function cronProblem(cron: string): { readonly message: string; readonly skip?: number } | undefined {
  const written = [...cron.matchAll(/\S+/g)];
  if (written.length !== fields.length) return { message: notFive(cron, written) };
  for (const [at, field] of fields.entries()) {
    const [text = ''] = written[at] ?? [];
    const problem = fieldProblem(text, field);
    if (problem) return { message: problem.message, skip: (written[at]?.index ?? 0) + problem.skip };
  }
  const [, , day, , weekday] = written.map(([text]) => text);
  if (day !== '*' && weekday !== '*') return { message: eitherDay };
  return nextAt({ cron, timezone: 'UTC' }, 0) === undefined
    ? { message: `\`${cron}\` never comes: no such day is in those months.` }
    : undefined;
}

const eitherDay =
  'Where both days are given, cron takes either: it would run more often than it reads. Leave one `*`, give each a trigger of its own, or write `6#1` for the first Saturday of a month.';

function notFive(cron: string, { length }: { readonly length: number }): string {
  const form = 'minute, hour, day of the month, month, day of the week, as in `0 3 * * 6`.';
  if (cron.trim().startsWith('@')) return `\`${cron}\` is no cron of five fields: write it out, ${form}`;
  return `Write five fields, ${form}${length === fields.length + 1 ? ' There are no seconds.' : ''}`;
}

function fieldProblem(written: string, field: Field): { readonly message: string; readonly skip: number } | undefined {
  let skip = 0;
  for (const part of written.split(',')) {
    const message = partProblem(part, field);
    if (message !== undefined) return { message, skip };
    skip += part.length + 1;
  }
  return undefined;
}

function partProblem(part: string, { name, least, most, words, also }: Field): string | undefined {
  if (also?.form.test(part)) return undefined;
  const [, from, to, step] = /^(\*|[^-/]+)(?:-([^-/]+))?(?:\/(\d+))?$/.exec(part) ?? [];
  const allowed = `${least} to ${most}${words.length ? ` or ${words[0]} to ${words.at(-1)}` : ''}`;
  const advice = `${name} is ${allowed}, with \`*\`, lists, ranges and steps${also ? `; ${also.words}` : ''}.`;
  if (from === undefined) return `\`${part}\` is not understood: ${advice}`;
  const [first, last] = [from, to ?? from].map((word) => numberOf(word, { least, words }));
  for (const [word, number] of [[from, first] as const, [to ?? from, last] as const])
    if (word !== '*' && (number === undefined || number < least || number > most))
      return `\`${word}\` is not understood: ${advice}${didYouMean(word.toUpperCase(), words)}`;
  if (first !== undefined && last !== undefined && first > last)
    return `\`${from}-${to}\` goes backwards: write \`${from}-${most},${least}-${to}\`.`;
  if (step === undefined) return undefined;
  if (from !== '*' && to === undefined) return `A step needs a range: write \`${from}-${most}/${step}\`.`;
  const isStep = Number(step) >= 1 && Number(step) <= most;
  return isStep ? undefined : `The step \`/${step}\` never comes: ${name} is ${allowed}.`;
}

function numberOf(word: string, { least, words }: Pick<Field, 'least' | 'words'>): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  const at = words.indexOf(word.toUpperCase());
  return at < 0 ? undefined : at + least;
}

/** What is wrong with a time zone: only names are taken, for an offset knows no summer time. */
export function timezoneProblem(timezone: string): string | undefined {
  if (/^[A-Za-z]/.test(timezone) && isKnown(timezone)) return undefined;
  const near = didYouMean(timezone, [...Intl.supportedValuesOf('timeZone'), 'UTC']);
  return `There is no time zone \`${timezone}\`: write one like \`Europe/Berlin\`, or \`UTC\`.${near}`;
}

function isKnown(timezone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }) !== undefined;
  } catch {
    return false;
  }
}
