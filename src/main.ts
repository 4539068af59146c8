/** The composition root: builds everything from the configuration, starts it, and stops it in reverse. */
import { unusableKeys } from './clients/ssh-keys.ts';
import { type Config, secretsOf } from './config/config.ts';
import { createEngine } from './engine/engine.ts';
import type { World } from './engine/world.ts';
import { gaugesOf } from './gauges.ts';
import { historianOf } from './history.ts';
import { createHttp } from './http/server.ts';
import { isGateway, ownHosts } from './pools.ts';
import { startEmbeddedRedis } from './store/embedded.ts';
import { redisStore } from './store/redis.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import { checksOf, mounted, queueAt, type Stops, slackOf, watchedBy, worldOf } from './wiring.ts';

export interface Tocsin {
  /** Where webhooks come in: `http://127.0.0.1:8080`. */
  readonly address: string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly redisProgram: string;
  /** Called when nothing can go on (its own Redis ended). */
  readonly onFatal: (why: string) => void;
  /** For tests that put something between the engine and the world. */
  readonly decorate?: (world: World) => World;
}

const graceMs = 10_000;

export async function startTocsin(config: Config, options: StartOptions): Promise<Tocsin> {
  const stops: Stops = [];
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

async function started(config: Config, options: StartOptions, stops: Stops): Promise<string> {
  const telemetry = createTelemetry({ level: config.log.level, secrets: secretsOf(config) });
  const url = await redisUrl(config, options, stops);
  const historian = await historianOf(config, telemetry);
  stops.push(historian.stop);
  const store = await redisStore({
    url,
    replicas: config.redis.kind === 'url' ? config.redis.replicas : 0,
    onError: (error) => telemetry.log.warn('redis', { error }),
    ...historian,
  });
  stops.push(() => store.close());
  const queue = queueAt(url, config, telemetry);
  const slack = slackOf(config, { store, telemetry });
  stops.push(() => slack.stop());
  const built = await worldOf(config, { store, queue, slack, telemetry, stops });
  const world = options.decorate?.(built) ?? built;
  // Whoever works uses chat, ssh and the store: the queue is emptied before they close.
  stops.push(() => queue.close(graceMs));
  const engine = createEngine(world);
  telemetry.watch(gaugesOf(world, { slack, pools: config.pools }));
  const hears = isGateway(config);
  const http = createHttp({
    sources: hears ? mounted(config) : {},
    deliver: engine.inbox.deliver,
    ...(hears && slack.handle && { posts: { '/slack/events': slack.handle } }),
    checks: checksOf(world, hears ? slack : undefined),
    exposition: telemetry.exposition,
    telemetry,
  });
  const address = await http.listen(config.http.port, config.http.host);
  stops.push(() => http.close());
  if (hears) await slack.listen(engine.desk);
  stops.push(await engine.start(config.worker.concurrency));
  stops.push(watchedBy(config, built.playbooks, telemetry));
  for (const weakness of await store.weaknesses())
    telemetry.log.warn('what is acknowledged could be lost', { why: weakness });
  for (const why of await unusableKeys(ownHosts(config))) telemetry.log.error('a host cannot be reached', { why });
  telemetry.log.info('ready', {
    ...config.process,
    address,
    playbooks: world.playbooks.current().length,
    slack: slack.state(),
  });
  return address;
}

async function redisUrl({ redis }: Config, { redisProgram, onFatal }: StartOptions, stops: Stops): Promise<string> {
  if (redis.kind === 'url') return redis.url.reveal();
  const embedded = await startEmbeddedRedis({ folder: redis.folder, program: redisProgram, onEnd: onFatal });
  stops.push(embedded.stop);
  return embedded.url;
}
