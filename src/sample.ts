/** `tocsin alert send`: posts a sample webhook to a running Tocsin, as Alertmanager would. */
import { createHash } from 'node:crypto';
import type { Config } from './config/config.ts';
import { addressOf, authorizationOf } from './wiring.ts';

export interface Sample {
  /** `label=value`. */
  readonly labels: readonly string[];
  readonly source: string;
  readonly isResolved: boolean;
  /** Where Tocsin is, unless the configuration says it. */
  readonly url?: string;
}

const usual = { alertname: 'TocsinSample', severity: 'warning' };
const withinMs = 10_000;

/** What was answered, in words. Throws with what to do. */
export async function sendSample(config: Config, sample: Sample): Promise<string> {
  const source = Object.hasOwn(config.sources, sample.source) ? config.sources[sample.source] : undefined;
  if (!source) throw new Error(`There is no source \`${sample.source}\` under \`sources\` in tocsin.yml.`);
  const url = `${(sample.url ?? addressOf(config)).replace(/\/$/, '')}/webhooks/${sample.source}`;
  const headers = { authorization: authorizationOf(source.secret), 'content-type': 'application/json' };
  const body = JSON.stringify(webhookOf(sample, new Date()));
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(withinMs) }).catch(
    () => {
      throw new Error(`Nothing answers at ${url}. Start Tocsin (\`npm start\`), or name its address with --url.`);
    },
  );
  const said = (await answer.text()).trim();
  if (answer.status !== 202) throw new Error(`${url} answered ${answer.status}: ${said}`);
  return `${url} answered 202: ${said}`;
}

/** The body, version 4. The same labels are the same alert: sent again as resolved, they end it. */
export function webhookOf({ labels: given, isResolved }: Pick<Sample, 'labels' | 'isResolved'>, now: Date) {
  const labels = { ...usual, ...Object.fromEntries(given.map(labelOf)) };
  const status = isResolved ? 'resolved' : 'firing';
  const groupLabels = { alertname: labels.alertname };
  const at = now.toISOString();
  const annotations = { summary: `A sample: ${labels.alertname}` };
  return {
    version: '4',
    groupKey: `{}:{alertname=${JSON.stringify(labels.alertname)}}`,
    status,
    receiver: 'tocsin',
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: '',
    truncatedAlerts: 0,
    alerts: [
      {
        ...{ status, labels, annotations, startsAt: at, generatorURL: '', fingerprint: fingerprintOf(labels) },
        endsAt: isResolved ? at : '0001-01-01T00:00:00Z',
      },
    ],
  };
}

function labelOf(text: string): readonly [string, string] {
  const [, name = '', value = ''] = /^([a-zA-Z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (!name) throw new Error(`\`${text}\` is no label. Write label=value, for example severity=critical.`);
  return [name, value];
}

/** As long as Alertmanager's. */
const fingerprintOf = (labels: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).sort()))
    .digest('hex')
    .slice(0, 16);
