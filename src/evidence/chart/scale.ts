/** Where things lie on the axes, with ticks at numbers and times that people like. */
import type { Instant } from '../../domain/ids.ts';
import type { Chart, Unit } from './chart.ts';

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/** 1, 2, 2.5 and 5 times a power of ten (of two for bytes; minutes and hours for times). */
function niceStep(rough: number, unit: Unit): number {
  if (unit === 'seconds' && rough > 1)
    return wholeTimes.find((step) => step >= rough) ?? niceStep(rough / 86_400, 'none') * 86_400;
  const base = unit.startsWith('bytes') && rough >= 1 ? 1024 ** Math.floor(Math.log2(rough) / 10) : 1;
  const power = 10 ** Math.floor(Math.log10(rough / base));
  const factor = [1, 2, 2.5, 5, 10].find((nice) => nice * power >= (rough / base) * 0.999) ?? 10;
  return factor * power * base;
}

const wholeTimes = [2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

const wantedTicks = 5;

export function valueAxis(chart: Chart): Axis {
  const { low, high } = shownRange(chart);
  const step = niceStep((high - low) / wantedTicks, chart.unit);
  const min = Math.floor(low / step + 1e-9) * step;
  const max = Math.ceil(high / step - 1e-9) * step;
  const count = Math.round((max - min) / step);
  return { min, max, ticks: Array.from({ length: count + 1 }, (_, i) => (Math.round(min / step) + i) * step) };
}

/** From zero where that costs little, with the threshold where it is not out of all proportion, and with some air. */
function shownRange(chart: Chart): { low: number; high: number } {
  const values = valuesOf(chart);
  const smallest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const limit =
    chart.threshold && isWithinReach(chart.threshold.value, smallest, largest) ? [chart.threshold.value] : [];
  const bottom = Math.min(smallest, ...limit);
  const top = Math.max(largest, ...limit);
  const spread = top - bottom;
  // Also where the numbers have no digits left to tell them apart.
  if (!(spread > Math.abs(top) * 1e-12 && spread > 1e-100)) return around(bottom);
  const low =
    bottom >= 0 && bottom < spread * 2 ? 0 : bottom < 0 && top <= 0 ? bottom - spread * 0.08 : bottom - spread * 0.08;
  const high = top <= 0 && -top < spread * 2 ? 0 : top + spread * 0.08;
  return chart.unit === 'percent' && largest <= 100 && high > 100 ? { low, high: 100 } : { low, high };
}

/** A flat line lies in the middle. */
const around = (value: number): { low: number; high: number } =>
  !isDrawable(value) || Math.abs(value) < 1e-100
    ? { low: 0, high: 1 }
    : { low: Math.min(0, value * 2), high: Math.max(0, value * 2) };

/** Twenty times further away than the values reach, it would leave them a flat line. */
function isWithinReach(limit: number, smallest: number, largest: number): boolean {
  const reach = Math.max(largest - Math.min(0, smallest), Math.abs(largest), Math.abs(smallest));
  return isDrawable(limit) && (reach === 0 || Math.abs(limit) <= reach * 20);
}

const valuesOf = ({ series }: Chart): number[] =>
  series.flatMap(({ points }) => points.map(({ value }) => value)).filter(isDrawable);

/** Prometheus has NaN and infinity; and what is close to infinity leaves no graph either. */
export const isDrawable = (value: number): boolean => Number.isFinite(value) && Math.abs(value) < 1e100;

const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440];

/** Five to eight whole times, in UTC. */
export function timeTicks(from: Instant, to: Instant): Instant[] {
  const step = (minutes.find((some) => (to - from) / (some * 60_000) <= 7) ?? 1_440) * 60_000;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step);
}

/** A straight line through two points. */
export const linear =
  ([a, b]: readonly [number, number], [x, y]: readonly [number, number]) =>
  (value: number): number =>
    x + ((value - a) / (b - a || 1)) * (y - x);
