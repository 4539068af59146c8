/** In which unit an expression is, as far as the names of its metrics say. Source: Prometheus docs, "Metric and label naming". */
import type { Unit } from './chart/chart.ts';

/** Anything less than sure is no unit: a wrong one misleads. */
export function unitOf(expression: string): Unit {
  const bare = expression.replace(
    /\{[^{}]*\}|\[[^[\]]*\]|"[^"]*"|\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/g,
    ' ',
  );
  const metrics = [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)]
    .map(([name]) => name)
    .filter((name) => name.includes('_'));
  const units = new Set(metrics.map(unitOfMetric));
  const isDivided = /[/*^%]/.test(bare);
  if (isDivided) return isMeanTime(metrics) ? 'seconds' : 'none';
  const [only = 'none'] = units;
  if (units.size !== 1) return 'none';
  return isRate(bare) && !/histogram_quantile/.test(bare) ? perSecond[only] : only === '/s' ? 'none' : only;
}

const isRate = (text: string): boolean => /\b(i?rate)\s*\(/.test(text);

const isMeanTime = ([above = '', below = '', ...rest]: readonly string[]): boolean =>
  rest.length === 0 && above.endsWith('_seconds_sum') && below === above.replace(/_sum$/, '_count');

/** Of counters of time the rate is a share (seconds in each second). */
const perSecond: Readonly<Record<Unit, Unit>> = {
  none: 'none',
  '/s': '/s',
  bytes: 'bytes/s',
  'bytes/s': 'bytes/s',
  seconds: 'none',
  percent: 'none',
};

function unitOfMetric(name: string): Unit {
  if (/_bytes(_total|_sum|_bucket)?$/.test(name)) return 'bytes';
  if (/_seconds(_total|_sum|_bucket)?$/.test(name)) return /timestamp/.test(name) ? 'none' : 'seconds';
  if (/_percent(age)?$/.test(name)) return 'percent';
  return /_(total|count)$/.test(name) ? '/s' : 'none';
}
