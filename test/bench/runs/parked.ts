/** Approvals: from the yes to the next step, and what ten thousand runs that wait for one cost. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Bot, startBot } from '../../../src/demo/bot.ts';
import { startSimulator } from '../../../src/simulator/index.ts';
import { freePort, startRedis } from '../../support/servers.ts';
import { settingsOf } from '../../support/settings.ts';
import { token } from '../storm.ts';
import { median, type Row, rounds } from '../table.ts';
import { approved, startRig } from './rig.ts';
import { ownHash } from './rivals.ts';

const clicks = 100;
const atOnce = 200;
const watchedMs = 3_000;

export async function parkedRows(many = 10_000): Promise<readonly Row[]> {
  const click = await clickRow();
  // How often it is written to the disk changes how long it takes to park them, and nothing that is measured of them.
  const [none, full] = [await startRedis({ appendfsync: 'everysec' }), await startRedis({ appendfsync: 'everysec' })];
  const [empty, crowded] = [new Redis(none.url), new Redis(full.url)];
  try {
    const bytes = await parkMany(full.url, crowded, many);
    const starts = { empty: [] as Start[], full: [] as Start[] };
    for (let round = 0; round < rounds; round += 1) {
      starts.empty.push(await restarted(none.url, empty));
      starts.full.push(await restarted(full.url, crowded));
    }
    return [click, ...parkedOnes(many, bytes, starts)];
  } finally {
    for (const client of [empty, crowded]) client.disconnect();
    await Promise.all([none.stop(), full.stop()]);
  }
}

interface Start {
  readonly readyMs: number;
  readonly commands: number;
}

function parkedOnes(
  many: number,
  bytes: number,
  starts: { readonly empty: readonly Start[]; readonly full: readonly Start[] },
): readonly Row[] {
  const waiting = `${many.toLocaleString('en')} approvals waiting`;
  const of = (some: readonly Start[], what: keyof Start): number => median(some.map((start) => start[what]));
  const row = (name: string, what: keyof Start, unit: string): Row => ({
    name: `${name}, ${waiting}`,
    against: 'with none',
    ...{ theirs: of(starts.empty, what), ours: of(starts.full, what), unit, target: { most: 1.2 } },
  });
  return [
    { name: `Redis, each of ${waiting}`, ours: bytes / 1000, unit: 'kB', target: { limit: 1.5 } },
    row('start to ready', 'readyMs', 'ms'),
    row('Redis commands a second', 'commands', '/s'),
  ];
}

/** From Bob's yes until the next step acts. */
async function clickRow(): Promise<Row> {
  const server = await startRedis();
  const rig = await startRig({ url: server.url, playbook: approved, concurrency: 10, incidents: clicks });
  const floor = await ownHash(server.url);
  const times = { ours: [] as number[], floor: [] as number[] };
  for (let n = 0; n < clicks; n += 1) {
    const run = `run-click-${n}`;
    const parked = rig.parked(run);
    await rig.begins(run);
    await parked;
    await floor.park(run);
    // What is shown of it goes first: a person needs a moment, too.
    await pause(50);
    const acts = rig.acts(run);
    times.ours.push(await timed(() => Promise.all([rig.approves(run), acts])));
    times.floor.push(await timed(() => floor.run(run)));
  }
  await Promise.all([floor.stop(), rig.stop()]);
  await server.stop();
  return {
    name: 'approval: from the click to the next step (p50)',
    against: 'a hash and a job',
    ...{ theirs: median(times.floor), ours: median(times.ours), unit: 'ms', target: { most: 1.2 } },
  };
}

/** Bytes of Redis for each, once all of them wait and have been shown. */
async function parkMany(url: string, redis: Redis, many: number): Promise<number> {
  const rig = await startRig({ url, playbook: approved, concurrency: 50, incidents: many });
  await quiet(redis);
  const before = await usedMemory(redis);
  for (let from = 0; from < many; from += atOnce) {
    const ids = Array.from({ length: atOnce }, (_, at) => `run-parked-${from + at}`);
    const parked = ids.map((id) => rig.parked(id));
    await Promise.all(ids.map((id) => rig.begins(id)));
    await Promise.all(parked);
    // No faster than it is shown: who stands in line for longer than a second is woken again.
    await quiet(redis);
  }
  await quiet(redis);
  await rig.stop();
  return ((await usedMemory(redis)) - before) / many;
}

/** Until nothing is due within a minute, and no wake-up is left that somebody has to look at in vain. */
async function quiet(redis: Redis): Promise<void> {
  while ((await soon(redis)) + (await jobs(redis)) > 0) await pause(100);
}

async function soon(redis: Redis): Promise<number> {
  const open = ['due', 'far'].map((name) => redis.zcount(`{tocsin}:${name}`, '-inf', Date.now() + 60_000));
  return (await Promise.all(open)).reduce((sum, count) => sum + count, 0);
}

async function jobs(redis: Redis): Promise<number> {
  const counts = ['act', 'show'].flatMap((queue) => [
    redis.zcard(`{tocsin}:${queue}:prioritized`),
    redis.llen(`{tocsin}:${queue}:wait`),
    redis.llen(`{tocsin}:${queue}:active`),
  ]);
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

const usedMemory = async (redis: Redis): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);

/** A whole Tocsin on what is there: how long until it is ready, and how many commands it sends when nothing happens. */
async function restarted(url: string, redis: Redis): Promise<Start> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-parked-'));
  const slack = await startSimulator({ manifest: 'manifest.yml', limits: 'off' });
  const port = await freePort();
  const env = {
    ...settingsOf({ port, redisUrl: url, blobs: join(dir, 'blobs'), slack, token }),
    TOCSIN_LOG_LEVEL: 'warn',
  };
  const began = performance.now();
  let bot: Bot | undefined;
  try {
    bot = await startBot({ url: `http://127.0.0.1:${port}`, logFile: join(dir, 'tocsin.log'), env });
    const readyMs = performance.now() - began;
    await pause(1_500);
    const before = await commandsSoFar(redis);
    await pause(watchedMs);
    return { readyMs, commands: ((await commandsSoFar(redis)) - before) / (watchedMs / 1000) };
  } finally {
    await bot?.stop();
    await slack.close();
    await rm(dir, { recursive: true, force: true });
  }
}

const commandsSoFar = async (redis: Redis): Promise<number> =>
  Number(/^total_commands_processed:(\d+)/m.exec(await redis.info('stats'))?.[1]);

async function timed(what: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await what();
  return performance.now() - began;
}
