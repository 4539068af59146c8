/** Two Alertmanagers in HA, two Tocsins on one Redis: one incident, each message once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startBot } from '../../src/demo/bot.ts';
import { workspaceAt } from '../../src/demo/workspace.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { freePort, startAlertmanager, startRedis } from '../support/servers.ts';
import { settingsOf } from '../support/settings.ts';

const longMs = 120_000;
const token = 'a-token-for-two-alertmanagers';
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const alertmanagerConfig = (url: string) => ({
  route: { receiver: 'tocsin', group_by: ['alertname'], group_wait: '1s', group_interval: '2s', repeat_interval: '1h' },
  receivers: [
    {
      name: 'tocsin',
      webhook_configs: [
        { url, send_resolved: true, http_config: { authorization: { type: 'Bearer', credentials: token } } },
      ],
    },
  ],
});

async function startPair() {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-pair-'));
  stops.push(() => rm(dir, { recursive: true, force: true }));
  const slack = await startSimulator({ manifest: 'manifest.yml' });
  stops.push(slack.close);
  const redis = await startRedis();
  stops.push(redis.stop);
  const addresses = [];
  for (const name of ['one', 'two']) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      ...settingsOf({ port, redisUrl: redis.url, blobs: join(dir, 'blobs'), slack, token }),
      TOCSIN_GRACE: '2s',
    };
    const bot = await startBot({ url, logFile: join(dir, `${name}.log`), env });
    stops.push(bot.stop);
    addresses.push(`${url}/webhooks/alertmanager`);
  }
  return { addresses, workspace: workspaceAt(slack.controlUrl) };
}

test('an alert that both Alertmanagers hold opens one channel with one card, and resolves once', {
  timeout: longMs,
}, async () => {
  const { addresses, workspace } = await startPair();
  const [one = '', two = ''] = addresses;
  // Peers that wait for nobody: both deliver, as after a split.
  const first = await startAlertmanager({
    config: alertmanagerConfig(one),
    peers: [],
    args: ['--cluster.peer-timeout=0s'],
  });
  stops.push(first.stop);
  const second = await startAlertmanager({
    config: alertmanagerConfig(two),
    peers: [first.clusterAddress ?? ''],
    args: ['--cluster.peer-timeout=0s'],
  });
  stops.push(second.stop);
  const alert = {
    labels: { alertname: 'ShopErrors', severity: 'critical', service: 'shop', instance: 'shop-1' },
    annotations: { summary: 'The shop fails' },
    startsAt: new Date().toISOString(),
  };
  await post([first.url, second.url], [alert]);

  const incidents = async () => (await workspace.channels()).filter(({ name }) => name.startsWith('inc-'));
  const channel = await eventually('the card is pinned', async () => {
    const [found] = await incidents();
    const messages = found ? await workspace.messages(found.id) : [];
    return messages.some(({ pinned }) => pinned) ? found : undefined;
  });
  await post([first.url, second.url], [{ ...alert, endsAt: new Date().toISOString() }]);
  await eventually('the incident is resolved', async () =>
    (await incidents()).find(({ topic }) => topic.includes('Resolved')),
  );

  expect(await incidents()).toHaveLength(1);
  const texts = (await workspace.messages(channel.id)).map(({ text }) => text);
  expect(texts.filter((text) => text.includes('All alerts have resolved'))).toHaveLength(1);
  expect((await workspace.messages('shop-alerts')).filter(({ user }) => user !== '')).toHaveLength(1);
  expect(await workspace.rateLimited()).toBe(0);
});

async function post(urls: readonly string[], alerts: readonly object[]): Promise<void> {
  for (const url of urls) {
    const answer = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      body: JSON.stringify(alerts),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
  }
}
