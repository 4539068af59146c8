/** Processes on one Redis that follow the same schedule: each occurrence is taken once, whoever races or dies for it. */
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AggregateId } from '../../src/domain/ids.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Store } from '../../src/engine/ports.ts';
import { startRedis } from '../support/servers.ts';
import { runsIn, untilOver, type Worker, type WorkersOptions, workersOn } from './workers.ts';

const longMs = 120_000;
const eachMinute = `schema: playbook/v1
id: drill
name: Drill
owners: [team-shop]
triggers:
  - schedule: {cron: "* * * * *", timezone: Europe/Berlin}
    mode: auto
steps: [{id: act, action: shop.exec, with: {host: shop-1}}]
`;

let redis: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** Redis's own clock, so many minutes ahead. */
async function stage(options: Pick<WorkersOptions, 'store'> = {}) {
  const client = new Client(redis.url);
  await client.flushall();
  client.disconnect();
  const clock = { aheadMs: 0 };
  const store = (real: Store, owner: string): Store => {
    const ahead: Store = Object.assign(Object.create(real), {
      now: async () => (await real.now()) + clock.aheadMs,
      load: async (id: AggregateId) => {
        const loaded = await real.load(id);
        return { ...loaded, now: loaded.now + clock.aheadMs };
      },
    });
    return options.store?.(ahead, owner) ?? ahead;
  };
  return { clock, ...workersOn({ url: redis.url, playbooks: [eachMinute], ...options, store }) };
}

async function incidentsOf({ world }: Worker): Promise<readonly Incident[]> {
  const ids = await world.store.list('incident', 'all', 100);
  return await Promise.all(ids.map(async (id) => (await world.store.load(id)).state as unknown as Incident));
}

const looks = (workers: readonly Worker[]) =>
  Promise.all(workers.flatMap(({ engine }) => [engine.schedules.look(), engine.schedules.look()]));

test('processes that race for each minute open one incident for it, and act once', { timeout: longMs }, async () => {
  const { clock, start, target } = await stage();
  const workers = await Promise.all([start(), start(), start()]);
  await looks(workers);
  const minutes = 6;
  for (let minute = 0; minute < minutes; minute += 1) {
    clock.aheadMs += 60_000;
    await looks(workers);
  }
  const [first] = workers;
  if (!first) throw new Error('no worker');
  const incidents = await incidentsOf(first);
  const times = incidents.map(({ scheduledFor }) => scheduledFor);
  expect(new Set(times).size).toBe(times.length);
  // A minute of the real clock may have gone by meanwhile.
  expect(times.length).toBeGreaterThanOrEqual(minutes);
  await untilOver(first, target, longMs);
  const runs = await runsIn(first);
  expect(target.dispatched).toHaveLength(runs.length);
  await Promise.all(workers.map(({ stop }) => stop()));
});

test('an occurrence whose taker died before it wrote is taken by the next', { timeout: longMs }, async () => {
  let deaths = 0;
  const { clock, start } = await stage({
    store: (real, owner) =>
      Object.assign(Object.create(real), {
        commit: async (change: Parameters<Store['commit']>[0]) => {
          if (owner !== 'worker-1' || change.kind !== 'incident') return await real.commit(change);
          deaths += 1;
          throw new Error('killed');
        },
      }),
  });
  const [dying, next] = [await start(0), await start(0)];
  await looks([dying, next]);
  clock.aheadMs += 60_000;
  await expect(dying.engine.schedules.look()).rejects.toThrow('killed');
  await next.engine.schedules.look();
  expect(deaths).toBe(1);
  expect((await incidentsOf(next)).length).toBe(1);
  await Promise.all([dying.stop(), next.stop()]);
});
