/** The queue on BullMQ and a real Redis keeps the contract, leaves nothing behind, and survives its Redis. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import { bullQueue } from '../../src/queue/bullmq.ts';
import { minuteMs, until } from '../contract/fixtures.ts';
import { queueContract, wakeUp } from '../contract/queue.contract.ts';
import { freePort, startRedis } from '../support/servers.ts';

type Server = Awaited<ReturnType<typeof startRedis>>;
let shared: Server;
beforeAll(async () => {
  shared = await startRedis({ appendfsync: 'no' });
});
afterAll(() => shared.stop());

function queueOn(url: string, prefix = `{${randomUUID()}}`) {
  const errors: unknown[] = [];
  const queue = bullQueue({ url, prefix, onError: (error) => errors.push(error) });
  onTestFinished(() => queue.close(100));
  return { queue, prefix, errors };
}

describe('bullmq', () => {
  queueContract(async () => {
    const { queue, prefix, errors } = queueOn(shared.url);
    const { queue: second } = queueOn(shared.url, prefix);
    return { queue, second, turn: async () => undefined, errors };
  });

  test('jobs carry the id and nothing else, and leave nothing behind', async () => {
    const { queue, prefix } = queueOn(shared.url);
    const redis = new Redis(shared.url);
    onTestFinished(() => redis.disconnect());
    await queue.wake([wakeUp('run_step:a')], Date.now());
    const jobKey = `${prefix}:effects:run_step%3Aa.1`;
    expect(await redis.hget(jobKey, 'data')).toBe('{"id":"run_step:a"}');
    await queue.work(async () => undefined, 1);
    await until(async () => (await redis.exists(jobKey)) === 0);
    expect((await redis.keys('*run_step*')).filter((key) => key.startsWith(prefix))).toEqual([]);
  });

  test('closed over a handler that never ends, it leaves no connection behind', async () => {
    const server = await startRedis({ appendfsync: 'no' });
    onTestFinished(() => server.stop());
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    const { queue } = queueOn(server.url);
    const { promise: begun, resolve: beginNow } = Promise.withResolvers<void>();
    await queue.work(() => {
      beginNow();
      return new Promise(() => undefined);
    }, 1);
    await queue.wake([wakeUp('a')], Date.now());
    await begun;
    await queue.close(20);
    await until(
      async () =>
        String(await redis.client('LIST'))
          .trim()
          .split('\n').length === 1,
    );
  });

  test('two workers share the work, each wake-up once', async () => {
    const { queue, prefix } = queueOn(shared.url);
    const { queue: second } = queueOn(shared.url, prefix);
    const handled: string[] = [];
    const workers = new Set<string>();
    const work = (worker: string) => async (id: string) => {
      workers.add(worker);
      handled.push(id);
      await until(async () => workers.size === 2);
    };
    await queue.work(work('one'), 2);
    await second.work(work('two'), 2);
    const wakeUps = Array.from({ length: 100 }, (_, index) => wakeUp(`e${index}`));
    await queue.wake(wakeUps, Date.now());
    await until(async () => handled.length >= 100);
    expect(new Set(handled).size).toBe(100);
  });
});

describe('a Redis that goes away', () => {
  test('where none listens, waking is answered with StoreDown, and closing ends', async () => {
    const { queue } = queueOn(`redis://127.0.0.1:${await freePort()}`);
    await queue.work(async () => undefined, 1);
    await expect(queue.wake([wakeUp('a')], Date.now())).rejects.toBeInstanceOf(StoreDown);
    await queue.close(10);
  });

  test('frozen, it is answered with StoreDown, and works again after it', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const { queue } = queueOn(server.url);
    await queue.wake([wakeUp('warm-up', { dueAt: Date.now() + minuteMs })], Date.now());
    process.kill(server.pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(server.pid, 'SIGCONT'));
    await expect(queue.wake([wakeUp('a')], Date.now())).rejects.toBeInstanceOf(StoreDown);
    process.kill(server.pid, 'SIGCONT');
    await until(() =>
      queue.wake([wakeUp('b')], Date.now()).then(
        () => true,
        () => false,
      ),
    );
  });

  test('killed and restarted, the same worker goes on with what waited and what comes', async () => {
    const server = await startRedis({ appendfsync: 'always' });
    onTestFinished(() => server.stop());
    const { queue, errors } = queueOn(server.url);
    const now = Date.now();
    await queue.wake([wakeUp('waited', { dueAt: now + 1500 })], now);
    const handled: string[] = [];
    await queue.work(async (id) => void handled.push(id), 1);
    await server.kill('SIGKILL');
    await until(async () => errors.length > 0);
    const again = await startRedis({ dir: server.dir, port: server.port });
    onTestFinished(() => again.stop());
    await until(() =>
      queue.wake([wakeUp('came')], Date.now()).then(
        () => true,
        () => false,
      ),
    );
    await until(async () => handled.includes('came') && handled.includes('waited'));
  });
});
