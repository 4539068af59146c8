/** The composition root: builds everything from the configuration, starts it, and stops it in reverse. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { folderBlobs } from './blobs/folder.ts';
import { noPrometheus } from './clients/no-prometheus.ts';
import { prometheusClient } from './clients/prometheus.ts';
import { createSshClient } from './clients/ssh.ts';
import { type Config, secretsOf } from './config/config.ts';
import { createEngine } from './engine/engine.ts';
import type { AlertSource, Queue, Store } from './engine/ports.ts';
import type { World } from './engine/world.ts';
import { createArtist, evidenceProviders } from './evidence/index.ts';
import { createHttp } from './http/server.ts';
import { pureFunctions } from './playbooks/pure.ts';
import { createShelf } from './playbooks/shelf.ts';
import { bullQueue } from './queue/bullmq.ts';
import { splitQueue } from './queue/split.ts';
import { createSlack, type Slack } from './slack/app.ts';
import { alertSources } from './sources/index.ts';
import { stepActions } from './steps/index.ts';
import { startEmbeddedRedis } from './store/embedded.ts';
import { redisStore } from './store/redis.ts';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts';

export interface Tocsin {
  /** Where webhooks come in: `http://127.0.0.1:8080`. */
  readonly address: string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly redisProgram: string;
  /** Called when nothing can go on (its own Redis ended). */
  readonly onFatal: (why: string) => void;
}

const graceMs = 10_000;
const prometheusMs = 10_000;

export async function startTocsin(config: Config, options: StartOptions): Promise<Tocsin> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return { address: await started(config, options, stops), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function started(config: Config, options: StartOptions, stops: (() => Promise<void>)[]): Promise<string> {
  const telemetry = createTelemetry({ level: config.log.level, secrets: secretsOf(config) });
  const url = await redisUrl(config, options, stops);
  const store = await redisStore({ url, onError: (error) => telemetry.log.warn('redis', { error }) });
  stops.push(() => store.close());
  const queue = queueAt(url, telemetry);
  const slack = slackOf(config, { store, telemetry });
  stops.push(() => slack.stop());
  const world = worldOf(config, { store, queue, slack, telemetry, stops });
  // Whoever works uses chat, ssh and the store: the queue is emptied before they close.
  stops.push(() => queue.close(graceMs));
  await world.store.library.publish(world.playbooks.current());
  const engine = createEngine(world);
  const http = createHttp({
    sources: mounted(config),
    deliver: engine.inbox.deliver,
    checks: checksOf(world, slack),
    exposition: telemetry.exposition,
    telemetry,
  });
  const address = await http.listen(config.http.port, config.http.host);
  stops.push(() => http.close());
  await slack.listen(engine.desk);
  stops.push(await engine.start(config.worker.concurrency));
  for (const weakness of await store.weaknesses())
    telemetry.log.warn('what is acknowledged could be lost', { why: weakness });
  telemetry.log.info('ready', { address, playbooks: world.playbooks.current().length, slack: slack.state() });
  return address;
}

async function redisUrl(
  { redis }: Config,
  { redisProgram, onFatal }: StartOptions,
  stops: (() => Promise<void>)[],
): Promise<string> {
  if (redis.kind === 'url') return redis.url.reveal();
  const embedded = await startEmbeddedRedis({ folder: redis.folder, program: redisProgram, onEnd: onFatal });
  stops.push(embedded.stop);
  return embedded.url;
}

function queueAt(url: string, { log }: Telemetry): Queue {
  const named = (name: string): Queue => bullQueue({ url, name, onError: (error) => log.warn('queue', { error }) });
  return splitQueue(named('act'), named('show'));
}

const slackOf = ({ slack, roles }: Config, { store, telemetry }: { store: Store; telemetry: Telemetry }): Slack =>
  createSlack({
    botToken: slack.botToken.reveal(),
    appToken: slack.appToken.reveal(),
    ...(slack.apiUrl && { apiUrl: slack.apiUrl }),
    roles,
    budget: store.budget,
    telemetry,
    now: () => Date.now(),
  });

type Parts = Pick<World, 'store' | 'queue' | 'telemetry'> & {
  readonly slack: Slack;
  readonly stops: (() => Promise<void>)[];
};

function worldOf(config: Config, { store, queue, slack, telemetry, stops }: Parts): World {
  const ssh = createSshClient({ hosts: config.inventory });
  stops.push(() => ssh.close());
  const prometheus = config.prometheus
    ? prometheusClient({ url: config.prometheus.url, timeoutMs: prometheusMs })
    : noPrometheus;
  const actions = stepActions({ ssh, prometheus, chat: slack.chat });
  const artist = createArtist();
  stops.push(() => artist.close());
  const seen = config.prometheus
    ? { prometheus, prometheusUrl: config.prometheus.externalUrl ?? config.prometheus.url }
    : {};
  return {
    store,
    queue,
    telemetry,
    chat: slack.chat,
    blobs: folderBlobs(config.blobs.folder),
    policy: config.policy,
    playbooks: createShelf(config.playbooks.folder, actions, telemetry.log),
    actions: new Map(actions.map((action) => [action.id, action])),
    pure: pureFunctions({ hosts: config.inventory.map(({ name }) => name) }),
    sources: new Map(Object.entries(mounted(config)).map(([name, { source }]) => [name, source])),
    evidence: evidenceProviders({ draw: artist.draw, ...seen }),
    owner: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
  };
}

const mounted = ({ sources }: Config) =>
  Object.fromEntries(
    Object.entries(sources).map(([name, { kind, secret }]) => [
      name,
      { source: alertSources[kind](name) satisfies AlertSource, secret },
    ]),
  );

/** Work that nobody does for so long means that no worker runs. */
const staleMs = 60_000;

const checksOf = ({ store }: World, slack: Slack) => ({
  redis: async () => `answers, its clock says ${new Date(await store.now()).toISOString()}`,
  slack: async () => {
    if (slack.state() !== 'connected') throw new Error(slack.state());
    return 'connected';
  },
  backlog: async () => {
    const { open, oldestMs } = await store.effects.backlog();
    if (oldestMs > staleMs)
      throw new Error(`${open} effects open, the oldest due for ${Math.round(oldestMs / 1000)} s`);
    return `${open} effects open`;
  },
});
