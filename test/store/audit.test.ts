/** Whoever may write to Redis can change history there, but not unseen. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { AggregateId } from '../../src/domain/ids.ts';
import { type Audited, auditHistories } from '../../src/store/audit.ts';
import { chained, keyedSeal, plainSeal, type Seal, unchained } from '../../src/store/chain.ts';
import { redisStore } from '../../src/store/redis.ts';
import { change, entry, incident } from '../contract/fixtures.ts';
import { startRedis } from '../support/servers.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  server = await startRedis({ appendfsync: 'no' });
});
afterAll(() => server.stop());

const key = 'a key that is not in Redis';
const seal = keyedSeal(key);

/** Two histories of four entries each, sealed; where they had come to was written down in the middle and at the end. */
async function written(seals: readonly [Seal, Seal] = [seal, seal]) {
  const tag = randomUUID();
  const heads = new Map<AggregateId, { at: number; head: string }[]>();
  const onHead = (id: AggregateId, head: string) =>
    void heads.set(id, [...(heads.get(id) ?? []), { at: (heads.get(id) ?? []).length, head }]);
  for (const [at, one] of seals.entries()) {
    const store = await redisStore({ url: server.url, tag, seal: one, onHead });
    for (const id of [incident(1), incident(2)])
      await store.commit(change({ id, version: at, history: [entry(`${at}a`), entry(`${at}b`)] }));
    await store.close();
  }
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const log = `{${tag}}:${incident(1)}:log`;
  return { tag, heads, redis, log, links: await redis.lrange(log, 0, -1), head: `{${tag}}:${incident(1)}` };
}

type Written = Awaited<ReturnType<typeof written>>;

async function audit({ tag, heads }: Written, { isWrittenDown = true, keys = [key] } = {}) {
  const found: Audited[] = [];
  const given = { url: server.url, tag, seals: keys.map(keyedSeal), ids: [], left: new Set<AggregateId>() };
  for await (const one of auditHistories({ ...given, written: isWrittenDown ? heads : new Map() })) found.push(one);
  return found;
}

/** Everything from the third entry on anew, and the end with it. */
async function forge({ redis, log, head, links }: Written, by: Seal): Promise<void> {
  const before = { id: incident(1), head: JSON.parse(links[1] ?? '').hash, seal: by };
  const forged = chained(before, [entry('nobody approved it'), entry('1b')]);
  await redis.ltrim(log, 0, 1);
  await redis.rpush(log, ...forged.links);
  await redis.hset(head, 'head', forged.head);
}

const changed = (link = ''): string => link.replace('"detail":"0b"', '"detail":"somebody else"');

describe('what was written', () => {
  test('is found to be so, by whoever has the key', async () => {
    const [one, two, ...more] = await audit(await written());
    expect(one).toEqual({ id: 'inc-1', entries: 4, plain: 0, head: expect.any(String), endsElsewhere: false });
    expect(two).toMatchObject({ id: 'inc-2', entries: 4, endsElsewhere: false });
    expect(more).toEqual([]);
  });

  test('cannot be vouched for without the key', async () => {
    const [one] = await audit(await written(), { keys: ['another key than the one it is'] });
    expect(one?.fault).toMatchObject({ kind: 'unknown_key', at: 1 });
  });

  test('with one key and then another is vouched for by both', async () => {
    const all = await written([keyedSeal('the key of last year'), seal]);
    expect((await audit(all, { keys: [key, 'the key of last year'] }))[0]).not.toHaveProperty('fault');
    expect((await audit(all))[0]?.fault?.kind).toBe('unknown_key');
  });

  test('before there was a key is counted, and after there was one it is a fault', async () => {
    const [before] = await audit(await written([plainSeal, seal]));
    expect(before).toMatchObject({ entries: 4, plain: 2 });
    expect(before).not.toHaveProperty('fault');
    const [after] = await audit(await written([seal, plainSeal]));
    expect(after?.fault).toMatchObject({ kind: 'without_key', at: 3 });
  });
});

describe('it is found when somebody', () => {
  test('changes an entry', async () => {
    const all = await written();
    await all.redis.lset(all.log, 1, changed(all.links[1]));
    const [one, two] = await audit(all, { isWrittenDown: false });
    expect(one?.fault).toMatchObject({ kind: 'changed', at: 2, entry: { detail: 'somebody else' } });
    expect(two).not.toHaveProperty('fault');
  });

  test('takes one out', async () => {
    const all = await written();
    await all.redis.lrem(all.log, 1, all.links[1] ?? '');
    expect((await audit(all, { isWrittenDown: false }))[0]?.fault).toMatchObject({ kind: 'changed', at: 2 });
  });

  test('takes one in from another incident', async () => {
    const all = await written();
    const other = await all.redis.lindex(all.log.replace('inc-1', 'inc-2'), 0);
    await all.redis.lset(all.log, 0, other ?? '');
    expect((await audit(all, { isWrittenDown: false }))[0]?.fault).toMatchObject({ kind: 'changed', at: 1 });
  });

  test('takes off the last ones, and says that it ends there', async () => {
    const all = await written();
    await all.redis.ltrim(all.log, 0, 1);
    expect((await audit(all, { isWrittenDown: false }))[0]).toMatchObject({ endsElsewhere: true });
    await all.redis.hset(all.head, 'head', JSON.parse(all.links[1] ?? '').hash);
    const [one] = await audit(all);
    expect(one).toMatchObject({ endsElsewhere: false, lostSince: 1 });
    expect(one).not.toHaveProperty('fault');
  });

  test.each([
    { what: 'without a key', by: plainSeal, kind: 'without_key' },
    { what: 'with a key of their own', by: keyedSeal('a key that is theirs'), kind: 'unknown_key' },
  ])('writes the rest anew $what', async ({ by, kind }) => {
    const all = await written();
    await forge(all, by);
    const [one] = await audit(all);
    expect(one?.fault).toMatchObject({ kind, at: 3, entry: { detail: 'nobody approved it' } });
    expect(one).toMatchObject({ endsElsewhere: false, lostSince: 1 });
  });

  test('takes all of it away', async () => {
    const all = await written();
    await all.redis.del(all.log, all.head);
    expect(await audit(all)).toMatchObject([
      { id: 'inc-1', entries: 0, lostSince: 0 },
      { id: 'inc-2', entries: 4 },
    ]);
  });
});

test('an entry is read as it was handed in', () => {
  const { links } = chained({ id: incident(1), head: '', seal }, [entry('a')]);
  expect(links.map(unchained)).toEqual([entry('a')]);
});
