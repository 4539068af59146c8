/** A Redis that is frozen, killed, full or not there: the store says so in time, and nothing acknowledged is lost. */
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import type { Store } from '../../src/engine/ports.ts';
import { redisStore } from '../../src/store/redis.ts';
import { begun, change, entry, event, incident, step, until } from '../contract/fixtures.ts';
import { freePort, startRedis } from '../support/servers.ts';

type Server = Awaited<ReturnType<typeof startRedis>>;

async function start(options: Parameters<typeof startRedis>[0] = {}): Promise<Server> {
  const server = await startRedis(options);
  onTestFinished(() => server.stop());
  return server;
}

async function storeOn(url: string): Promise<Store> {
  const store = await redisStore({ url });
  onTestFinished(() => store.close());
  return store;
}

/** Whatever it answers with, and that it does within 2.5 s (and what the machine is late). */
async function failureOf(asked: Promise<unknown>): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(() => resolve('no answer'), 4000).unref());
  return await Promise.race([asked.then(() => 'an answer').catch((error: unknown) => error), late]);
}

function freeze(server: Server): () => void {
  const thaw = () => void process.kill(server.pid, 'SIGCONT');
  process.kill(server.pid, 'SIGSTOP');
  onTestFinished(thaw);
  return thaw;
}

const bigBody = Buffer.alloc(12 * 1024 * 1024, 'x');

describe('a frozen Redis', () => {
  test('every question ends as StoreDown within its deadline, and works again after it', async () => {
    const server = await start();
    const store = await storeOn(server.url);
    const thaw = freeze(server);
    const asked = [
      store.inbox.put('alertmanager', Buffer.from('{}')),
      store.inbox.put('alertmanager', bigBody),
      store.commit(change()),
      store.load(change().id),
      store.now(),
      store.inbox.stale(0, 1),
      store.effects.overdue(10),
      store.budget.take('k', 1, 1),
      store.weaknesses(),
    ];
    for (const failure of await Promise.all(asked.map(failureOf))) expect(failure).toBeInstanceOf(StoreDown);
    thaw();
    await until(() => store.now().catch(() => false));
    expect(await store.inbox.put('alertmanager', Buffer.from('{}'))).toMatch(/~/);
  });

  test('a commit whose answer was lost has got through once: trying again says repeated', async () => {
    const server = await start();
    const store = await storeOn(server.url);
    const wanted = change({ history: [entry('a')], causes: [event('e')], effects: [step('a')] });
    // So that Redis knows the script: else it would only have refused the unknown one.
    await store.commit(change({ id: incident(2) }));
    const thaw = freeze(server);
    expect(await failureOf(store.commit(wanted))).toBeInstanceOf(StoreDown);
    thaw();
    expect(await until(() => store.commit(wanted).catch(() => undefined))).toEqual({ kind: 'repeated' });
    expect(await store.load(wanted.id)).toMatchObject({ version: 1 });
    expect(await store.history(wanted.id, 10)).toEqual([entry('a')]);
  });
});

describe('a killed Redis', () => {
  test('is down at once; restarted, it has every acknowledged write, and the same store goes on', async () => {
    const server = await start({ appendfsync: 'always' });
    const errors: unknown[] = [];
    const store = await redisStore({ url: server.url, onError: (error) => errors.push(error) });
    onTestFinished(() => store.close());
    const body = await store.inbox.put('alertmanager', Buffer.from('{"version":"4"}'));
    await store.commit(change({ history: [entry('a')], claims: [{ key: 'k', set: 'v' }], effects: [step('a')] }));
    const hold = await begun(store, step('b'));
    await server.kill('SIGKILL');
    expect(await failureOf(store.inbox.put('alertmanager', Buffer.from('{}')))).toBeInstanceOf(StoreDown);
    expect(await failureOf(store.commit(change({ version: 1 })))).toBeInstanceOf(StoreDown);
    await until(async () => errors.length > 0);
    await start({ dir: server.dir, port: server.port });
    await until(() => store.now().catch(() => false));
    expect(await store.inbox.stale(0, 10)).toMatchObject([{ entry: body, source: 'alertmanager' }]);
    expect(await store.load(change().id)).toMatchObject({ version: 1 });
    expect(await store.claims(['k'])).toEqual(['v']);
    expect(await store.effects.begin(step('a').id, { owner: 'w' }, 1000)).toMatchObject({ hold: { n: 1 } });
    expect(await store.effects.begin(step('b').id, { owner: 'w' }, 1000)).toBeUndefined();
    expect(await store.effects.extend(hold, 1000)).toBe(true);
    expect(await store.inbox.size()).toBe(1);
  });

  test('every write that was acknowledged in a storm is there after kill -9', async () => {
    const server = await start({ appendfsync: 'always' });
    const store = await storeOn(server.url);
    const acknowledged: string[] = [];
    const storm = Array.from({ length: 200 }, async (_, index) => {
      acknowledged.push(await store.inbox.put('alertmanager', Buffer.from(`${index}`)));
      if (acknowledged.length === 100) await server.kill('SIGKILL');
    });
    await Promise.allSettled(storm);
    await start({ dir: server.dir, port: server.port });
    await until(() => store.now().catch(() => false));
    const kept = (await store.inbox.stale(0, 1000)).map(({ entry: id }) => id);
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
    expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
  });
});

describe('a Redis that is not as it should be', () => {
  test('where none listens, the store is not made, and says where it looked, without the password', async () => {
    const port = await freePort();
    const failure = await failureOf(redisStore({ url: `redis://:s3cret@127.0.0.1:${port}` }));
    expect(failure).toBeInstanceOf(StoreDown);
    expect(String(failure)).toContain(`127.0.0.1:${port}`);
    expect(String(failure)).not.toContain('s3cret');
    expect(String(failure)).toContain('redis.url');
  });

  test('a wrong password is told', async () => {
    const server = await start();
    await settingsOf(server).config('SET', 'requirepass', 'right');
    const failure = await failureOf(redisStore({ url: server.url.replace('//', '//:wrong@') }));
    expect(failure).toBeInstanceOf(StoreDown);
    expect(String(failure)).toMatch(/(WRONGPASS|NOAUTH).*Give the user and the password/);
  });

  test('a Redis without memory left is down, for the inbox as for a commit', async () => {
    const server = await start();
    const store = await storeOn(server.url);
    await settingsOf(server).config('SET', 'maxmemory', '1');
    expect(await failureOf(store.inbox.put('alertmanager', Buffer.from('{}')))).toBeInstanceOf(StoreDown);
    expect(await failureOf(store.commit(change()))).toBeInstanceOf(StoreDown);
    expect(await store.load(change().id)).toMatchObject({ version: 0, state: undefined });
  });

  test('what it could lose is said in words, and nothing where nothing is wrong', async () => {
    const server = await start();
    const store = await storeOn(server.url);
    const redis = settingsOf(server);
    expect(await store.weaknesses()).toEqual([]);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.config('SET', 'appendfsync', 'everysec');
    const [loss, eviction, ...more] = await store.weaknesses();
    expect(loss).toContain('appendfsync everysec: a power cut loses about the last second');
    expect(eviction).toContain('maxmemory-policy allkeys-lru');
    expect(more).toEqual([]);
    await redis.config('SET', 'appendonly', 'no');
    expect((await store.weaknesses())[0]).toContain(`Redis at 127.0.0.1:${server.port} has appendonly no`);
  });

  test('a Redis that hides its configuration has one weakness: that it cannot be seen', async () => {
    const server = await start({ args: ['--rename-command', 'CONFIG', ''] });
    const store = await storeOn(server.url);
    expect(await store.weaknesses()).toEqual([expect.stringContaining('does not let its configuration be read')]);
  });
});

function settingsOf(server: Server): Redis {
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  return redis;
}
