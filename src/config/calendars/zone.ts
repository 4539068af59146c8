/** Clocks on the wall: which time they show in a zone, and when they show a time. */
import type { Instant } from '../../domain/ids.ts';

/** Minutes since 1970 as the clock on the wall counts them: neither zone nor summer time. */
export type Wall = number;

const minuteMs = 60_000;

/** Whether this machine knows a zone by that name (`Europe/Berlin`). */
export function isZone(zone: string): boolean {
  try {
    return zoned(zone) !== undefined;
  } catch {
    return false;
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function zoned(zone: string): Intl.DateTimeFormat {
  const numeric = 'numeric';
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', era: 'short' },
      ...{ year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric },
    });
  clocks.set(zone, clock);
  return clock;
}

export function wallAt(instant: Instant, zone: string): Wall {
  const parts = Object.fromEntries(
    zoned(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return wallOf(year, month, day, hour, minute);
}

export const wallOf = (...[year, month, day, hour = 0, minute = 0]: [number, number, number, number?, number?]): Wall =>
  Date.UTC(year, month - 1, day, hour, minute) / minuteMs;

/** When the clock shows it: the first time where it does so twice, and when it skips it where it never does. */
export function instantOf(wall: Wall, zone: string): Instant {
  const offset = (instant: Instant) => wallAt(instant, zone) * minuteMs - Math.floor(instant / minuteMs) * minuteMs;
  const guess = wall * minuteMs;
  // Zones are at most 14 hours away, and change their offset less often than daily.
  const offsets = [offset(guess - 86_400_000), offset(guess + 86_400_000)];
  const found = offsets.map((away) => guess - away).filter((instant) => wallAt(instant, zone) === wall);
  return found.length ? Math.min(...found) : guess - Math.min(...offsets);
}

export const dayMinutes = 1440;

/** 0 = Sunday. 1970-01-01 was a Thursday. */
export const weekdayOf = (wall: Wall): number => (((Math.floor(wall / dayMinutes) + 4) % 7) + 7) % 7;
