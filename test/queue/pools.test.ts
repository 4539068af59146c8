/** Queues of pools: each worker hears of the steps of its own pools, whoever wakes them; the same on Redis and in memory. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Queue } from '../../src/engine/ports.ts';
import { bullQueue } from '../../src/queue/bullmq.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { poolQueues } from '../../src/queue/pools.ts';
import { until } from '../contract/fixtures.ts';
import { wakeUp } from '../contract/queue.contract.ts';
import { startRedis } from '../support/servers.ts';

type Server = Awaited<ReturnType<typeof startRedis>>;
let redis: Server;
beforeAll(async () => {
  redis = await startRedis({ appendfsync: 'no' });
});
afterAll(() => redis.stop());

interface Opened {
  /** The queue of this name, as each process opens it. */
  readonly named: (name: string) => Queue;
  readonly turn: () => Promise<unknown>;
}

const kinds: Readonly<Record<string, () => Opened>> = {
  bullmq: () => {
    const prefix = `{${randomUUID()}}`;
    const named = (name: string) => bullQueue({ url: redis.url, name, prefix, onError: () => undefined });
    return { named, turn: async () => undefined };
  },
  memory: () => {
    const opened = new Map<string, ReturnType<typeof memoryQueue>>();
    const named = (name: string) => opened.get(name) ?? opened.set(name, memoryQueue()).get(name) ?? memoryQueue();
    return { named, turn: () => Promise.all([...opened.values()].map((queue) => queue.drain(Date.now()))) };
  },
};

describe.each(Object.entries(kinds))('%s', (_, open) => {
  const opened = () => {
    const { named, turn } = open();
    const process = (shared: boolean, ...pools: string[]): Queue => {
      const queue = poolQueues({
        shared: named('shared'),
        open: (pool) => named(`steps-${pool}`),
        works: { shared, pools },
      });
      onTestFinished(() => queue.close(100));
      return queue;
    };
    return { process, turn };
  };

  test('a worker is woken for its own pools, and a gateway for what has none', async () => {
    const { process, turn } = opened();
    const heard: Record<string, string[]> = { gateway: [], eu: [], both: [] };
    const hears = (who: string) => async (id: string) => void heard[who]?.push(id);
    const gateway = process(true);
    await gateway.work(hears('gateway'), 2);
    await process(false, 'eu').work(hears('eu'), 2);
    await process(false, 'us', 'asia').work(hears('both'), 2);
    const all = [
      wakeUp('message'),
      wakeUp('in eu', { pool: 'eu' }),
      wakeUp('in us', { pool: 'us' }),
      wakeUp('in asia', { pool: 'asia' }),
      wakeUp('nowhere', { pool: 'mars' }),
    ];
    await gateway.wake(all, Date.now());
    await until(async () => {
      await turn();
      return Object.values(heard).flat().length >= 4;
    });
    expect({ ...heard, both: heard.both?.toSorted() }).toEqual({
      gateway: ['message'],
      eu: ['in eu'],
      both: ['in asia', 'in us'],
    });
  });

  test('what was woken before a worker of its pool came waits there for it', async () => {
    const { process, turn } = opened();
    const heard: string[] = [];
    await process(true).wake([wakeUp('in eu', { pool: 'eu' })], Date.now());
    await process(false, 'eu').work(async (id) => void heard.push(id), 1);
    await until(async () => {
      await turn();
      return heard.length > 0;
    });
    expect(heard).toEqual(['in eu']);
  });
});
