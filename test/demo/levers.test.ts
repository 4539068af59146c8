/** The demo's levers do what their buttons say, to the real servers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as Client } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import type { Environment } from '../../src/demo/environment.ts';
import { demoLevers } from '../../src/demo/levers.ts';
import { startAlertmanager, startRedis } from '../support/servers.ts';

function pull(id: string, options: Partial<Parameters<typeof demoLevers>[0]>): Promise<string> {
  const lever = demoLevers({ environment: () => undefined, redisFolder: '', ...options }).find((one) => one.id === id);
  if (!lever) throw new Error(`There is no lever ${id}.`);
  return lever.run();
}

const world = (some: Partial<Environment>) => ({ environment: () => some as Environment });

test('a storm is 200 alerts of four kinds, and it ends by itself', async () => {
  const config = { route: { receiver: 'none' }, receivers: [{ name: 'none' }] };
  const alertmanager = await startAlertmanager({ config });
  onTestFinished(() => alertmanager.stop());
  const prometheusUrl = 'http://127.0.0.1:9';
  expect(await pull('storm', world({ alertmanagerUrl: alertmanager.url, prometheusUrl }))).toContain('200 alerts');
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`);
  const alerts = (await answer.json()) as { labels: Record<string, string>; generatorURL: string; endsAt: string }[];
  expect(alerts).toHaveLength(200);
  expect(new Set(alerts.map(({ labels }) => `${labels.service} ${labels.alertname}`)).size).toBe(4);
  expect(alerts.every(({ generatorURL }) => URL.parse(generatorURL)?.searchParams.has('g0.expr'))).toBe(true);
  expect(alerts.every(({ endsAt }) => Date.parse(endsAt) - Date.now() < 60_000)).toBe(true);
});

test('stopping Redis leaves every command unanswered until the pause is over', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const client = new Client(redis.url);
  onTestFinished(() => client.disconnect());
  await client.config('SET', 'requirepass', 'secret');
  const redisFolder = mkdtempSync(join(tmpdir(), 'tocsin-levers-'));
  onTestFinished(() => rmSync(redisFolder, { recursive: true }));
  const url = `redis://:secret@127.0.0.1:${redis.port}`;
  writeFileSync(join(redisFolder, 'tocsin.lock'), JSON.stringify({ owner: 1, url }));
  expect(await pull('stop-redis', { redisFolder })).toContain('20 seconds');
  const impatient = new Client(url, { commandTimeout: 300, maxRetriesPerRequest: 0, enableReadyCheck: false });
  impatient.on('error', () => undefined);
  onTestFinished(() => impatient.disconnect());
  await expect(impatient.get('anything')).rejects.toThrow('timed out');
});

test('a lever pulled before the world is there says so', async () => {
  await expect(pull('break-shop', {})).rejects.toThrow('not open yet');
});
