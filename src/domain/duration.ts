/** Durations as people write them in YAML: `90s`, `1h30m`. */

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Whole numbers with a unit each, nothing else: `10` and `1h foo` are no durations. */
export const durationPattern = /^(\d{1,9}(ms|s|m|h|d|w))+$/;

/** Milliseconds, or undefined where the text is no duration. */
export function durationMs(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  const parts = text.matchAll(/(\d+)(ms|s|m|h|d|w)/g);
  return [...parts].reduce((sum, [, count = '0', unit = 's']) => sum + Number(count) * (unitMs[unit] ?? 0), 0);
}
