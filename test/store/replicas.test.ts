/** A Redis with a replica: what is acknowledged is on both, and what cannot be is not acknowledged. */
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import type { Store } from '../../src/engine/ports.ts';
import { redisStore } from '../../src/store/redis.ts';
import { until } from '../contract/fixtures.ts';
import { startRedis } from '../support/servers.ts';

type Server = Awaited<ReturnType<typeof startRedis>>;

async function started(args: readonly string[] = []): Promise<Server> {
  const server = await startRedis({ args });
  onTestFinished(() => server.stop());
  return server;
}

const replicaOf = ({ port }: Server): Promise<Server> =>
  started(['--replicaof', '127.0.0.1', String(port), '--repl-diskless-sync-delay', '0']);

async function storeOn(url: string, replicas: number) {
  const store = await redisStore({ url, replicas });
  onTestFinished(() => store.close());
  return store;
}

const hasCaughtUp = (store: Store): Promise<boolean> =>
  store.replicated().then(
    () => true,
    () => false,
  );

test('a webhook is acknowledged when the replica has it, and an attempt may act', async () => {
  const first = await started();
  const second = await replicaOf(first);
  const store = await storeOn(first.url, 1);
  await until(() => hasCaughtUp(store));
  await store.inbox.put('alertmanager', Buffer.from('{"is":"there"}'));
  const asReplica = new Redis(second.url);
  onTestFinished(() => asReplica.disconnect());
  expect(await asReplica.hvals('{tocsin}:inbox')).toEqual(['{"is":"there"}']);
});

test('without the replica nothing is acknowledged, it is said why, and it goes on when it is back', async () => {
  const first = await started();
  const store = await storeOn(first.url, 1);
  const put = store.inbox.put('alertmanager', Buffer.from('{}'));
  await expect(put).rejects.toThrow(StoreDown);
  await expect(put).rejects.toThrow('of 1 replicas that should have it, 0 do');
  await expect(store.replicated()).rejects.toThrow(StoreDown);
  expect(await store.weaknesses()).toEqual([expect.stringContaining('has 0 replicas, and 1 must have')]);
  await replicaOf(first);
  await until(() => hasCaughtUp(store));
  await expect(store.inbox.put('alertmanager', Buffer.from('{}'))).resolves.toBeTypeOf('string');
  expect(await store.weaknesses()).toEqual([]);
});

test('replicas that nobody waits for are a weakness', async () => {
  const first = await started();
  await replicaOf(first);
  const store = await storeOn(first.url, 0);
  await until(async () =>
    (await store.weaknesses()).some((one) => one.includes('has replicas that are not waited for')),
  );
});
