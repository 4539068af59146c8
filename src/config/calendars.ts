/** Freeze calendars: what keeps things as they are at a time. Files are read again when they change. */
import { readFileSync, statSync } from 'node:fs';
import type { PureFunctions } from '../domain/facts.ts';
import type { Instant } from '../domain/ids.ts';
import { icalendar, type SpansFrom } from './calendars/icalendar.ts';
import { freezeAt, type Span } from './calendars/span.ts';
import { type WeeklyHours, weeklySpans } from './calendars/weekly.ts';

export type Calendar =
  | { readonly kind: 'ics'; readonly file: string; readonly timezone: string }
  | { readonly kind: 'weekly'; readonly hours: readonly WeeklyHours[]; readonly timezone: string };

export interface Calendars {
  readonly frozen: PureFunctions['frozen'];
  /** Reads what has changed since. */
  reread(): void;
  stop(): void;
}

interface Options {
  /** A file that cannot be read any more leaves what was read before as it was. */
  readonly onProblem: (problem: string) => void;
  readonly everyMs?: number;
}

/** Throws where a file cannot be read the first time. */
export function openCalendars(
  configured: Readonly<Record<string, Calendar>>,
  { onProblem, everyMs = 2_000 }: Options,
): Calendars {
  const open = new Map(Object.entries(configured).map(([name, calendar]) => [name, opened(calendar)]));
  const reread = () => {
    for (const [name, calendar] of open) {
      const problem = calendar.reread();
      if (problem) onProblem(`calendar \`${name}\`: ${problem}; what was read before still holds`);
    }
  };
  const timer = open.size ? setInterval(reread, everyMs).unref() : undefined;
  return {
    frozen: (name, now) => {
      const calendar = open.get(name);
      return calendar ? freezeAt(calendar.spans(now), now) : { title: `tocsin.yml has no calendar ${name}` };
    },
    reread,
    stop: () => clearInterval(timer),
  };
}

interface Opened {
  readonly spans: SpansFrom;
  /** What is wrong with the file, once for each state of it. */
  reread(): string | undefined;
}

const nothingNew = () => undefined;

function opened(calendar: Calendar): Opened {
  if (calendar.kind === 'ics') return openedFile(calendar);
  const { hours, timezone } = calendar;
  return { spans: kept((now) => weeklySpans(hours, timezone, now)), reread: nothingNew };
}

function openedFile({ file, timezone }: Extract<Calendar, { kind: 'ics' }>): Opened {
  let seen = stampOf(file);
  let spans = kept(readCalendar(file, timezone));
  return {
    spans: (now) => spans(now),
    reread: () => {
      const stamp = stampOf(file);
      if (stamp === seen) return undefined;
      seen = stamp;
      try {
        spans = kept(readCalendar(file, timezone));
        return undefined;
      } catch (error) {
        return `${file}: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
  };
}

/** Throws where there is none, or it is no calendar. */
export const readCalendar = (file: string, timezone: string): SpansFrom =>
  icalendar(readFileSync(file, 'utf8'), timezone);

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : 'gone';
}

const hourMs = 3_600_000;

/** What holds for an hour is worked out once. */
function kept(spansFrom: SpansFrom): SpansFrom {
  let last: { readonly hour: Instant; readonly spans: readonly Span[] } | undefined;
  return (now) => {
    const hour = Math.floor(now / hourMs) * hourMs;
    if (last?.hour !== hour) last = { hour, spans: spansFrom(hour) };
    return last.spans;
  };
}
