/** Prometheus: whether it answers a query. */
import type { PrometheusClient } from '../clients/prometheus.ts';
import { type Check, ok, problem, warning } from './finding.ts';

export const prometheusCheck = (prometheus: PrometheusClient | undefined): Check => ({
  about: 'prometheus',
  look: async () => {
    if (!prometheus)
      return [warning('None is configured: cards have no graphs.', 'Set `prometheus.url` in tocsin.yml.')];
    try {
      await prometheus.query('1');
      return [ok('It answers queries.')];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [problem(`A query is not answered: ${why}`, 'Correct `prometheus.url` in tocsin.yml, or start it.')];
    }
  },
});
