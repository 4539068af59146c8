/** The alert's own expression: a link to Prometheus, and a graph of the last hour. Source: Prometheus docs, "HTTP API". */

import type { PrometheusClient } from '../clients/prometheus.ts';
import type { Alert } from '../domain/alert.ts';
import type { EvidenceProvider, EvidenceSubject } from '../engine/ports.ts';
import type { Draw } from './chart/chart.ts';
import { chartOf, describe, hourMs, stepMs } from './graph.ts';
import { checkedUrl } from './links.ts';
import { watched } from './promql.ts';

/** What is asked of Prometheus: its address in the alert is only ever shown, never called. */
export type Prometheus = Pick<PrometheusClient, 'queryRange' | 'rules'>;

export interface PrometheusOptions {
  readonly prometheus: Prometheus;
  /** Where people reach it; default: where the alert says it came from. */
  readonly externalUrl?: string;
  readonly draw: Draw;
}

export const prometheusLink = ({
  prometheus,
  externalUrl,
}: Partial<Omit<PrometheusOptions, 'draw'>>): EvidenceProvider => ({
  id: 'prometheus',
  collect: async ({ alert, now }, signal) => {
    const base = externalUrl ?? baseOf(alert.generatorURL);
    if (!base) return [];
    const expression = await expressionOf(alert, prometheus, signal);
    return [{ kind: 'link', title: 'Graph in Prometheus', url: graphUrl(base, expression, now) }];
  },
});

export const prometheusGraph = ({ prometheus, draw }: PrometheusOptions): EvidenceProvider => ({
  id: 'graph',
  collect: async (subject, signal) => {
    const chart = await chartFor(subject, prometheus, signal);
    const png = await draw(chart, signal);
    return [{ kind: 'picture', title: `${chart.title}: the last hour`, alt: describe(chart), png }];
  },
});

async function chartFor({ alert, now }: EvidenceSubject, prometheus: Prometheus, signal: AbortSignal) {
  const expression = await expressionOf(alert, prometheus, signal);
  const { expression: shown, threshold } = watched(expression);
  const series = await prometheus.queryRange(shown, { start: now - hourMs, end: now, stepMs, signal });
  const chart = chartOf({ alert, expression, shown, series, now, ...(threshold ? { threshold } : {}) });
  if (!chart.series.length)
    throw new Error(`there is nothing to draw: \`${shorter(shown)}\` had no value in the last hour`);
  return chart;
}

const shorter = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

/** As the alert brought it with it; else that of the rule with its name. */
async function expressionOf(alert: Alert, prometheus: Prometheus | undefined, signal: AbortSignal): Promise<string> {
  const own = URL.canParse(alert.generatorURL) ? new URL(alert.generatorURL).searchParams.get('g0.expr') : null;
  if (own?.trim()) return own.trim();
  const name = alert.labels.alertname ?? '';
  const rules = (await prometheus?.rules(signal)) ?? [];
  const [rule, another] = rules.filter((one) => one.name === name);
  if (!rule) throw new Error(`the alert names no expression, and there is no rule \`${shorter(name)}\``);
  if (another && another.query !== rule.query)
    throw new Error(`the alert names no expression, and there are several rules \`${shorter(name)}\``);
  return rule.query;
}

/** `http://host/prefix/graph?g0.expr=…` → `http://host/prefix`. */
function baseOf(generatorURL: string): string | undefined {
  const checked = checkedUrl(generatorURL);
  return 'url' in checked ? /^([^?#]*)\/graph(?:[?#]|$)/.exec(checked.url)?.[1] : undefined;
}

/** `/graph` is known to every version; 3.x leads on to `/query`. */
function graphUrl(base: string, expression: string, now: number): string {
  const end = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  const query = {
    'g0.expr': expression,
    'g0.tab': '0',
    'g0.range_input': '1h',
    'g0.end_input': end,
    'g0.moment_input': end,
  };
  const url = checkedUrl(`${base.replace(/\/+$/, '')}/graph?${new URLSearchParams(query)}`);
  if ('problem' in url) throw new Error(`the link to its graph ${url.problem}`);
  return url.url;
}
