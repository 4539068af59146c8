/** What one alert costs in an incident that has many already, of few groups or of many: decided and committed, on a real Redis. */
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

interface Size {
  readonly alerts: number;
  /** Alertmanager's `group_by: ['...']` makes each alert a group. */
  readonly groups: 'one' | 'each';
}

const sizes: readonly Size[] = [
  { alerts: 10, groups: 'one' },
  { alerts: 1_000, groups: 'one' },
  { alerts: 100_000, groups: 'one' },
  { alerts: 10, groups: 'each' },
  { alerts: 10_000, groups: 'each' },
];

export async function costRows(): Promise<readonly Row[]> {
  const costs = new Map<Size, number>();
  const redis = await startRedis();
  try {
    for (const size of sizes) costs.set(size, await costAt(redis.url, size));
  } finally {
    await redis.stop();
  }
  return sizes
    .filter(({ alerts }) => alerts > 10)
    .map((size) => ({
      name: nameOf(size),
      against: 'in one of 10',
      theirs: costs.get(sizes.find(({ groups }) => groups === size.groups) ?? size) ?? 0,
      ours: costs.get(size) ?? 0,
      unit: 'ms',
      target: { most: 1.2 },
    }));
}

const nameOf = ({ alerts, groups }: Size): string =>
  `one more ${groups === 'one' ? 'alert' : 'group'} in an incident of ${alerts.toLocaleString('en')}`;

async function costAt(url: string, size: Size): Promise<number> {
  const store = await redisStore({ url, tag: `cost-${size.groups}-${size.alerts}` });
  const alerts = createAlerts(worldWith(store));
  const arrive = (group: AlertGroup, name: string) =>
    alerts({ event: name as EventId, group, cause: { kind: 'event', event: name as EventId } });
  const all = groupsOf(size);
  const first = all.slice(0, size.alerts);
  const filling = size.groups === 'one' ? inLumps(first) : first;
  await Promise.all(filling.map((group, at) => arrive(group, `fill-${at}`)));
  const times: number[] = [];
  for (const [at, group] of all.slice(size.alerts).entries()) {
    const began = performance.now();
    await arrive(group, `one-${at}`);
    times.push(performance.now() - began);
  }
  await store.close();
  return median(times);
}

function groupsOf({ alerts, groups }: Size): readonly AlertGroup[] {
  const source = alertmanager('bench');
  const all = bodies({ webhooks: alerts + samples, alerts: 1 }, 'Cost').flatMap((body) => source.parse(body));
  return groups === 'one' ? all : all.map((group, at) => ({ ...group, groupKey: `{}:{pod="api-${at}"}` }));
}

const lump = 5_000;

const inLumps = (groups: readonly AlertGroup[]): readonly AlertGroup[] =>
  Array.from({ length: Math.ceil(groups.length / lump) }, (_, at) =>
    together(groups.slice(at * lump, (at + 1) * lump)),
  );

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
