/** `tocsin doctor` against a running Tocsin with everything around it real: all well, a test alert all the way, and trouble. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBot } from '../../src/demo/bot.ts';
import { workspaceAt } from '../../src/demo/workspace.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { freePort, startAlertmanager, startPrometheus, startRedis, startSshd } from '../support/servers.ts';
import { settingsOf } from '../support/settings.ts';

const longMs = 120_000;
const token = 'a-token-for-the-doctor';
const project = new URL('../..', import.meta.url).pathname;
const stops: (() => Promise<void>)[] = [];
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tocsin-doctor-'));
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await rm(dir, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly text: string;
}

const tocsin = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const all = ['--disable-warning=ExperimentalWarning', 'src/cli.ts', ...args];
    execFile(process.execPath, all, { cwd: project, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });

const started = async <S extends { stop(): Promise<void> }>(server: Promise<S>): Promise<S> => {
  const found = await server;
  stops.push(() => found.stop());
  return found;
};

const alerting = (url: string) => ({
  route: { receiver: 'tocsin', group_wait: '1s', group_interval: '1s' },
  receivers: [
    {
      name: 'tocsin',
      webhook_configs: [{ url, http_config: { authorization: { type: 'Bearer', credentials: token } } }],
    },
  ],
});

async function everything() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const slack = await startSimulator({ manifest: 'manifest.yml' });
  stops.push(slack.close);
  const redis = await started(startRedis());
  const sshd = await started(startSshd());
  const prometheus = await started(startPrometheus({ config: { global: { scrape_interval: '1m' } } }));
  const alertmanager = await started(startAlertmanager({ config: alerting(`${url}/webhooks/alertmanager`) }));
  const env = {
    ...settingsOf({ port, redisUrl: redis.url, blobs: join(dir, 'blobs'), slack, token }),
    TOCSIN_ALERTMANAGER_URL: alertmanager.url,
    TOCSIN_PROMETHEUS_URL: prometheus.url,
    TOCSIN_SHOP_SSH_ADDRESS: sshd.host,
    TOCSIN_SHOP_SSH_PORT: String(sshd.port),
    TOCSIN_SHOP_SSH_USER: sshd.user,
    TOCSIN_SHOP_SSH_KEY: sshd.privateKeyPath,
    TOCSIN_SHOP_SSH_HOST_KEY: sshd.hostPublicKey,
    TOCSIN_GRACE: '1s',
  };
  await started(startBot({ url, logFile: join(dir, 'tocsin.log'), env }));
  return { env, url, workspace: workspaceAt(slack.controlUrl) };
}

test('all is well, and a test alert goes the whole way and is taken back', { timeout: longMs }, async () => {
  const { env, url, workspace } = await everything();
  const { code, text } = await tocsin(env, 'doctor', '--json', '--send-test-alert');
  const { ok, findings } = JSON.parse(text) as { ok: boolean; findings: readonly Finding[] };
  expect(findings.filter(({ verdict }) => verdict === 'problem')).toEqual([]);
  expect([code, ok]).toEqual([0, true]);
  const parts = [
    'configuration',
    'redis',
    'history',
    'disk',
    'slack',
    'webhooks',
    'targets',
    'prometheus',
    'playbooks',
  ];
  expect([...new Set(findings.map(({ about }) => about))]).toEqual([...parts, 'test alert']);
  expect(findings.at(-1)?.what).toMatch(/came through Alertmanager within \d+ s, as inc-1/);
  // Looking at it left nothing behind that would raise an alarm.
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^tocsin_inbox_webhooks 0$/m);
  expect(metrics).not.toMatch(/^tocsin_webhooks_total\{.*outcome="(?!accepted").*\} [1-9]/m);
  await eventually('the test incident resolves', async () =>
    (await workspace.channels()).find(({ name, topic }) => name.startsWith('inc-1-') && /Resolved/.test(topic)),
  );
});

test('what is wrong is a problem with what to do, and the exit code says so', { timeout: longMs }, async () => {
  const env = {
    TOCSIN_HTTP_PORT: String(await freePort()),
    TOCSIN_REDIS_FOLDER: join(dir, 'redis'),
    TOCSIN_REDIS_SERVER: 'no-such-redis',
    TOCSIN_SLACK_API_URL: `http://127.0.0.1:${await freePort()}/api/`,
    TOCSIN_SLACK_BOT_TOKEN: 'xoxb-nobody-knows',
    TOCSIN_SLACK_APP_TOKEN: 'xapp-nobody-knows',
    TOCSIN_ALERTMANAGER_TOKEN: token,
    TOCSIN_SHOP_SSH_PORT: String(await freePort()),
    TOCSIN_SHOP_SSH_KEY: join(dir, 'no-key'),
    TOCSIN_SHOP_SSH_HOST_KEY: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAiy5BRWTUbXk7YJJ8UqjgQDq2qBAGvIUBcVJqYx8l3Z',
  };
  const { code, text } = await tocsin(env, 'doctor');
  expect(code).toBe(1);
  expect(text).toMatch(/problem +redis +.*there is no program `no-such-redis`/);
  expect(text).toMatch(/problem +slack +Slack did not answer the question about the bot token/);
  expect(text).toMatch(/warning +webhooks +No Tocsin answers/);
  expect(text).toMatch(/problem +targets +shop-1: ssh_/);
  expect(text).not.toMatch(/nobody-knows|for-the-doctor/);
});

test('a configuration that cannot be read is what there is to say', async () => {
  await writeFile(join(dir, 'tocsin.yml'), 'htpt: {}\n');
  const { code, text } = await tocsin({}, '--config', join(dir, 'tocsin.yml'), 'doctor', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(text).findings).toContainEqual(
    expect.objectContaining({ about: 'configuration', verdict: 'problem', advice: expect.stringContaining('`http`') }),
  );
});
