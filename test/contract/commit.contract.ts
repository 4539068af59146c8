/** What every store promises of a commit: all of it or nothing, once. */
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/engine/ports.ts';
import { change, entry, event, incident, type Open, record, step, wokenBy } from './fixtures.ts';

export function commitContract(open: Open): void {
  describe('commit', () => {
    test('an aggregate nobody has written has version 0 and no state', async () => {
      const { store } = await open();
      expect(await store.load(incident(1))).toMatchObject({ version: 0, state: undefined });
    });

    test('what one client commits another loads, with the next version', async () => {
      const { store, second } = await open();
      const state = { title: 'Größe: "42" → 💥', list: [], nested: { none: null, number: 1.5 } };
      expect(await store.commit(change({ state }))).toMatchObject({ kind: 'committed', version: 1, fresh: [] });
      expect(await second.load(incident(1))).toMatchObject({ version: 1, state });
      expect(await second.commit(change({ version: 1, state: {} }))).toMatchObject({ version: 2 });
    });

    test('of 200 commits on one version from two clients exactly one gets through', async () => {
      const { store, second } = await open();
      const results = await inParallel(200, (index) =>
        (index % 2 ? store : second).commit(change({ state: { index }, history: [entry(`${index}`)] })),
      );
      expect(results.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'conflict')).toHaveLength(199);
      expect(await store.history(incident(1), 10)).toHaveLength(1);
    });

    test('a change decided on an older version is a conflict, and so is one on a version that never was', async () => {
      const { store, second } = await open();
      await store.commit(change({ state: { title: 'first' } }));
      expect(await second.commit(change({ state: { title: 'second' } }))).toEqual({ kind: 'conflict' });
      expect(await second.commit(change({ version: 2 }))).toEqual({ kind: 'conflict' });
      expect(await store.load(incident(1))).toMatchObject({ version: 1, state: { title: 'first' } });
    });

    test('of 200 incidents that claim one route at once exactly one is opened, and the others learn which', async () => {
      const { store, second } = await open();
      const opens = (index: number): Change =>
        change({
          id: incident(index),
          claims: [{ key: 'route/am/{}', expect: null, set: incident(index) }],
          effects: [step(`${index}`)],
        });
      const results = await inParallel(200, (index) => (index % 2 ? store : second).commit(opens(index)));
      const winner = results.findIndex(({ kind }) => kind === 'committed');
      const refusal = { kind: 'claimed_by_other', key: 'route/am/{}', value: incident(winner) };
      expect(results.filter((_, index) => index !== winner)).toEqual(Array(199).fill(refusal));
      expect(await second.claims(['route/am/{}', 'route/none'])).toEqual([incident(winner), null]);
      expect(await store.list('incident', 'all', 300)).toEqual([incident(winner)]);
      expect(await store.effects.backlog()).toMatchObject({ open: 1 });
    });

    test('a claim may want a value, be replaced, be removed, or only be looked at', async () => {
      const { store } = await open();
      const claims = [
        { key: 'lock', expect: null, set: 'a' },
        { key: 'kept', set: 'k' },
      ];
      await store.commit(change({ claims }));
      const wrong = change({ version: 1, claims: [{ key: 'lock', expect: 'b', set: 'c' }] });
      expect(await store.commit(wrong)).toEqual({ kind: 'claimed_by_other', key: 'lock', value: 'a' });
      const free = change({ version: 1, claims: [{ key: 'absent', expect: 'b' }] });
      expect(await store.commit(free)).toEqual({ kind: 'claimed_by_other', key: 'absent', value: null });
      const moves = [
        { key: 'lock', expect: 'a', set: null },
        { key: 'kept', expect: 'k' },
      ];
      expect(await store.commit(change({ version: 1, claims: moves }))).toMatchObject({ kind: 'committed' });
      expect(await store.claims(['lock', 'kept'])).toEqual([null, 'k']);
    });

    test('what an aggregate keeps is given back when it is over, but for what another has by now', async () => {
      const { store, second } = await open();
      const claims = ['mine', 'also mine', 'lost'].map(
        (key) => ({ key, expect: null, set: incident(1), kept: true }) as const,
      );
      await store.commit(change({ claims: [...claims, { key: 'for ever', set: incident(1) }] }));
      await second.commit(change({ id: incident(2), claims: [{ key: 'lost', set: incident(2) }] }));
      await second.commit(change({ version: 1, over: true }));
      const keys = ['mine', 'also mine', 'lost', 'for ever'];
      expect(await store.claims(keys)).toEqual([null, null, incident(2), incident(1)]);
      await store.commit(change({ version: 2, claims: [{ key: 'mine', expect: null, set: incident(1) }] }));
      await store.commit(change({ version: 3, over: true }));
      expect(await second.claims(['mine'])).toEqual([incident(1)]);
    });

    test('nothing of a refused commit is written', async () => {
      const { store } = await open();
      await store.commit(change({ claims: [{ key: 'taken', set: 'x' }] }));
      const refused = change({
        version: 1,
        state: { title: 'other' },
        open: false,
        history: [entry('refused')],
        records: [record('a')],
        claims: [
          { key: 'mine', expect: null, set: 'me' },
          { key: 'taken', expect: null, set: 'me' },
        ],
        effects: [step('a')],
        causes: [event('e1')],
      });
      expect(await store.commit(refused)).toMatchObject({ kind: 'claimed_by_other', key: 'taken' });
      expect(await store.load(incident(1))).toMatchObject({ version: 1, state: { title: 'Checkout is down' } });
      expect(await store.history(incident(1), 10)).toEqual([]);
      expect(await store.topAlerts(incident(1), 10)).toEqual([]);
      expect(await store.claims(['mine', 'taken'])).toEqual([null, 'x']);
      expect(await store.list('incident', 'open', 10)).toEqual([incident(1)]);
      expect(await store.effects.backlog()).toMatchObject({ open: 0 });
      expect(await store.commit(change({ version: 1, causes: [event('e1')] }))).toMatchObject({ kind: 'committed' });
    });

    test('without a state the aggregate stays as it is, and the rest is committed', async () => {
      const { store } = await open();
      const { state: _, ...stateless } = change({ claims: [{ key: 'over/a', set: '1' }], causes: [event('e')] });
      expect(await store.commit(stateless)).toMatchObject({ kind: 'committed', version: 0, fresh: [] });
      expect(await store.load(incident(1))).toMatchObject({ version: 0, state: undefined });
      expect(await store.claims(['over/a'])).toEqual(['1']);
      expect(await store.list('incident', 'all', 10)).toEqual([]);
      expect(await store.commit(stateless)).toEqual({ kind: 'repeated' });
    });

    test('an event committed before is repeated, whatever the version says by now', async () => {
      const { store, second } = await open();
      await store.commit(change({ causes: [event('click-1')] }));
      expect(await second.commit(change({ causes: [event('click-1')] }))).toEqual({ kind: 'repeated' });
      expect(await second.commit(change({ version: 1, causes: [event('click-1')] }))).toEqual({ kind: 'repeated' });
      expect(await second.commit(change({ version: 1, causes: [event('click-2')] }))).toMatchObject({ version: 2 });
    });

    test('an effect opened by two commits is woken once', async () => {
      const { store } = await open();
      const first = await store.commit(change({ effects: [step('a'), step('b')] }));
      const again = await store.commit(change({ version: 1, effects: [step('b'), step('c')] }));
      expect(wokenBy(first).map(({ id }) => id)).toEqual([step('a').id, step('b').id]);
      expect(wokenBy(again)).toMatchObject([{ id: step('c').id, post: 1, urgency: 2 }]);
    });
  });
}

export function readingContract(open: Open): void {
  describe('what is read', () => {
    test('history is told in its order, the last of it where not all is wanted', async () => {
      const { store, second } = await open();
      await store.commit(change({ history: [entry('a'), entry('b')] }));
      await second.commit(change({ version: 1, history: [entry('c')] }));
      expect(await store.history(incident(1), 10)).toEqual([entry('a'), entry('b'), entry('c')]);
      expect(await store.history(incident(1), 2)).toEqual([entry('b'), entry('c')]);
      expect(await store.history(incident(1), 0)).toEqual([]);
      expect(await store.history(incident(2), 10)).toEqual([]);
    });

    test('history goes on where another client wrote some without a new state', async () => {
      const { store, second } = await open();
      await store.commit(change({ history: [entry('a')] }));
      const { state: _, ...stateless } = change({ version: 1, history: [entry('b')] });
      await second.load(incident(1));
      expect(await second.commit(stateless)).toMatchObject({ version: 1 });
      await store.load(incident(1));
      expect(await store.commit(change({ version: 1, history: [entry('c')] }))).toMatchObject({ version: 2 });
      expect(await second.history(incident(1), 9)).toEqual([entry('a'), entry('b'), entry('c')]);
    });

    test('alert records are replaced by fingerprint, and only those asked for are read', async () => {
      const { store } = await open();
      await store.commit(change({ records: [record('a'), record('b'), record('c')] }));
      const over = record('b', { status: 'resolved', endsAt: 1_700_000_060_000 });
      await store.commit(change({ version: 1, records: [over] }));
      const found = await store.alerts(incident(1), ['b', 'a', 'unknown']);
      expect([...found]).toEqual(
        expect.arrayContaining([
          ['a', record('a')],
          ['b', over],
        ]),
      );
      expect(found.size).toBe(2);
      expect((await store.alerts(incident(1), [])).size).toBe(0);
    });

    test('the top alerts are the firing ones, newest first, then the resolved', async () => {
      const { store } = await open();
      const records = [
        record('old', { since: 1000 }),
        record('over', { since: 9000, status: 'resolved' }),
        record('new', { since: 3000 }),
        record('turned', { since: 2000 }),
      ];
      await store.commit(change({ records }));
      await store.commit(change({ version: 1, records: [record('turned', { since: 8000, status: 'resolved' })] }));
      const top = async (limit: number) => (await store.topAlerts(incident(1), limit)).map((one) => one.fingerprint);
      expect(await top(10)).toEqual(['new', 'old', 'over', 'turned']);
      expect(await top(1)).toEqual(['new']);
    });

    test('10,000 alerts of one incident are committed in one write', async () => {
      const { store, second } = await open();
      const records = Array.from({ length: 10_000 }, (_, index) => record(`f${index}`, { since: index }));
      expect(await store.commit(change({ records, effects: [step('a')] }))).toMatchObject({ kind: 'committed' });
      const names = records.map(({ fingerprint }) => fingerprint);
      expect((await second.alerts(incident(1), names)).size).toBe(10_000);
      const top = await second.topAlerts(incident(1), 3);
      expect(top.map(({ fingerprint }) => fingerprint)).toEqual(['f9999', 'f9998', 'f9997']);
    });

    test('lists name the open and all of a kind, newest first, a reopened one at its old place', async () => {
      const { store } = await open();
      for (const number of [9, 10, 11]) await store.commit(change({ id: incident(number) }));
      await store.commit(change({ id: incident(10), version: 1, open: false }));
      expect(await store.list('incident', 'open', 10)).toEqual([incident(11), incident(9)]);
      expect(await store.list('incident', 'all', 2)).toEqual([incident(11), incident(10)]);
      await store.commit(change({ id: incident(10), version: 2, open: true }));
      expect(await store.list('incident', 'open', 10)).toEqual([incident(11), incident(10), incident(9)]);
      expect(await store.list('run', 'all', 10)).toEqual([]);
    });

    test('numbers rise and are handed out once, whoever asks', async () => {
      const { store, second } = await open();
      const numbers = await inParallel(100, (index) => (index % 2 ? store : second).nextNumber('incident'));
      expect(new Set(numbers).size).toBe(100);
      expect(Math.max(...numbers)).toBe(100);
      expect(await store.nextNumber('other')).toBe(1);
    });

    test('a playbook is found by its hash by everyone, old versions too', async () => {
      const { store, second } = await open();
      const one = { id: 'restart', hash: 'aaa', name: 'Restart' } as never;
      const two = { id: 'restart', hash: 'bbb', name: 'Restart it' } as never;
      await store.library.publish([]);
      await store.library.publish([one]);
      await second.library.publish([two]);
      expect(await second.library.get('aaa')).toEqual(one);
      expect(await store.library.get('bbb')).toEqual(two);
      expect(await store.library.get('ccc')).toBeUndefined();
    });
  });
}

const inParallel = <Result>(count: number, ask: (index: number) => Promise<Result>): Promise<readonly Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
