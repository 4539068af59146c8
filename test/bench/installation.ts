/** A whole Tocsin to be measured: a process of its own, on a Redis as durable as the default, with a simulated Slack. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startBot } from '../../src/demo/bot.ts';
import { createSshKey } from '../../src/demo/keys.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { freePort, startRedis } from '../support/servers.ts';
import { settingsOf } from '../support/settings.ts';
import { token } from './storm.ts';

export interface Surroundings {
  readonly redisUrl: string;
  readonly redis: Redis;
  readonly slackControl: string;
  /** Everything that a Tocsin is told, for one that listens there. */
  env(port: number): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface Installation extends Surroundings {
  readonly url: string;
  readonly webhook: string;
}

/** All that a Tocsin needs, and no Tocsin. */
export async function startSurroundings(limits: 'slack' | 'off'): Promise<Surroundings> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
  const server = await startRedis();
  const slack = await startSimulator({ manifest: 'manifest.yml', limits });
  const key = await createSshKey(join(dir, 'key'));
  const redis = new Redis(server.url);
  return {
    redisUrl: server.url,
    redis,
    slackControl: slack.controlUrl,
    env: (port) => ({
      ...settingsOf({ port, redisUrl: server.url, blobs: join(dir, 'blobs'), slack, token }),
      TOCSIN_SHOP_SSH_KEY: key.path,
      TOCSIN_LOG_LEVEL: 'warn',
    }),
    stop: async () => {
      redis.disconnect();
      await slack.close();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export async function startInstallation(limits: 'slack' | 'off'): Promise<Installation> {
  const around = await startSurroundings(limits);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logs = await mkdtemp(join(tmpdir(), 'tocsin-bench-log-'));
  const bot = await startBot({ url, logFile: join(logs, 'tocsin.log'), env: around.env(port) });
  return {
    ...around,
    url,
    webhook: `${url}/webhooks/alertmanager`,
    stop: async () => {
      await bot.stop();
      await around.stop();
      await rm(logs, { recursive: true, force: true });
    },
  };
}

/** Until Tocsin has decided all that it took. */
export async function decided({ redis }: Pick<Surroundings, 'redis'>): Promise<void> {
  while ((await redis.hlen('{tocsin}:inbox')) > 0) await pause(20);
}

/** A gauge or counter of Tocsin's own `/metrics`: the sum of its lines whose labels `which` accepts. */
export async function metric(url: string, name: string, which: (labels: string) => boolean = () => true) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text
    .split('\n')
    .map((line) => /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [])
    .filter(([, metric, labels = '']) => metric === name && which(labels));
  return found.reduce((sum, [, , , value]) => sum + Number(value), 0);
}

/** What the simulated Slack was asked. */
export interface Call {
  readonly n: number;
  readonly at: number;
  readonly method: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly args: { readonly metadata?: unknown; readonly channel?: string; readonly name?: string };
}

export async function callsOf(slackControl: string, method?: string, since = 0): Promise<readonly Call[]> {
  const which = new URLSearchParams({ since: String(since), ...(method && { method }) });
  return (await (await fetch(`${slackControl}/log?${which}`)).json()) as readonly Call[];
}
