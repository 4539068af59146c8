/** What every store promises of the inbox and of budgets. */
import { describe, expect, test } from 'vitest';
import { change, minuteMs, type Open, until } from './fixtures.ts';

export function inboxContract(open: Open): void {
  describe('inbox', () => {
    test('keeps bodies as they came, oldest first, for every client', async () => {
      const { store, second } = await open();
      const bytes = Buffer.from([0, 255, 10, 13, 0, 128]);
      const first = await store.inbox.put('alertmanager', bytes);
      const other = await second.inbox.put('grafana', Buffer.from('{}'));
      const found = await second.inbox.stale(0, 10);
      expect(found).toEqual([
        { entry: first, source: 'alertmanager', body: bytes },
        { entry: other, source: 'grafana', body: Buffer.from('{}') },
      ]);
      expect(await store.inbox.stale(0, 1)).toHaveLength(1);
      expect(await store.inbox.size()).toBe(2);
    });

    test('only what has been there for a while is stale', async () => {
      const { store } = await open();
      await store.inbox.put('alertmanager', Buffer.from('{}'));
      expect(await store.inbox.stale(minuteMs, 10)).toEqual([]);
    });

    test('a body of 12 MB comes back whole', async () => {
      const { store, second } = await open();
      const body = Buffer.alloc(12 * 1024 * 1024, 'tocsin ');
      const entry = await store.inbox.put('alertmanager', body);
      const [found] = await second.inbox.stale(0, 10);
      expect(found?.entry).toBe(entry);
      expect(found?.body.equals(body)).toBe(true);
    });

    test('an entry is consumed by the commit it caused, and a second commit of it is repeated', async () => {
      const { store, second } = await open();
      const entry = await store.inbox.put('alertmanager', Buffer.from('{}'));
      const causes = [{ kind: 'inbox', entry }] as const;
      const results = await Promise.all([store.commit(change({ causes })), second.commit(change({ causes }))]);
      expect(results.map(({ kind }) => kind).sort()).toEqual(['committed', 'repeated']);
      expect(await store.commit(change({ version: 1, causes }))).toEqual({ kind: 'repeated' });
      expect(await store.inbox.stale(0, 10)).toEqual([]);
      expect(await store.inbox.size()).toBe(0);
    });

    test('several entries are consumed by one commit, or none of them', async () => {
      const { store } = await open();
      const [gone, kept] = [await store.inbox.put('a', Buffer.from('1')), await store.inbox.put('a', Buffer.from('2'))];
      await store.inbox.drop(gone);
      const causes = [kept, gone].map((entry) => ({ kind: 'inbox', entry }) as const);
      expect(await store.commit(change({ causes }))).toEqual({ kind: 'repeated' });
      expect(await store.inbox.size()).toBe(1);
      expect(await store.commit(change({ causes: causes.slice(0, 1) }))).toMatchObject({ kind: 'committed' });
      expect(await store.inbox.size()).toBe(0);
    });

    test('what is dropped is gone, and dropping it again is harmless', async () => {
      const { store } = await open();
      const entry = await store.inbox.put('a', Buffer.from('1'));
      await store.inbox.drop(entry);
      await store.inbox.drop(entry);
      expect(await store.inbox.size()).toBe(0);
      expect(await store.commit(change({ causes: [{ kind: 'inbox', entry }] }))).toEqual({ kind: 'repeated' });
    });
  });

  describe('budgets', () => {
    test('two clients share one bucket: no more than its burst gets through, the rest is told to wait', async () => {
      const { store, second } = await open();
      const takes = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? store : second).budget.take('chat.postMessage/C1', 3, minuteMs),
      );
      const waits = await Promise.all(takes);
      expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
      expect(waits.every((wait) => wait === 0 || (wait > minuteMs / 2 && wait <= minuteMs))).toBe(true);
      expect(await store.budget.take('chat.postMessage/C2', 3, minuteMs)).toBe(0);
    });

    test('a bucket gains one as time goes by', async () => {
      const { store } = await open();
      expect(await store.budget.take('k', 1, 40)).toBe(0);
      expect(await until(async () => (await store.budget.take('k', 1, 40)) === 0)).toBe(true);
    });

    test('a bucket that is blocked gives nothing to anybody, for the longest time that was asked', async () => {
      const { store, second } = await open();
      await store.budget.block('k', minuteMs);
      await store.budget.block('k', 10);
      expect(await second.budget.take('k', 5, 10)).toBeGreaterThan(minuteMs / 2);
      expect(await second.budget.take('other', 5, 10)).toBe(0);
    });
  });
}
