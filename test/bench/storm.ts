/** A storm of alerts as Alertmanager sends it: the same ten thousand in few large webhooks or many small ones. */
import { Agent, request } from 'node:http';

export interface Shape {
  readonly webhooks: number;
  readonly alerts: number;
}

export const shapes: readonly Shape[] = [
  { webhooks: 100, alerts: 100 },
  { webhooks: 1_000, alerts: 10 },
  { webhooks: 10_000, alerts: 1 },
  { webhooks: 1, alerts: 10_000 },
];

const connections = 16;

/** `storm` tells one storm's alerts from another's: they are of a service of that name. */
export function bodies({ webhooks, alerts }: Shape, storm: string, severity = 'warning'): readonly Buffer[] {
  return Array.from({ length: webhooks }, (_, webhook) =>
    Buffer.from(
      JSON.stringify(
        webhookOf(
          { storm, severity },
          Array.from({ length: alerts }, (_, at) => webhook * alerts + at),
        ),
      ),
    ),
  );
}

interface About {
  readonly storm: string;
  /** As Prometheus labels it: `critical`, `warning`, `info`. */
  readonly severity: string;
}

const webhookOf = ({ storm, severity }: About, numbers: readonly number[]) => ({
  version: '4',
  groupKey: `{}:{alertname="${storm}"}`,
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'tocsin',
  groupLabels: { alertname: storm },
  commonLabels: { alertname: storm },
  commonAnnotations: {},
  externalURL: 'http://127.0.0.1:9093',
  alerts: numbers.map((number) => ({
    ...alertOf({ storm, severity }, number),
    status: 'firing',
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: number.toString(16).padStart(16, '0'),
  })),
});

/** As a rule of Prometheus would make it. */
export const alertOf = ({ storm, severity }: About, number: number) => ({
  labels: {
    alertname: storm,
    cluster: 'eu-1',
    env: 'prod',
    instance: `10.1.${number >> 8}.${number & 255}:9100`,
    job: 'node',
    namespace: 'checkout',
    pod: `api-${number}`,
    severity,
    team: 'sre',
    service: storm,
  },
  annotations: {
    summary: `High latency on api-${number}`,
    description: `The 99th percentile on api-${number} has been above 2 s for ten minutes, customers notice.`,
    runbook_url: 'https://runbooks.example.com/HighLatency',
    dashboard_url: 'https://grafana.example.com/d/abc?var-service=api',
  },
  startsAt: '2026-11-22T15:35:33.832Z',
  generatorURL:
    'http://prometheus:9090/graph?g0.expr=histogram_quantile%280.99%2C+sum+by+%28le%29+%28rate%28http_seconds_bucket%5B5m%5D%29%29%29+%3E+2&g0.tab=1',
});

/** How long until every webhook is answered 2xx, in milliseconds. Throws on any other answer. */
export async function send(url: string, all: readonly Buffer[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let body = all[next++]; body; body = all[next++]) await post(url, body, agent);
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const took = performance.now() - began;
  agent.destroy();
  return took;
}

export const token = 'bench-bench-bench-bench';

export function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      authorization: `Bearer ${token}`,
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        const status = response.statusCode ?? 0;
        status < 300 && status >= 200 ? resolve() : reject(new Error(`${url} answered ${status}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
