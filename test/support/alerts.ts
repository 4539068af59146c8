/** Alerts as an Alertmanager sends them. */
import type { Alert, AlertGroup } from '../../src/domain/alert.ts';
import type { Fingerprint } from '../../src/domain/ids.ts';

/** Thursday, 1 January 2026, 09:00 UTC. */
export const nine = Date.UTC(2026, 0, 1, 9);

type Given = Partial<Omit<Alert, 'status'>>;

const alert = (name: string, status: Alert['status'], over: Given): Alert => ({
  fingerprint: name as Fingerprint,
  status,
  labels: { alertname: 'ShopDown', instance: `${name}:9100`, service: 'shop', severity: 'critical', ...over.labels },
  annotations: { summary: 'The shop is down', ...over.annotations },
  startsAt: over.startsAt ?? nine,
  endsAt: over.endsAt ?? (status === 'firing' ? 0 : (over.startsAt ?? nine) + 60_000),
  generatorURL: over.generatorURL ?? '',
});

export const firing = (name: string, over: Given = {}): Alert => alert(name, 'firing', over);
export const resolved = (name: string, over: Given = {}): Alert => alert(name, 'resolved', over);

export const group = (alerts: readonly Alert[], over: Partial<AlertGroup> = {}): AlertGroup => ({
  source: 'am',
  groupKey: '{}:{alertname="ShopDown"}',
  groupLabels: { alertname: 'ShopDown' },
  alerts,
  truncatedAlerts: 0,
  externalURL: 'http://alertmanager.example',
  ...over,
});

/** The webhook's body, version 4. */
export const webhook = ({ groupKey, groupLabels, alerts, truncatedAlerts, externalURL }: AlertGroup): Buffer =>
  Buffer.from(
    JSON.stringify({
      version: '4',
      groupKey,
      groupLabels,
      truncatedAlerts,
      externalURL,
      status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
      receiver: 'tocsin',
      commonLabels: {},
      commonAnnotations: {},
      alerts: alerts.map((each) => ({
        ...each,
        startsAt: new Date(each.startsAt).toISOString(),
        endsAt: each.endsAt ? new Date(each.endsAt).toISOString() : '0001-01-01T00:00:00Z',
      })),
    }),
  );
