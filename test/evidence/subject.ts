/** An alert to find evidence for. */
import type { Fingerprint } from '../../src/domain/ids.ts';
import type { EvidenceSubject } from '../../src/engine/ports.ts';

const query = new URLSearchParams({ 'g0.expr': 'shop_error_ratio{job="shop"} > 0.05', 'g0.tab': '1' });

export const subject: EvidenceSubject = {
  alert: {
    fingerprint: 'f1' as Fingerprint,
    status: 'firing',
    labels: { alertname: 'ShopErrors', service: 'shop', job: 'shop', instance: 'shop-1' },
    annotations: { runbook_url: 'https://runbooks.example/ShopErrors' },
    startsAt: Date.now() - 60_000,
    endsAt: 0,
    generatorURL: `http://prometheus.example/prefix/graph?${query}`,
  },
  externalURL: 'http://alertmanager.example',
  links: [],
  now: Date.now(),
};
