/** A slow step over a real sshd: its lines are in Slack while it runs, its log in the thread, and its tail outlives its worker. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type SeenMessage, shownText, type Workspace, workspaceAt } from '../../src/demo/workspace.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { spawnTocsin } from '../crash/process.ts';
import { firing, group, webhook } from '../support/alerts.ts';
import { eventually } from '../support/eventually.ts';
import { freePort, startRedis, startSshd } from '../support/servers.ts';
import { settingsOf } from '../support/settings.ts';

const longMs = 90_000;
const token = 'a-token-for-a-slow-step';
const secret = 'sup3r-secret-token';
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Prints three lines, the second a secret that comes in two pieces, and ends when it is told to. */
const script = (go: string): string => `#!/bin/sh
echo first line
printf 'token: ${secret.slice(0, 6)}'; sleep 0.3; echo '${secret.slice(6)}'
echo third line
while [ ! -e '${go}' ]; do sleep 0.1; done
echo last line
`;

const playbook = (program: string): string => `schema: playbook/v1
id: slow
name: Slow
owners: [team-shop]
triggers: [{alert: ['alertname="ShopDown"'], mode: auto}]
secrets: {token: 'env:SLOW_TOKEN'}
steps:
  - {id: slow, action: ssh.exec, effect: once, timeout: 60s, with: {host: shop-1, argv: ['${program}']}}
`;

async function open() {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-progress-'));
  stops.push(() => rm(dir, { recursive: true, force: true }));
  const go = join(dir, 'go');
  const program = join(dir, 'slow');
  await writeFile(program, script(go));
  await chmod(program, 0o755);
  await mkdir(join(dir, 'playbooks'));
  await writeFile(join(dir, 'playbooks', 'slow.yml'), playbook(program));
  const [slack, redis, sshd] = await Promise.all([
    startSimulator({ manifest: 'manifest.yml' }),
    startRedis(),
    startSshd(),
  ]);
  // Whatever happens, the script on the target ends.
  stops.push(slack.close, redis.stop, sshd.stop, () => writeFile(go, ''));
  const port = await freePort();
  const env = {
    ...settingsOf({ port, redisUrl: redis.url, blobs: join(dir, 'blobs'), slack, token }),
    TOCSIN_PLAYBOOKS: join(dir, 'playbooks'),
    TOCSIN_PLAYBOOK_SECRETS: 'SLOW_TOKEN',
    SLOW_TOKEN: secret,
    TOCSIN_SHOP_SSH_ADDRESS: sshd.host,
    TOCSIN_SHOP_SSH_PORT: String(sshd.port),
    TOCSIN_SHOP_SSH_USER: sshd.user,
    TOCSIN_SHOP_SSH_KEY: sshd.privateKeyPath,
    TOCSIN_SHOP_SSH_HOST_KEY: sshd.hostPublicKey,
  };
  const start = async () => {
    const tocsin = await spawnTocsin({ config: 'tocsin.yml', overrides: {}, leaseMs: 1_500, flaw: 'none' }, env);
    stops.push(tocsin.stop);
    return tocsin;
  };
  const fires = () =>
    eventually('the webhook is taken', async () => {
      const headers = { authorization: `Bearer ${token}` };
      const request = { method: 'POST', headers, body: new Uint8Array(webhook(group([firing('shop-1')]))) };
      const answer = await fetch(`http://127.0.0.1:${port}/webhooks/alertmanager`, request).catch(() => undefined);
      return answer?.status === 202;
    });
  return { workspace: workspaceAt(slack.controlUrl), start, fires, goes: () => writeFile(go, '') };
}

async function messages(workspace: Workspace): Promise<readonly SeenMessage[]> {
  const channel = (await workspace.channels()).find(({ name }) => name.startsWith('inc-'));
  return channel ? await workspace.messages(channel.id) : [];
}

/** The run's message, as soon as it shows all of this. */
async function progress(workspace: Workspace, ...words: readonly string[]): Promise<string> {
  let shown: readonly string[] = [];
  const seen = eventually(`the message says ${words.join(', ')}`, async () => {
    shown = (await messages(workspace)).map(shownText).filter((text) => text.startsWith('Slow '));
    return shown.find((text) => words.every((word) => text.includes(word)));
  });
  return await seen.catch((error: Error) => {
    throw new Error(`${error.message}; it says ${shown.join('\n---\n')}`);
  });
}

test('its lines are in the message while it runs, secrets masked, and all of them in the thread when it has ended', {
  timeout: longMs,
}, async () => {
  const { workspace, start, fires, goes } = await open();
  await start();
  await fires();
  const running = await progress(workspace, 'Slow running', 'first line\ntoken: •••\nthird line');
  expect(running).not.toContain('last line');
  await goes();
  await progress(workspace, 'Slow succeeded');
  const log = await eventually('the log is in the thread', async () =>
    (await messages(workspace)).flatMap(({ files = [] }) => files).find(({ name }) => name.endsWith('.log')),
  );
  expect((await workspace.file(log.id)).toString()).toBe('first line\ntoken: •••\nthird line\nlast line\n');
  expect(JSON.stringify(await messages(workspace))).not.toContain(secret.slice(6));
});

test('its last lines are still to be seen when its worker was killed, and nobody knows how it ended', {
  timeout: longMs,
}, async () => {
  const { workspace, start, fires } = await open();
  const first = await start();
  await fires();
  await progress(workspace, 'third line');
  await first.kill('SIGKILL');
  await start();
  await progress(workspace, 'the outcome is unknown', 'first line\ntoken: •••\nthird line');
});
