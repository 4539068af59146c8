/** A real Alertmanager's storm of 10,000 alerts into Tocsin and into nothing: as fast, and with nothing lost or doubled. */
import { setTimeout as pause } from 'node:timers/promises';
import { startAlertmanager } from '../support/servers.ts';
import { decided, type Installation, metric, startInstallation } from './installation.ts';
import { startProgram } from './processes.ts';
import { alertOf, token } from './storm.ts';
import { median, type Row, rounds } from './table.ts';

interface Shape {
  readonly name: string;
  readonly groupBy: readonly string[];
  /** Notifications that it comes to. */
  readonly groups: number;
}

const shapes: readonly Shape[] = [
  { name: 'group_by two labels', groupBy: ['alertname', 'namespace'], groups: 100 },
  { name: "group_by ['...']", groupBy: ['...'], groups: 10_000 },
];
const alerts = 10_000;
const fedAtOnce = 500;
/** Longer than the feeding takes: each group is sent once, and whole. */
const groupWaitMs = 6_000;

interface Faults {
  readonly lost: number;
  readonly refused: number;
  readonly doubled: number;
}

export async function alertmanagerRows(): Promise<readonly Row[]> {
  const sink = await startProgram('sink');
  const tocsin = await startInstallation('off');
  try {
    const rows: Row[] = [];
    for (const [at, shape] of shapes.entries()) rows.push(...(await shapeRows(shape, { sink: sink.url, tocsin, at })));
    return rows;
  } finally {
    await sink.stop();
    await tocsin.stop();
  }
}

interface Sides {
  readonly sink: string;
  readonly tocsin: Installation;
  readonly at: number;
}

async function shapeRows(shape: Shape, { sink, tocsin, at }: Sides): Promise<readonly Row[]> {
  const floor: number[] = [];
  const ours: number[] = [];
  const faults: Faults[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const storm = `Real${at}x${round}`;
    floor.push((await storming(shape, { url: sink, storm })).tookMs);
    const before = await inStore(tocsin);
    const { tookMs, failed } = await storming(shape, { url: tocsin.webhook, storm });
    ours.push(tookMs);
    await decided(tocsin);
    const now = await inStore(tocsin);
    faults.push({
      lost: alerts - (now.alerts - before.alerts),
      refused: failed + now.refused - before.refused,
      doubled: now.incidents - before.incidents - 1,
    });
  }
  const sum = (of: (fault: Faults) => number) => faults.reduce((total, fault) => total + Math.abs(of(fault)), 0);
  const name = `Alertmanager’s storm of 10,000 alerts, ${shape.name}`;
  return [
    {
      name: `${name}: until all is taken`,
      against: 'null sink',
      theirs: median(floor),
      ours: median(ours),
      unit: 'ms',
      target: { most: 1.05 },
    },
    { name: `${name}: alerts lost`, ours: sum(({ lost }) => lost), unit: '', target: { limit: 0 } },
    { name: `${name}: answers other than 2xx`, ours: sum(({ refused }) => refused), unit: '', target: { limit: 0 } },
    { name: `${name}: incidents doubled`, ours: sum(({ doubled }) => doubled), unit: '', target: { limit: 0 } },
  ];
}

/** Counted in Redis and in Tocsin's answers; all alerts of a storm are of one service, so they are one incident. */
async function inStore({ redis, url }: Installation) {
  const keys = await redis.keys('{tocsin}:inc-*:alerts');
  const counts = await Promise.all(keys.map((key) => redis.hlen(key)));
  return {
    alerts: counts.reduce((sum, count) => sum + count, 0),
    incidents: await redis.zcard('{tocsin}:index:incident:all'),
    refused: await metric(url, 'tocsin_webhooks_total', (labels) => !labels.includes('outcome="accepted"')),
  };
}

interface Storming {
  readonly url: string;
  readonly storm: string;
}

/** By Alertmanager's own count of answers: from the moment at which its groups have waited enough to the last 2xx. */
async function storming({ groupBy, groups }: Shape, { url, storm }: Storming) {
  const server = await startAlertmanager({ config: configOf(groupBy, url) });
  try {
    const dueAt = Date.now() + groupWaitMs;
    await feed(server.url, storm);
    if (Date.now() > dueAt)
      throw new Error('this machine is too busy: Alertmanager began to send before it had all alerts');
    await pause(dueAt - Date.now());
    for (;;) {
      const all = await metric(server.url, 'alertmanager_notification_requests_total', isWebhook);
      const failed = await metric(server.url, 'alertmanager_notification_requests_failed_total', isWebhook);
      if (all - failed >= groups) return { tookMs: Date.now() - dueAt, failed };
      await pause(20);
    }
  } finally {
    await server.stop();
  }
}

const isWebhook = (labels: string): boolean => labels.includes('integration="webhook"');

const configOf = (groupBy: readonly string[], url: string) => ({
  route: { receiver: 'bench', group_by: [...groupBy], group_wait: `${groupWaitMs}ms`, group_interval: '5m' },
  receivers: [
    {
      name: 'bench',
      webhook_configs: [{ url, http_config: { authorization: { credentials: token } } }],
    },
  ],
});

async function feed(url: string, storm: string): Promise<void> {
  // Alertmanager: a group does not wait for an alert that is older than `group_wait`.
  const startsAt = new Date().toISOString();
  const all = Array.from({ length: alerts }, (_, number) => ({ ...firing(storm, number), startsAt }));
  const starts = Array.from({ length: alerts / fedAtOnce }, (_, at) => at * fedAtOnce);
  await Promise.all(
    starts.map(async (from) => {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(all.slice(from, from + fedAtOnce)),
      });
      if (!answer.ok) throw new Error(`Alertmanager took no alerts: ${answer.status} ${await answer.text()}`);
    }),
  );
}

function firing(storm: string, number: number) {
  const alert = alertOf({ storm, severity: 'warning' }, number);
  return { ...alert, labels: { ...alert.labels, namespace: `team-${number % 100}` } };
}
