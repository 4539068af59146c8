/** Alertmanager's API v2: gives it alerts, and asks where it sends them. Source: its OpenAPI, `/api/v2`. */
import { z } from 'zod';
import { type HttpOptions, httpClient } from './http.ts';

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: Date;
  readonly endsAt?: Date;
}

/** Throws `HttpFailure`. */
export interface AlertmanagerClient {
  post(alerts: readonly PostedAlert[]): Promise<void>;
  /** Names of the receivers that alerts with this label go to. */
  receivers(label: string, value: string): Promise<readonly string[]>;
}

const Alerts = z.array(z.object({ receivers: z.array(z.object({ name: z.string() })) }));

export function alertmanagerClient({
  url,
  ...options
}: Omit<HttpOptions, 'baseURL'> & { readonly url: string }): AlertmanagerClient {
  const http = httpClient({ ...options, baseURL: url });
  return {
    post: async (alerts) => {
      await http.send({ method: 'POST', path: '/api/v2/alerts', json: alerts });
    },
    receivers: async (label, value) => {
      const params = { filter: `${label}="${value}"` };
      const alerts = Alerts.parse(await http.json({ method: 'GET', path: '/api/v2/alerts', params }));
      return [...new Set(alerts.flatMap(({ receivers }) => receivers.map(({ name }) => name)))];
    },
  };
}
