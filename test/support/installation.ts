/** A whole Tocsin as a process of its own, on a real Redis and a Slack workspace without limits. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Redis } from '../../src/demo/redis.ts';
import { type SeenChannel, type SeenMessage, type Workspace, workspaceAt } from '../../src/demo/workspace.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { spawnTocsin } from '../crash/process.ts';
import { freePort, startRedis } from './servers.ts';
import { settingsOf } from './settings.ts';
import { unhurried } from './unhurried.ts';

export interface Installation {
  /** Where webhooks go; it may take a moment until somebody is there. */
  readonly url: string;
  readonly token: string;
  readonly workspace: Workspace;
  readonly redis: Redis;
  /** Tells the workspace what shall go wrong: `faults`, `sockets`. */
  control(what: 'faults' | 'sockets', wanted: object): Promise<void>;
  /** What Slack sent to Tocsin, and whether it was acknowledged within Slack's three seconds. */
  deliveries(): Promise<readonly Delivery[]>;
  incidents(): Promise<readonly SeenChannel[]>;
  /** What Tocsin said in the incident's channel, without what Slack adds by itself. */
  said(): Promise<readonly SeenMessage[]>;
  summaries(): Promise<readonly SeenMessage[]>;
  stop(): Promise<void>;
}

export interface Delivery {
  readonly what: string;
  readonly state: 'waiting' | 'acked' | 'failed';
}

const project = fileURLToPath(new URL('../..', import.meta.url));
const token = 'a-token-for-this-installation';
const leaseMs = 1_500;

export interface InstallOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

export async function install({ env = {}, overrides = {} }: InstallOptions = {}): Promise<Installation> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-installation-'));
  stops.push(() => rm(dir, { recursive: true, force: true }));
  const slack = await startSimulator({ manifest: join(project, 'manifest.yml'), limits: 'off' });
  stops.push(slack.close);
  const redis = await startRedis({ dir: join(dir, 'redis') });
  stops.push(redis.stop, unhurried(redis.url));
  const port = await freePort();
  const settings = {
    ...settingsOf({ port, redisUrl: redis.url, blobs: join(dir, 'blobs'), slack, token }),
    TOCSIN_LOG_LEVEL: 'warn',
    ...env,
  };
  const config = join(project, 'tocsin.yml');
  const tocsin = await spawnTocsin({ config, overrides, leaseMs, flaw: 'none' }, settings);
  stops.push(tocsin.stop);
  const workspace = workspaceAt(slack.controlUrl);
  const incidents = async () => (await workspace.channels()).filter(({ name }) => name.startsWith('inc-'));
  return {
    ...{ token, workspace, redis, stop, incidents },
    url: `http://127.0.0.1:${port}/webhooks/alertmanager`,
    control: async (what, wanted) => {
      const answer = await fetch(`${slack.controlUrl}/${what}`, {
        method: 'POST',
        body: JSON.stringify(wanted),
        headers: { 'content-type': 'application/json' },
      });
      if (!answer.ok) throw new Error(`the workspace does not know that trouble: ${await answer.text()}`);
    },
    deliveries: async () => (await (await fetch(`${slack.controlUrl}/envelopes`)).json()) as Delivery[],
    said: async () => {
      const channels = await incidents();
      return (await Promise.all(channels.map(({ id }) => ownMessages(workspace, id)))).flat();
    },
    summaries: () => ownMessages(workspace, 'shop-alerts'),
  };
}

/** What Slack writes by itself (a new topic, who came in) has a subtype. */
const ownMessages = async (workspace: Workspace, channel: string): Promise<readonly SeenMessage[]> =>
  (await workspace.messages(channel)).filter((message) => message.user === 'U0BOT' && !('subtype' in message));
