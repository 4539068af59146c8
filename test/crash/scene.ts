/** What one case plays in: a Redis, a Slack workspace and a target of its own; sshd and Prometheus are shared. */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis as Client } from 'ioredis';
import type { Prometheus } from '../../src/demo/prometheus.ts';
import type { Redis } from '../../src/demo/redis.ts';
import type { Sshd } from '../../src/demo/sshd.ts';
import { type Workspace, workspaceAt } from '../../src/demo/workspace.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { freePort, startPrometheus, startRedis, startSshd } from '../support/servers.ts';
import { unhurried } from '../support/unhurried.ts';
import { writePlaybooks } from './playbooks.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
export const configFile = join(project, 'tocsin.yml');
const token = 'a-token-for-the-crash-tests';

/** Shared by all cases: nothing in them is of one case. */
export interface Surroundings {
  readonly prometheus: Prometheus;
  readonly sshd: Sshd;
  stop(): Promise<void>;
}

export async function startSurroundings(): Promise<Surroundings> {
  const [prometheus, sshd] = await Promise.all([
    startPrometheus({ config: { scrape_configs: [] } }),
    startSshd({ settings: ['MaxStartups 100'] }),
  ]);
  return { prometheus, sshd, stop: async () => void (await Promise.all([prometheus.stop(), sshd.stop()])) };
}

export interface Scene {
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly token: string;
  readonly workspace: Workspace;
  readonly controlUrl: string;
  readonly prometheusUrl: string;
  readonly redis: Redis;
  /** What the target wrote: `<step> <attempt>`, a line for each time that it was called. */
  targetLines(): Promise<readonly string[]>;
  /** Whether nothing is left to be done soon: says when to count, not what. */
  isIdle(): Promise<boolean>;
  stop(): Promise<void>;
}

export async function openScene({ prometheus, sshd }: Surroundings, dir: string): Promise<Scene> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  await mkdir(dir, { recursive: true });
  stops.push(() => rm(dir, { recursive: true, force: true }));
  const ledger = await targetIn(dir);
  await writePlaybooks(join(dir, 'playbooks'), ledger.script);
  const slack = await startSimulator({ manifest: join(project, 'manifest.yml'), limits: 'off' });
  stops.push(slack.close);
  const redis = await startRedis({ dir: join(dir, 'redis') });
  stops.push(redis.stop);
  const onlooker = onlookerAt(redis.url);
  stops.push(onlooker.stop, unhurried(redis.url));
  const port = await freePort();
  const workspace = workspaceAt(slack.controlUrl);
  const env = {
    TOCSIN_HTTP_PORT: String(port),
    TOCSIN_REDIS_URL: redis.url,
    TOCSIN_BLOBS_FOLDER: join(dir, 'blobs'),
    TOCSIN_PLAYBOOKS: join(dir, 'playbooks'),
    TOCSIN_SLACK_API_URL: slack.apiUrl,
    TOCSIN_SLACK_BOT_TOKEN: slack.botToken,
    TOCSIN_SLACK_APP_TOKEN: slack.appToken,
    TOCSIN_ALERTMANAGER_TOKEN: token,
    TOCSIN_PROMETHEUS_URL: prometheus.url,
    TOCSIN_SHOP_PEOPLE: (await workspace.ids('alice', 'bob')).join(','),
    TOCSIN_SHOP_SSH_ADDRESS: sshd.host,
    TOCSIN_SHOP_SSH_PORT: String(sshd.port),
    TOCSIN_SHOP_SSH_USER: sshd.user,
    TOCSIN_SHOP_SSH_KEY: sshd.privateKeyPath,
    TOCSIN_SHOP_SSH_HOST_KEY: sshd.hostPublicKey,
  };
  return {
    ...{ env, token, workspace, redis, stop },
    url: `http://127.0.0.1:${port}/webhooks/alertmanager`,
    controlUrl: slack.controlUrl,
    prometheusUrl: prometheus.url,
    targetLines: ledger.lines,
    isIdle: onlooker.isIdle,
  };
}

/** A script that adds a line to a file: the target's own memory of what was done to it. */
async function targetIn(dir: string) {
  const file = join(dir, 'target.log');
  const script = join(dir, 'act');
  await writeFile(file, '');
  await writeFile(script, `#!/bin/sh\nprintf '%s %s\\n' "$1" "$2" >> '${file}'\necho "$1 is done"\n`);
  await chmod(script, 0o755);
  return { script, lines: async () => (await readFile(file, 'utf8')).split('\n').filter(Boolean) };
}

const soonMs = 60_000;

function onlookerAt(url: string) {
  const redis = new Client(url);
  redis.on('error', () => undefined);
  return {
    isIdle: async () => {
      const until = Date.now() + soonMs;
      const open = ['due', 'far'].map((name) => redis.zcount(`{tocsin}:${name}`, '-inf', until));
      return (await Promise.all(open)).every((count) => count === 0);
    },
    stop: async () => redis.disconnect(),
  };
}
