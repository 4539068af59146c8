/** The Prometheus of an installation that has none: says so to whoever asks. */
import type { PrometheusClient } from './prometheus.ts';

const refuse = (): Promise<never> =>
  Promise.reject(new Error('no Prometheus is configured. Set prometheus.url in tocsin.yml.'));

export const noPrometheus: PrometheusClient = { query: refuse, queryRange: refuse, rules: refuse };
