/** What one alert costs in an incident that has many already: decided and committed, on a real Redis. */
import type { AlertGroup } from '../../src/domain/alert.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { createAlerts } from '../../src/engine/alerts.ts';
import type { World } from '../../src/engine/world.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { redisStore } from '../../src/store/redis.ts';
import { startRedis } from '../support/servers.ts';
import { policy } from './policy.ts';
import { bodies } from './storm.ts';
import { median, type Row } from './table.ts';

const samples = 150;
const sizes = [10, 1_000, 100_000] as const;

export async function costRows(): Promise<readonly Row[]> {
  const costs = new Map<number, number>();
  const redis = await startRedis();
  try {
    for (const size of sizes) costs.set(size, await costAt(redis.url, size));
  } finally {
    await redis.stop();
  }
  const small = costs.get(10) ?? 0;
  return [1_000, 100_000].map((size) => ({
    name: `one more alert in an incident of ${size.toLocaleString('en')}`,
    against: 'in one of 10',
    theirs: small,
    ours: costs.get(size) ?? 0,
    unit: 'ms',
    target: { most: 1.2 },
  }));
}

async function costAt(url: string, size: number): Promise<number> {
  const store = await redisStore({ url, tag: `cost-${size}` });
  const alerts = createAlerts(worldWith(store));
  const arrive = (group: AlertGroup, name: string) =>
    alerts({ event: name as EventId, group, cause: { kind: 'event', event: name as EventId } });
  const all = groupsOf(size + samples);
  const first = all.slice(0, size);
  for (let from = 0; from < first.length; from += 5_000)
    await arrive(together(first.slice(from, from + 5_000)), `fill-${from}`);
  const times: number[] = [];
  for (const [at, group] of all.slice(size).entries()) {
    const began = performance.now();
    await arrive(group, `one-${at}`);
    times.push(performance.now() - began);
  }
  await store.close();
  return median(times);
}

function groupsOf(count: number): readonly AlertGroup[] {
  const source = alertmanager('bench');
  return bodies({ webhooks: count, alerts: 1 }, 'Cost').flatMap((body) => source.parse(body));
}

const together = (groups: readonly AlertGroup[]): AlertGroup => {
  const [first] = groups;
  if (!first) throw new Error('nothing to put together');
  return { ...first, alerts: groups.flatMap(({ alerts }) => alerts) };
};

/** Deciding and committing alone: nothing is performed. */
const worldWith = (store: World['store']): World =>
  ({
    store,
    queue: memoryQueue(),
    policy,
    playbooks: { current: () => [], problems: () => [], commit: () => undefined },
    actions: new Map(),
    pure: { matches: () => false },
    telemetry: { log: { info() {}, warn() {}, error() {} }, metrics: { count() {}, observe() {} } },
  }) as unknown as World;
