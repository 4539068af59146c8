/** A run of five steps that do nothing: how long it takes alone, how many there are a second, and what they ask of Redis. */
import { Redis } from 'ioredis';
import { startRedis } from '../../support/servers.ts';
import { median, type Row, rounds } from '../table.ts';
import { fiveSteps, startRig } from './rig.ts';
import { bareJob, chainedJobs, nestedFlow } from './rivals.ts';

const alone = 20;
const atOnce = 100;
const concurrency = 50;

interface Contestant {
  run(id: string): Promise<void>;
  readonly latency: number[];
  readonly each: number[];
  readonly scripts: number[];
}

export async function fiveRows(): Promise<readonly Row[]> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const rig = await startRig({ url: server.url, playbook: fiveSteps, concurrency, incidents: atOnce });
  const rivals = {
    bare: await bareJob(server.url, concurrency),
    chained: await chainedJobs(server.url, concurrency),
    flow: await nestedFlow(server.url, concurrency),
  };
  const contestant = (run: Contestant['run']): Contestant => ({ run, latency: [], each: [], scripts: [] });
  const all = {
    ours: contestant(async (id) => {
      const over = rig.over(`run-${id}`);
      await rig.begins(`run-${id}`);
      await over;
    }),
    bare: contestant(rivals.bare.run),
    chained: contestant(rivals.chained.run),
    flow: contestant(rivals.flow.run),
  };
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const [name, one] of Object.entries(all)) await measure(redis, one, `${name}-${round}`);
    return rows(all);
  } finally {
    await Promise.all([rig.stop(), ...Object.values(rivals).map(({ stop }) => stop())]);
    redis.disconnect();
    await server.stop();
  }
}

async function measure(redis: Redis, { run, latency, each, scripts }: Contestant, name: string): Promise<void> {
  for (let n = 0; n < alone; n += 1) latency.push(await timed(() => run(`${name}-alone-${n}`)));
  const before = await evals(redis);
  const ids = Array.from({ length: atOnce }, (_, n) => `${name}-many-${n}`);
  each.push((await timed(() => Promise.all(ids.map(run)))) / atOnce);
  // What is shown of them comes a little later, and is part of the price.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  scripts.push(((await evals(redis)) - before) / atOnce);
}

async function timed(what: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await what();
  return performance.now() - began;
}

async function evals(redis: Redis): Promise<number> {
  const info = await redis.info('commandstats');
  const calls = [...info.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].map(([, count]) => Number(count));
  return calls.reduce((sum, count) => sum + count, 0);
}

type All = Readonly<Record<'ours' | 'bare' | 'chained' | 'flow', Contestant>>;

function rows({ ours, bare, chained, flow }: All): readonly Row[] {
  const many = `run of five steps, ${atOnce} at once, each`;
  return [
    {
      name: 'run of five steps, alone (p50)',
      against: 'one job + 5 writes',
      ...{ theirs: median(bare.latency), ours: median(ours.latency), unit: 'ms' },
      target: { most: 1.25 },
    },
    {
      name: many,
      against: 'five chained jobs',
      ...{ theirs: median(chained.each), ours: median(ours.each), unit: 'ms' },
      target: { least: 1.5 },
    },
    {
      name: many,
      against: 'a flow of five',
      ...{ theirs: median(flow.each), ours: median(ours.each), unit: 'ms' },
      target: { least: 2.5 },
    },
    {
      name: 'scripts that Redis runs for such a run',
      against: 'five chained jobs',
      ...{ theirs: median(chained.scripts), ours: median(ours.scripts), unit: '' },
      target: { least: 2.5 },
    },
  ];
}
