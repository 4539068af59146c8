/** Two gateways on one Redis and one Slack: whichever hears a person, what they ask for happens once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { httpManifest } from '../../src/config/manifest.ts';
import { startBot } from '../../src/demo/bot.ts';
import { type SeenChannel, shownText, workspaceAt } from '../../src/demo/workspace.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { freePort, startRedis } from '../support/servers.ts';

const longMs = 120_000;
const token = 'a-token-for-two-gateways';
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startGateways(slack: Simulator, ports: readonly number[], mode: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-gateways-'));
  stops.push(() => rm(dir, { recursive: true, force: true }));
  const redis = await startRedis();
  stops.push(redis.stop);
  for (const port of ports) {
    const env = {
      TOCSIN_HTTP_PORT: String(port),
      TOCSIN_REDIS_URL: redis.url,
      TOCSIN_BLOBS_FOLDER: join(dir, 'blobs'),
      TOCSIN_SLACK_API_URL: slack.apiUrl,
      TOCSIN_SLACK_BOT_TOKEN: slack.botToken,
      TOCSIN_ALERTMANAGER_TOKEN: token,
      TOCSIN_SHOP_SSH_HOST_KEY: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAiy5BRWTUbXk7YJJ8UqjgQDq2qBAGvIUBcVJqYx8l3Z',
      ...mode,
    };
    const bot = await startBot({ url: `http://127.0.0.1:${port}`, logFile: join(dir, `${port}.log`), env });
    stops.push(bot.stop);
  }
}

/** How many commands and clicks each gateway decided upon, by its own metrics. */
const decided = (port: number, reason: string) => metric(port, `tocsin_decisions_total{reason="${reason}"}`);

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1) ?? 0,
  );
}

async function controlOf({ controlUrl }: Simulator, path: string, body: object): Promise<void> {
  await fetch(`${controlUrl}/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

/** Everything is delivered twice, so with two sockets each gateway hears of it once. */
async function opensAndAcknowledges(slack: Simulator): Promise<{ channel: SeenChannel; texts: readonly string[] }> {
  const workspace = workspaceAt(slack.controlUrl);
  await controlOf(slack, 'sockets', { duplicate_envelopes: true });
  await workspace.type('alice', 'general', '/incident open The shop is on fire sev=sev2 service=shop');
  const incidents = async () => (await workspace.channels()).filter(({ name }) => name.startsWith('inc-'));
  const seen = await eventually('the card is pinned', async () => {
    const [channel] = await incidents();
    const card = channel && (await workspace.messages(channel.id)).find(({ pinned }) => pinned);
    return channel && card ? { channel, card } : undefined;
  });
  const click = { user: 'bob', channel: seen.channel.id, ts: seen.card.ts, button: 'acknowledge' };
  await workspace.click(click);
  await eventually('the card says who acknowledged', async () => {
    const card = (await workspace.messages(seen.channel.id)).find(({ pinned }) => pinned);
    return card && /acknowledged/i.test(shownText(card)) ? card : undefined;
  });
  expect(await incidents()).toHaveLength(1);
  expect(await workspace.rateLimited()).toBe(0);
  const messages = await workspace.messages(seen.channel.id);
  expect(messages.filter(({ pinned }) => pinned)).toHaveLength(1);
  // Each topic that is set is told by Slack itself, also where it is the same again: a refresh may say it twice.
  const texts = messages.map(({ text }) => text).filter((text) => !text.startsWith('set the channel topic'));
  return { channel: seen.channel, texts };
}

test('two gateways by socket: each hears a repeat of what the other heard, and nothing is doubled', {
  timeout: longMs,
}, async () => {
  const slack = await startSimulator({ manifest: 'manifest.yml' });
  stops.push(slack.close);
  const ports = [await freePort(), await freePort()];
  await startGateways(slack, ports, { TOCSIN_SLACK_APP_TOKEN: slack.appToken });
  const state = (await (await fetch(`${slack.controlUrl}/state`)).json()) as { sockets: number };
  expect(state.sockets).toBe(2);
  const { texts } = await opensAndAcknowledges(slack);
  expect(new Set(texts).size).toBe(texts.length);
  for (const port of ports) {
    expect(await metric(port, 'tocsin_incidents_open{severity="sev2"}')).toBe(1);
    expect(await metric(port, 'tocsin_slack_connected')).toBe(1);
    expect(await metric(port, 'tocsin_store_up')).toBe(1);
  }
  const acknowledged = await Promise.all(ports.map((port) => decided(port, 'acknowledged')));
  expect(acknowledged.reduce((sum, count) => sum + count, 0)).toBe(1);
  const repeated = await Promise.all(ports.map((port) => decided(port, 'repeated')));
  expect(repeated.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
});

test('by HTTP behind one address: what Slack sends twice happens once', { timeout: longMs }, async () => {
  const ports = [await freePort(), await freePort()];
  const slack = await startSimulator({
    manifest: httpManifest('https://tocsin.example.com'),
    requestUrl: `http://127.0.0.1:${ports[0]}/slack/events`,
  });
  stops.push(slack.close);
  await startGateways(slack, ports, { TOCSIN_SLACK_MODE: 'http', TOCSIN_SLACK_SIGNING_SECRET: slack.signingSecret });
  const { texts } = await opensAndAcknowledges(slack);
  expect(new Set(texts).size).toBe(texts.length);
  const [port = 0] = ports;
  expect(await decided(port, 'acknowledged')).toBe(1);
  expect(await metric(port, 'tocsin_slack_requests_total{outcome="accepted"}')).toBe(4);
});
