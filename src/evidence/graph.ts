/** From what Prometheus answered to the graph of an alert: which series, under which names, with which marks. */
import type { Series } from '../clients/prometheus.ts';
import type { Alert, Labels } from '../domain/alert.ts';
import type { Instant } from '../domain/ids.ts';
import { type Chart, type ChartSeries, maxSeries, type Threshold } from './chart/chart.ts';
import { limitText } from './chart/marks.ts';
import { valueText } from './chart/numbers.ts';
import { timeRange } from './chart/svg.ts';
import { unitOf } from './unit.ts';

export const hourMs = 3_600_000;
export const stepMs = 15_000;

export interface Findings {
  readonly alert: Alert;
  readonly expression: string;
  /** The part of the expression that was asked for. */
  readonly shown: string;
  readonly threshold?: Threshold;
  readonly series: readonly Series[];
  readonly now: Instant;
}

export function chartOf({ alert, expression, shown, threshold, series, now }: Findings): Chart {
  const withValues = series.filter(({ points }) => points.some(({ value }) => Number.isFinite(value)));
  const chosen = sorted(withValues, alert.labels, threshold).slice(0, maxSeries);
  return {
    title: alert.labels.alertname ?? 'Alert',
    subtitle: expression,
    unit: unitOf(shown),
    from: now - hourMs,
    to: now,
    gapMs: stepMs * 1.5,
    series: named(chosen, shown),
    more: withValues.length - chosen.length,
    ...(threshold ? { threshold } : {}),
    mark: { at: alert.startsAt, label: markLabel(alert.startsAt, now) },
  };
}

function markLabel(startsAt: Instant, now: Instant): string {
  const iso = new Date(startsAt).toISOString();
  if (startsAt >= now - hourMs) return `firing ${iso.slice(11, 19)}`;
  return now - startsAt < 24 * hourMs ? `firing since ${iso.slice(11, 16)}` : `firing since ${iso.slice(0, 10)}`;
}

/** The alert's own series first, then those that are worst. */
function sorted(series: readonly Series[], labels: Labels, threshold: Threshold | undefined): Series[] {
  const side = threshold?.operator.startsWith('<') ? 1 : -1;
  const rank = (one: Series) => (isOf(one.labels, labels) ? 0 : 1);
  return [...series].sort((a, b) => rank(a) - rank(b) || side * (lastOf(a) - lastOf(b)));
}

/** Every label of the series is one of the alert's: the rule may have added some, and has dropped the metric's name. */
const isOf = (series: Labels, alert: Labels): boolean =>
  Object.entries(series).every(([name, value]) => name === '__name__' || alert[name] === value);

const lastOf = ({ points }: Series): number => points.findLast(({ value }) => Number.isFinite(value))?.value ?? 0;

function named(series: readonly Series[], expression: string): ChartSeries[] {
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))]
    .filter((name) => name !== '__name__')
    .sort();
  const telling = names.filter((name) => new Set(series.map(({ labels }) => labels[name])).size > 1);
  const shown = telling.length ? telling : names;
  return series.map(({ labels, points }) => {
    const pairs = shown.flatMap((name) => (labels[name] === undefined ? [] : [`${name}=${labels[name]}`]));
    return { name: pairs.join(', ') || labels.__name__ || expression, points };
  });
}

/** For who cannot see it. */
export function describe({ title, subtitle, unit, from, to, series, threshold }: Chart): string {
  const [first] = series;
  const last = first?.points.findLast(({ value }) => Number.isFinite(value));
  const now = first && last ? `${first.name}: ${valueText(last.value, unit)} at the end` : '';
  const parts = [
    `Graph of ${title} (${subtitle})`,
    timeRange(from, to),
    now,
    threshold ? limitText(threshold, unit) : '',
  ];
  // Slack: 1,000 characters are enough for a screen reader and below every limit of an alternative text.
  return parts.filter(Boolean).join('; ').slice(0, 1_000).toWellFormed();
}
