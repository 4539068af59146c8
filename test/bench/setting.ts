/** What the rows are measured in: one Redis as durable as the default, the floor, the rival, and Tocsin itself with a simulated Slack. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type Bot, startBot } from '../../src/demo/bot.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { freePort, startRedis } from '../support/servers.ts';
import { settingsOf } from '../support/settings.ts';
import { type Program, startProgram } from './processes.ts';
import { token } from './storm.ts';

export interface Setting {
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly floor: Program;
  readonly naive: Program;
  readonly tocsin: { readonly url: string; readonly webhook: string; readonly bot: Bot; readonly readyMs: number };
  readonly slackControl: string;
  stop(): Promise<void>;
}

export async function startSetting(): Promise<Setting> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
  const server = await startRedis();
  const slack = await startSimulator({ manifest: 'manifest.yml', limits: 'off' });
  const floor = await startProgram('floor', server.url);
  const naive = await startProgram('naive', server.url);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const bot = await startBot({
    url,
    logFile: join(dir, 'tocsin.log'),
    env: {
      ...settingsOf({ port, redisUrl: server.url, blobs: join(dir, 'blobs'), slack, token }),
      TOCSIN_LOG_LEVEL: 'warn',
    },
  });
  const readyMs = performance.now() - began;
  const redis = new Redis(server.url);
  return {
    redis,
    redisUrl: server.url,
    floor,
    naive,
    slackControl: slack.controlUrl,
    tocsin: { url, webhook: `${url}/webhooks/alertmanager`, bot, readyMs },
    stop: async () => {
      redis.disconnect();
      await bot.stop();
      await Promise.all([floor.stop(), naive.stop(), slack.close()]);
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Until Tocsin has decided all that it took, and nothing of the rivals' is left. */
export async function settled({ redis }: Setting): Promise<void> {
  while ((await redis.hlen('{tocsin}:inbox')) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await redis.del('floor');
  for (const key of await redis.keys('bull:naive:*')) await redis.del(key);
}

/** A gauge of Tocsin's own `/metrics`. */
export async function gauge({ tocsin }: Setting, name: string): Promise<number> {
  const text = await (await fetch(`${tocsin.url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  if (!line) throw new Error(`no metric ${name}`);
  return Number(line.split(' ')[1]);
}
