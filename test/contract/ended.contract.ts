/** What every store promises about what has ended: it is found, read whole, and taken out once. */
import { expect, test } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/engine/ports.ts';
import { change, entry, incident, type Open, record } from './fixtures.ts';

const all = { skip: 0, limit: 10 };

async function alertsOf(store: Store) {
  const found = [];
  for await (const page of store.ended.alerts(incident(1))) found.push(...page);
  return found;
}

export function endedContract(open: Open): void {
  test('what has ended is found from then on, until it is open again', async () => {
    const { store, second } = await open();
    await store.commit(change());
    await store.commit(change({ id: incident(2), open: false }));
    await store.commit(change({ id: 'run-1' as RunId, kind: 'run', open: false }));
    const later = (await store.now()) + 60_000;
    expect(await second.ended.before(later, all)).toEqual([incident(2), 'run-1']);
    expect(await second.ended.before(later, { skip: 1, limit: 1 })).toEqual(['run-1']);
    expect(await second.ended.before((await store.now()) - 60_000, all)).toEqual([]);
    await store.commit(change({ id: incident(2), version: 1 }));
    expect(await second.ended.before(later, all)).toEqual(['run-1']);
  });

  test('it is read whole: its state, its history as it stands there, and each of its alerts once', async () => {
    const { store, second } = await open();
    await store.commit(change({ history: [entry('a')], records: [record('one'), record('two')] }));
    await store.commit(change({ version: 1, history: [entry('b')], open: false }));
    const whole = await second.ended.whole(incident(1));
    expect(whole).toMatchObject({ id: incident(1), version: 2, state: { title: 'Checkout is down' } });
    expect(whole?.history.map((link) => JSON.parse(link))).toMatchObject([entry('a'), entry('b')]);
    expect((await alertsOf(second)).sort((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1))).toEqual([
      record('one'),
      record('two'),
    ]);
    expect(await store.ended.whole(incident(7))).toBeUndefined();
  });

  test('it is taken out once, with all that belongs to it, and not when it has changed since', async () => {
    const { store, second } = await open();
    await store.commit(change({ history: [entry('a')], records: [record('one')], open: false }));
    await store.commit(change({ version: 1, open: false }));
    expect(await second.ended.remove(incident(1), 1)).toBe(false);
    expect(await second.ended.remove(incident(1), 2)).toBe(true);
    expect(await store.ended.remove(incident(1), 2)).toBe(false);
    expect(await store.load(incident(1))).toMatchObject({ version: 0, state: undefined });
    expect(await store.history(incident(1), 10)).toEqual([]);
    expect(await store.list('incident', 'all', 10)).toEqual([]);
    expect(await store.topAlerts(incident(1), 10)).toEqual([]);
    expect(await alertsOf(store)).toEqual([]);
    expect(await store.ended.before((await store.now()) + 60_000, all)).toEqual([]);
  });
}
