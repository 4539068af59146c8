/** Numbers with their units, as short as people read them on an axis. */
import type { Unit } from './chart.ts';

interface Scale {
  readonly divisor: number;
  readonly suffix: string;
}

const thousands: readonly Scale[] = [
  { divisor: 1e12, suffix: 'T' },
  { divisor: 1e9, suffix: 'G' },
  { divisor: 1e6, suffix: 'M' },
  { divisor: 1e3, suffix: 'k' },
  { divisor: 1, suffix: '' },
];

const bytes: readonly Scale[] = [
  { divisor: 2 ** 40, suffix: ' TiB' },
  { divisor: 2 ** 30, suffix: ' GiB' },
  { divisor: 2 ** 20, suffix: ' MiB' },
  { divisor: 2 ** 10, suffix: ' KiB' },
  { divisor: 1, suffix: ' B' },
];

const seconds: readonly Scale[] = [
  { divisor: 86_400, suffix: ' d' },
  { divisor: 3_600, suffix: ' h' },
  { divisor: 60, suffix: ' min' },
  { divisor: 1, suffix: ' s' },
  { divisor: 1e-3, suffix: ' ms' },
  { divisor: 1e-6, suffix: ' µs' },
];

const scales: Readonly<Record<Unit, readonly Scale[]>> = {
  none: thousands,
  '/s': thousands.map(({ divisor, suffix }) => ({ divisor, suffix: `${suffix}/s` })),
  bytes,
  'bytes/s': bytes.map(({ divisor, suffix }) => ({ divisor, suffix: `${suffix}/s` })),
  seconds,
  percent: [{ divisor: 1, suffix: ' %' }],
};

/** One value by itself: three digits. */
export function valueText(value: number, unit: Unit): string {
  const { divisor, suffix } = scaleFor(value, unit);
  const scaled = value / divisor;
  const isTiny = scaled !== 0 && Math.abs(scaled) < 1e-3;
  return `${isTiny ? scaled.toExponential(1) : trimmed(scaled.toPrecision(3))}${value === 0 && unit !== 'percent' ? '' : suffix}`;
}

/** Of an axis: all in the same unit and with the same digits. */
export function tickTexts(ticks: readonly number[], unit: Unit): string[] {
  const largest = Math.max(...ticks.map(Math.abs), Number.MIN_VALUE);
  const { divisor, suffix } = scaleFor(largest, unit);
  const step = Math.abs((ticks[1] ?? largest) - (ticks[0] ?? 0)) / divisor;
  const digits = Math.min(12, Math.max(0, ...ticks.map((tick) => digitsNeeded(tick / divisor, step))));
  if (digits > 6)
    return ticks.map((tick) => (tick === 0 ? '0' : `${trimmed((tick / divisor).toExponential(2))}${suffix}`));
  return ticks.map((tick) => (tick === 0 ? '0' : `${(tick / divisor).toFixed(digits)}${suffix}`));
}

/** A step of 0.25 needs two digits, though its size alone would need one. */
function digitsNeeded(value: number, step: number): number {
  for (let digits = 0; digits < 12; digits++) {
    if (Math.abs(value - Number(value.toFixed(digits))) < step / 1_000) return digits;
  }
  return 12;
}

function scaleFor(value: number, unit: Unit): Scale {
  const all = scales[unit];
  const fitting = all.find(({ divisor }) => Math.abs(value) >= divisor);
  const smallest = all.at(-1) ?? { divisor: 1, suffix: '' };
  return value === 0 ? (all.find(({ divisor }) => divisor === 1) ?? smallest) : (fitting ?? smallest);
}

const trimmed = (text: string): string => {
  const number = Number(text);
  return Math.abs(number) >= 1e15
    ? text
    : text.includes('e')
      ? String(number)
      : text.includes('.')
        ? text.replace(/\.?0+$/, '')
        : text;
};
