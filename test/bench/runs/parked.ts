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
import { median, type Row } from '../table.ts';
import { approved, type Rig, startRig } from './rig.ts';
import { ownHash } from './rivals.ts';

const clicks = 100;
const many = 10_000;
const atOnce = 200;
const watchedMs = 5_000;

export async function parkedRows(): Promise<readonly Row[]> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  try {
    const empty = await restarted(server.url, redis);
    const rig = await startRig({ url: server.url, playbook: approved, concurrency: 50, incidents: many + clicks });
    const clickRow = await clicked(rig, server.url);
    const bytes = await parkMany(rig, redis);
    await rig.stop();
    const full = await restarted(server.url, redis);
    return [
      clickRow,
      { name: 'Redis, for a run that waits for approval', ours: bytes / 1000, unit: 'kB', target: { limit: 1.5 } },
      {
        name: `start to ready, ${many.toLocaleString('en')} approvals waiting`,
        ...{ against: 'with none', theirs: empty.readyMs, ours: full.readyMs, unit: 'ms', target: { most: 1.2 } },
      },
      {
        name: `Redis commands a second, ${many.toLocaleString('en')} approvals waiting`,
        ...{ against: 'with none', theirs: empty.commands, ours: full.commands, unit: '/s', target: { most: 1.2 } },
      },
    ];
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

/** From Bob's yes until the next step acts. */
async function clicked(rig: Rig, url: string): Promise<Row> {
  const floor = await ownHash(url);
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
  await floor.stop();
  return {
    name: 'approval: from the click to the next step (p50)',
    against: 'a hash and a job',
    ...{ theirs: median(times.floor), ours: median(times.ours), unit: 'ms', target: { most: 1.2 } },
  };
}

/** Bytes of Redis for each, once all of them wait and have been shown. */
async function parkMany(rig: Rig, redis: Redis): Promise<number> {
  await quiet(redis);
  const before = await usedMemory(redis);
  for (let from = 0; from < many; from += atOnce) {
    const ids = Array.from({ length: atOnce }, (_, at) => `run-parked-${from + at}`);
    const parked = ids.map((id) => rig.parked(id));
    await Promise.all(ids.map((id) => rig.begins(id)));
    await Promise.all(parked);
  }
  await quiet(redis);
  return ((await usedMemory(redis)) - before) / many;
}

/** Until nothing is due within a minute. */
async function quiet(redis: Redis): Promise<void> {
  while ((await redis.zcount('{tocsin}:due', '-inf', Date.now() + 60_000)) > 0) await pause(200);
}

const usedMemory = async (redis: Redis): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);

/** A whole Tocsin on what is there: how long until it is ready, and how many commands it sends when nothing happens. */
async function restarted(url: string, redis: Redis): Promise<{ readyMs: number; commands: number }> {
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
    await pause(2_000);
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
