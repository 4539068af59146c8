/** A marked alert through the real Alertmanager, waited for where it should arrive, and taken back. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AlertmanagerClient, PostedAlert } from '../clients/alertmanager.ts';
import { type Check, ok, problem, type Said, warning } from './finding.ts';

export interface TestAlertParts {
  readonly alertmanager: AlertmanagerClient | undefined;
  /** Marks this alert: no other has it. */
  readonly mark: string;
  /** The incident that holds an alert with this label, once there is one. */
  readonly arrived: (label: string, value: string) => Promise<string | undefined>;
  readonly now: () => number;
  /** Alertmanager's `group_wait` is 30 s unless told. */
  readonly withinMs?: number;
}

const label = 'tocsin_test';
const everyMs = 250;

export const testAlertCheck = (parts: TestAlertParts): Check => ({
  about: 'test alert',
  look: async () => {
    const { alertmanager } = parts;
    if (!alertmanager)
      return [warning('No Alertmanager is configured: nothing was sent.', 'Set `alertmanager.url` in tocsin.yml.')];
    const alert = testAlert(parts);
    await alertmanager.post([alert]);
    const said = await waited(parts, alertmanager);
    await alertmanager.post([{ ...alert, endsAt: new Date(parts.now()) }]);
    return [said];
  },
});

const testAlert = ({ mark, now }: TestAlertParts): PostedAlert => ({
  labels: { alertname: 'TocsinTest', severity: 'info', [label]: mark },
  annotations: { summary: 'A test of `tocsin doctor`: nothing is wrong, and nobody needs to do anything' },
  startsAt: new Date(now()),
});

async function waited(
  { mark, arrived, now, withinMs = 90_000 }: TestAlertParts,
  from: AlertmanagerClient,
): Promise<Said> {
  const began = now();
  for (;;) {
    const incident = await arrived(label, mark);
    const seconds = Math.round((now() - began) / 1000);
    if (incident)
      return ok(
        `The test alert came through Alertmanager within ${seconds} s, as ${incident}; it has been taken back.`,
      );
    if (now() - began > withinMs) return await lost(from, mark, seconds);
    await pause(everyMs);
  }
}

async function lost(alertmanager: AlertmanagerClient, mark: string, seconds: number): Promise<Said> {
  const receivers = await alertmanager.receivers(label, mark);
  return problem(
    `Alertmanager took the test alert for ${receivers.join(', ') || 'no receiver'}, and it did not arrive within ${seconds} s.`,
    'See that this receiver has `webhook_configs` with the address of /webhooks/alertmanager and the secret under `http_config: authorization: credentials`, and Alertmanager’s log.',
  );
}
