/** The store in a real Redis keeps the contract; what only Redis can be asked is asked here. */
import { createHash, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { canonical } from '../../src/domain/json.ts';
import { redisStore } from '../../src/store/redis.ts';
import { begun, change, entry, event, incident, refresh, until } from '../contract/fixtures.ts';
import { storeContract } from '../contract/store.contract.ts';
import { startRedis } from '../support/servers.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  server = await startRedis({ appendfsync: 'no' });
});
afterAll(() => server.stop());

async function open(tag = randomUUID()) {
  const [store, second] = await Promise.all([
    redisStore({ url: server.url, tag }),
    redisStore({ url: server.url, tag }),
  ]);
  onTestFinished(async () => {
    await Promise.all([store.close(), second.close()]);
  });
  return { store, second, tag };
}

function raw(): Redis {
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  return redis;
}

describe('redis', () => {
  storeContract(open);

  test('a claim with a time to live ends by itself', async () => {
    const { store } = await open();
    await store.commit(change({ claims: [{ key: 'over/a', set: '1', ttlMs: 30 }] }));
    await until(async () => (await store.claims(['over/a']))[0] === null);
  });

  test('every key carries the hash tag, so that all live in one slot', async () => {
    const { store, tag } = await open();
    const inbox = await store.inbox.put('a', Buffer.from('1'));
    await store.commit(change({ history: [entry('a')], causes: [{ kind: 'inbox', entry: inbox }] }));
    await store.inbox.put('a', Buffer.from('1'));
    await store.budget.take('k', 1, 60_000);
    await store.budget.block('k', 60_000);
    await store.nextNumber('incident');
    const keys = (await raw().keys('*')).filter((key) => key.includes(tag));
    expect(keys.length).toBeGreaterThan(6);
    expect(keys.filter((key) => !key.startsWith(`{${tag}}:`))).toEqual([]);
  });

  test('history is a chain across clients: each hash covers the entry and the hash before it', async () => {
    const { store, second, tag } = await open();
    await store.commit(change({ history: [entry('a'), entry('b')] }));
    await second.commit(change({ version: 1, history: [entry('c')] }));
    await store.commit(change({ version: 2 }));
    await store.commit(change({ version: 3, history: [entry('d')] }));
    const links = (await raw().lrange(`{${tag}}:${incident(1)}:log`, 0, -1)).map((link) => JSON.parse(link));
    let before = '';
    for (const { hash, ...told } of links) {
      before = createHash('sha256')
        .update(`${incident(1)}\n${before}\n${canonical(told)}`)
        .digest('hex');
      expect(hash).toBe(before);
    }
    expect(links).toHaveLength(4);
    expect(await raw().hget(`{${tag}}:${incident(1)}`, 'head')).toBe(before);
  });

  test('who would continue history from an old end is in conflict, and continues from the right one after a look', async () => {
    const { store, second } = await open();
    await store.commit(change({ history: [entry('a')] }));
    const { state: _, ...stateless } = change({ version: 1, history: [entry('b')] });
    await second.commit(stateless);
    const next = change({ version: 1, history: [entry('c')] });
    expect(await store.commit(next)).toEqual({ kind: 'conflict' });
    await store.load(next.id);
    expect(await store.commit(next)).toMatchObject({ version: 2 });
  });

  test('a commit and a consumed inbox entry leave nothing of the body behind', async () => {
    const { store, tag } = await open();
    const inbox = await store.inbox.put('a', Buffer.from('1'));
    await store.commit(change({ causes: [{ kind: 'inbox', entry: inbox }] }));
    expect(await raw().keys(`{${tag}}:inbox:*`)).toEqual([]);
  });

  test('a settled effect and a seen event are forgotten after a day, an open effect never', async () => {
    const { store, tag } = await open();
    const lifeOf = (key: string) => raw().pttl(`{${tag}}:${key}`);
    const hold = await begun(store, refresh());
    await store.commit(change({ causes: [event('e')] }));
    expect(await lifeOf('event:e')).toSatisfy(isAboutADay);
    expect(await lifeOf(`fx:${refresh().id}`)).toBe(-1);
    await store.effects.settle(hold, refresh());
    expect(await lifeOf(`fx:${refresh().id}`)).toSatisfy(isAboutADay);
    await store.effects.open([refresh()]);
    expect(await lifeOf(`fx:${refresh().id}`)).toBe(-1);
  });

  test('scripts that Redis forgot are sent again', async () => {
    const { store } = await open();
    await store.commit(change());
    await raw().script('FLUSH');
    expect(await store.commit(change({ version: 1 }))).toMatchObject({ version: 2 });
  });
});

const dayMs = 86_400_000;
const isAboutADay = (ms: number): boolean => ms > dayMs - 60_000 && ms <= dayMs;
