/** A whole Tocsin with a Redis of its own: what happened can be audited while it runs, and after it was started anew. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { type Bot, startBot } from '../../src/demo/bot.ts';
import { workspaceAt } from '../../src/demo/workspace.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { runningEmbedded } from '../../src/store/embedded.ts';
import { notify } from '../support/alert-source.ts';
import { firing, group, webhook } from '../support/alerts.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/servers.ts';
import { settingsOf } from '../support/settings.ts';

const token = 'a-token-for-the-audit';
const project = new URL('../..', import.meta.url).pathname;

async function installation() {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-audit-'));
  const slack = await startSimulator({ manifest: 'manifest.yml', limits: 'off' });
  const port = await freePort();
  const { TOCSIN_REDIS_URL: _, ...settings } = settingsOf({
    port,
    redisUrl: '',
    blobs: join(dir, 'blobs'),
    slack,
    token,
  });
  const env = { ...settings, TOCSIN_REDIS_FOLDER: join(dir, 'redis') };
  const bots: Bot[] = [];
  onTestFinished(async () => {
    for (const bot of bots) await bot.stop();
    await slack.close();
    await rm(dir, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    workspace: workspaceAt(slack.controlUrl),
    redis: async () => {
      const found = await runningEmbedded(env.TOCSIN_REDIS_FOLDER);
      const redis = new Redis(found ?? expect.fail('no Redis runs'));
      onTestFinished(() => redis.disconnect());
      return redis;
    },
    start: async () => {
      const bot = await startBot({ url, logFile: join(dir, 'tocsin.log'), env });
      bots.push(bot);
      return bot;
    },
    verify: () =>
      new Promise<string>((resolve) => {
        const args = ['--disable-warning=ExperimentalWarning', 'src/cli.ts', 'audit', 'verify'];
        execFile(process.execPath, args, { cwd: project, env: { ...process.env, ...env } }, (error, out, said) =>
          resolve(`${error ? error.code : 0}: ${out}${said}`),
        );
      }),
  };
}

test('what Tocsin wrote is vouched for, and what somebody else wrote into its Redis is found', {
  timeout: 120_000,
}, async () => {
  const { url, workspace, redis, start, verify } = await installation();
  const first = await start();
  await notify({ url: `${url}/webhooks/alertmanager`, token }, webhook(group([firing('a')])));
  await eventually('a channel', async () => (await workspace.channels()).some(({ name }) => name.startsWith('inc-1')));
  expect(await verify()).toMatch(/^0: \d+ entries of \d+ histories are what was written\.\n$/);
  await first.stop();
  expect(await verify()).toMatch(/^1: tocsin: Tocsin does not run, .* start it first/);
  await start();
  expect(await verify()).toMatch(/^0: /);

  const asRedis = await redis();
  await asRedis.ltrim('{tocsin}:inc-1:log', 0, 0);
  await asRedis.hset('{tocsin}:inc-1', 'head', JSON.parse((await asRedis.lindex('{tocsin}:inc-1:log', 0)) ?? '').hash);
  expect(await verify()).toMatch(/^1: inc-1: what it held at .* is not in it any more/);
});
