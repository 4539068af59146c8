/** Weekly hours: `mon-fri 17:00-09:00`, `sat-sun`, `fri 12:00-24:00`, as the clock on the wall shows them. */
import type { Instant } from '../../domain/ids.ts';
import type { Span } from './span.ts';
import { dayMinutes, instantOf, wallAt, weekdayOf } from './zone.ts';

export interface WeeklyHours {
  readonly text: string;
  /** 0 = Sunday. */
  readonly days: readonly number[];
  /** Minutes from midnight of such a day; the end may lie in the next one. */
  readonly from: number;
  readonly to: number;
}

const names: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Undefined where it is not written like that. */
export function weeklyHours(text: string): WeeklyHours | undefined {
  const [, days = '', hours] = /^\s*([a-z,-]+)(?:\s+(\d\d:\d\d-\d\d:\d\d))?\s*$/i.exec(text) ?? [];
  const found = daysOf(days.toLowerCase());
  const [from, to] = hours === undefined ? [0, dayMinutes] : hours.split('-').map(minuteOf);
  if (!found || from === undefined || to === undefined || from === dayMinutes) return undefined;
  return { text: text.trim(), days: found, from, to: to <= from ? to + dayMinutes : to };
}

function daysOf(text: string): readonly number[] | undefined {
  const parts = text.split(',').map((part) => {
    const [first = '', last = first, ...more] = part.split('-');
    const [from, to] = [first, last].map((name) => names.indexOf(name));
    if (more.length || from === undefined || to === undefined || from < 0 || to < 0) return undefined;
    const length = ((to - from + 7) % 7) + 1;
    return Array.from({ length }, (_, at) => (from + at) % 7);
  });
  return parts.some((part) => part === undefined) ? undefined : [...new Set(parts.flatMap((part) => part ?? []))];
}

function minuteOf(clock: string): number | undefined {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  const total = hour * 60 + minute;
  return minute < 60 && total <= dayMinutes ? total : undefined;
}

/** Around a time: from two days before it until a week after, when it begins anew. */
const around = Array.from({ length: 11 }, (_, at) => at - 2);

export function weeklySpans(hours: readonly WeeklyHours[], zone: string, now: Instant): readonly Span[] {
  const today = Math.floor(wallAt(now, zone) / dayMinutes) * dayMinutes;
  const days = around.map((day) => today + day * dayMinutes);
  const spans = hours.flatMap(({ text, days: wanted, from, to }) =>
    days
      .filter((day) => wanted.includes(weekdayOf(day)))
      .map((day) => ({ from: instantOf(day + from, zone), to: instantOf(day + to, zone), title: text })),
  );
  return isAlways(spans, now) ? [{ from: now, to: Number.POSITIVE_INFINITY, title: spans[0]?.title ?? '' }] : spans;
}

/** A whole week without a gap never ends. */
function isAlways(spans: readonly Span[], now: Instant): boolean {
  let reached = now;
  for (const { from, to } of spans.toSorted((one, other) => one.from - other.from)) {
    if (from > reached) return false;
    reached = Math.max(reached, to);
  }
  return reached >= now + 7 * dayMinutes * 60_000;
}
