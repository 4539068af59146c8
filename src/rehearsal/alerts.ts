/** Alerts for rehearsals: a recorded webhook, a file with labels, or labels in the case itself. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Alert, AlertGroup, Labels } from '../domain/alert.ts';
import type { Fingerprint, Instant } from '../domain/ids.ts';

const rehearsed = 'rehearsal';

interface Written {
  readonly labels: Labels;
  readonly annotations?: Labels;
}

/** `given`: a file as seen from `folder`, or the alert itself. Throws with one sentence. */
export function alertGroup(given: string | Written | undefined, folder: string, now: Instant): AlertGroup {
  const written = typeof given === 'string' ? fromFile(resolve(folder, given)) : [given ?? { labels: {} }];
  return {
    source: rehearsed,
    groupKey: '{}:{rehearsal="1"}',
    groupLabels: {},
    alerts: written.map((one, at) => firing(one, at, now)),
    truncatedAlerts: 0,
    externalURL: '',
  };
}

function fromFile(file: string): readonly Written[] {
  const data: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const alerts = isObject(data) && Array.isArray(data.alerts) ? data.alerts : [data];
  const written = alerts.filter((one): one is Written => isObject(one) && isObject(one.labels));
  if (!written.length) throw new Error(`${file} has neither \`alerts\` nor \`labels\``);
  return written;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const firing = ({ labels, annotations = {} }: Written, at: number, now: Instant): Alert => ({
  fingerprint: `rehearsed-${at}` as Fingerprint,
  status: 'firing',
  labels,
  annotations,
  startsAt: now,
  endsAt: 0,
  generatorURL: '',
});
