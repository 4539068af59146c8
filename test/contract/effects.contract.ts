/** What every store promises of effects: nobody performs one that another holds, none is forgotten, none is opened twice. */
import { describe, expect, test } from 'vitest';
import { nearMs } from '../../src/store/rules.ts';
import { begin, begun, change, entry, minuteMs, type Open, refresh, step, until, wokenBy } from './fixtures.ts';

export function effectsContract(open: Open): void {
  describe('effects', () => {
    test('is claimed by one of two workers, and gone for both when it is settled', async () => {
      const { store, second } = await open();
      const [wakeUp] = await store.effects.open([step('a')]);
      expect(wakeUp).toMatchObject({ id: step('a').id, post: 1, urgency: 2 });
      const claims = await Promise.all([
        store.effects.begin(step('a').id, { owner: 'one' }, minuteMs),
        second.effects.begin(step('a').id, { owner: 'two' }, minuteMs),
      ]);
      const [claim] = claims.filter((found) => found !== undefined);
      expect(claims).toContain(undefined);
      expect(claim).toMatchObject({ effect: step('a'), hold: { n: 1, wanted: 0, mayHaveActed: false } });
      expect(await store.effects.extend(claim?.hold as never, minuteMs)).toBe(true);
      expect(await store.effects.settle(claim?.hold as never, step('a'))).toBeUndefined();
      expect(await second.effects.begin(step('a').id, { owner: 'two' }, minuteMs)).toBeUndefined();
      expect(await store.effects.backlog()).toMatchObject({ open: 0, oldestMs: 0 });
    });

    test('whoever begins it learns how what it is about stands at that moment, and may go on from there', async () => {
      const { store, second } = await open();
      await store.commit(change({ effects: [refresh()] }));
      await second.commit(change({ version: 1, state: { title: 'newer' }, history: [entry('a')] }));
      const before = await store.now();
      const begun = await store.effects.begin(refresh().id, { owner: 'worker' }, minuteMs);
      expect(begun?.about).toMatchObject({ version: 2, state: { title: 'newer' } });
      expect(begun?.about.now).toBeGreaterThanOrEqual(before);
      const next = change({
        version: 2,
        history: [entry('b')],
        causes: [{ kind: 'effect', hold: begun?.hold as never }],
      });
      expect(await store.commit(next)).toMatchObject({ kind: 'committed', version: 3 });
    });

    test('one that is about what is not there yet says so', async () => {
      const { store } = await open();
      await store.effects.open([step('a')]);
      const begun = await store.effects.begin(step('a').id, { owner: 'worker' }, minuteMs);
      expect(begun?.about).toMatchObject({ version: 0, state: undefined });
    });

    test('what was never opened cannot be begun', async () => {
      const { store } = await open();
      expect(await store.effects.begin(step('none').id, { owner: 'worker' }, minuteMs)).toBeUndefined();
    });

    test('a settled step is not opened again by a decision that is repeated', async () => {
      const { store } = await open();
      await store.effects.settle(await begun(store, step('a')), step('a'));
      expect(await store.effects.open([step('a')])).toEqual([]);
      expect(await store.commit(change({ effects: [step('a')] }))).toMatchObject({ fresh: [] });
    });

    test('an open step keeps what it was opened with', async () => {
      const { store } = await open();
      await store.effects.open([step('a')]);
      expect(await store.effects.open([{ ...step('a'), urgency: 9 }])).toEqual([]);
      expect(await store.effects.begin(step('a').id, { owner: 'w' }, minuteMs)).toMatchObject({
        effect: { urgency: 2 },
      });
    });

    test('a delayed effect is not begun before its time, nor woken, nor counted as waiting', async () => {
      const { store } = await open();
      const dueAt = (await store.now()) + minuteMs;
      for (const wakeUp of await store.effects.open([step('later', dueAt)])) expect(wakeUp).toMatchObject({ dueAt });
      expect(await store.effects.open([{ ...step('later', dueAt), urgency: 9 }])).toEqual([]);
      expect(await store.effects.begin(step('later').id, { owner: 'w' }, minuteMs)).toBeUndefined();
      expect(await store.effects.overdue(10)).toEqual([]);
      expect(await store.effects.backlog()).toMatchObject({ open: 1, oldestMs: 0 });
    });

    test('an effect that waited for long is held for the whole lease once it is begun, and no longer waits', async () => {
      const { store, second } = await open();
      await store.effects.open([step('a', (await store.now()) - 2 * minuteMs)]);
      const { oldestMs } = await store.effects.backlog();
      expect(oldestMs >= 2 * minuteMs && oldestMs < 3 * minuteMs).toBe(true);
      await begin(store, step('a'));
      expect(await second.effects.begin(step('a').id, { owner: 'other' }, minuteMs)).toBeUndefined();
      expect(await second.effects.overdue(10)).toEqual([]);
      expect(await second.effects.backlog()).toMatchObject({ open: 1, oldestMs: 0 });
    });

    test('what is due in a while is told before its time, once, as it was opened', { timeout: 60_000 }, async () => {
      const { store, second } = await open();
      const dueAt = (await store.now()) + nearMs + 300;
      const opened = await store.commit(change({ effects: [step('later', dueAt)] }));
      const told = [...wokenBy(opened)];
      await store.effects.open([{ ...step('later', dueAt), urgency: 9 }]);
      await until(async () => told.push(...(await second.effects.overdue(10))) > 0);
      expect(told).toMatchObject([{ id: step('later').id, dueAt, post: 1, urgency: 2 }]);
      expect(await second.effects.backlog()).toMatchObject({ open: 1 });
      const begun = await until(() => store.effects.begin(step('later').id, { owner: 'w' }, minuteMs));
      expect(begun).toMatchObject({ effect: { urgency: 2 }, hold: { n: 1, mayHaveActed: false } });
      expect(begun.about.now).toBeGreaterThanOrEqual(dueAt);
    });

    test('a delayed effect whose time has come is begun', async () => {
      const { store } = await open();
      const late = step('soon', (await store.now()) + 30);
      await store.effects.open([late]);
      expect(await until(() => store.effects.begin(late.id, { owner: 'w' }, minuteMs))).toMatchObject({ effect: late });
    });

    test('what nobody picked up is woken again under a new number, and then left in peace for a while', async () => {
      const { store, second } = await open();
      await store.effects.open([step('a')]);
      const [again] = await until(async () => {
        const found = await second.effects.overdue(10);
        return found.length > 0 && found;
      });
      expect(again).toMatchObject({ id: step('a').id, post: 2, urgency: 2 });
      expect(await store.effects.overdue(10)).toEqual([]);
      const { oldestMs } = await store.effects.backlog();
      expect(oldestMs).toBeGreaterThanOrEqual(1000);
    });

    test('a worker whose lease is over and whose work another took can neither extend nor settle', async () => {
      const { store, second } = await open();
      const late = await begun(store, step('a'), 1);
      const now = await until(() => second.effects.begin(step('a').id, { owner: 'other' }, minuteMs));
      expect(now.hold.n).toBe(2);
      expect(await store.effects.extend(late, minuteMs)).toBe(false);
      await store.effects.settle(late, step('a'));
      await store.effects.release(late, 0);
      expect(await second.effects.extend(now.hold, minuteMs)).toBe(true);
      expect(await second.effects.begin(step('a').id, { owner: 'third' }, minuteMs)).toBeUndefined();
    });

    test('the same worker that begins again is another holder: its first claim is worth nothing', async () => {
      const { store } = await open();
      const first = await begun(store, step('a'), 1);
      const again = await until(() => store.effects.begin(step('a').id, { owner: 'worker' }, minuteMs));
      expect(await store.effects.extend(first, minuteMs)).toBe(false);
      expect(await store.effects.extend(again.hold, minuteMs)).toBe(true);
    });

    test('an effect whose lease is over is woken, and a late worker may still bring its result if nobody began', async () => {
      const { store, second } = await open();
      const late = await begun(store, step('a'), 1);
      const found = await until(async () => (await second.effects.overdue(10)).at(0));
      expect(found).toMatchObject({ id: step('a').id, post: 2 });
      expect(await store.commit(change({ causes: [{ kind: 'effect', hold: late }] }))).toMatchObject({ version: 1 });
      expect(await second.effects.begin(step('a').id, { owner: 'other' }, minuteMs)).toBeUndefined();
    });

    test('a released effect is to be had again after its delay, and the sweeper wakes it', async () => {
      const { store } = await open();
      const hold = await begun(store, step('a'));
      await store.effects.release(hold, minuteMs);
      expect(await store.effects.begin(step('a').id, { owner: 'w' }, minuteMs)).toBeUndefined();
      const other = await begun(store, step('b'));
      await store.effects.release(other, 5);
      const found = await until(async () => (await store.effects.overdue(10)).at(0));
      expect(found).toMatchObject({ id: step('b').id, post: 3 });
      expect(await store.effects.extend(other, minuteMs)).toBe(false);
      expect(await begin(store, step('b'))).toMatchObject({ n: 2 });
    });

    test('whoever takes a released effect need look only where something may have been done', async () => {
      const { store } = await open();
      const again = async () => {
        const hold = await begin(store, step('a'));
        if (!hold) throw new Error('the effect is not to be had');
        return hold;
      };
      await store.commit(change({ effects: [step('a')] }));
      const first = await again();
      await store.effects.release(first, 0, true);
      const second = await again();
      await store.effects.release(second, 0);
      const third = await again();
      await store.effects.release(third, 0, true);
      const fourth = await again();
      expect([first, second, third, fourth].map(({ mayHaveActed }) => mayHaveActed)).toEqual([
        ...[false, false],
        ...[true, true],
      ]);
    });

    test('the sweeper takes no more than it asked for', async () => {
      const { store } = await open();
      const past = (await store.now()) - minuteMs;
      await store.effects.open(['a', 'b', 'c'].map((name) => step(name, past)));
      expect(await store.effects.overdue(2)).toHaveLength(2);
      expect(await store.effects.overdue(2)).toHaveLength(1);
      expect(await store.effects.overdue(2)).toHaveLength(0);
    });
  });

  describe('refreshes', () => {
    test('a hundred wishes are one wake-up, and one picture settles them', async () => {
      const { store, second } = await open();
      const woken = [];
      for (let index = 0; index < 100; index += 1) {
        woken.push(...(await (index % 2 ? store : second).effects.open([refresh()])));
      }
      expect(woken).toHaveLength(1);
      expect(await store.effects.settle(await begin(store, refresh()), refresh())).toBeUndefined();
      expect(await store.effects.begin(refresh().id, { owner: 'w' }, minuteMs)).toBeUndefined();
    });

    test('a wish that comes while it is painted makes it ready once more, a moment later', async () => {
      const { store } = await open();
      const painter = await begun(store, refresh());
      expect(await store.effects.open([refresh()])).toEqual([]);
      const before = await store.now();
      const woken = await store.effects.settle(painter, refresh());
      expect(woken).toMatchObject({ id: refresh().id, post: 2, urgency: 5 });
      expect(woken?.dueAt).toBeGreaterThanOrEqual(before + 200);
      const { hold: again } = await until(() => store.effects.begin(refresh().id, { owner: 'worker' }, minuteMs));
      expect(again.wanted).toBe(painter.wanted + 1);
      expect(await store.effects.settle(again, refresh())).toBeUndefined();
    });

    test('a refresh that was settled opens again, under numbers that were never used', async () => {
      const { store } = await open();
      const first = await begun(store, refresh());
      await store.effects.settle(first, refresh());
      expect(await store.effects.open([refresh()])).toMatchObject([{ post: 2 }]);
      const second = await begin(store, refresh());
      expect(second.n).toBe(2);
      expect(await store.effects.extend(first, minuteMs)).toBe(false);
    });

    test('a late painter, who may have painted an old picture over the new one, has it painted again', async () => {
      const { store, second } = await open();
      const late = await begun(store, refresh(), 1);
      const { hold } = await until(() => second.effects.begin(refresh().id, { owner: 'other' }, minuteMs));
      expect(await second.effects.settle(hold, refresh())).toBeUndefined();
      expect(await store.effects.settle(late, refresh())).toMatchObject({ id: refresh().id });
      expect(await begin(second, refresh())).toMatchObject({ n: 3 });
    });

    test('a late painter has it painted again also where the other is still painting', async () => {
      const { store, second } = await open();
      const late = await begun(store, refresh(), 1);
      const { hold } = await until(() => second.effects.begin(refresh().id, { owner: 'other' }, minuteMs));
      expect(await store.effects.settle(late, refresh())).toBeUndefined();
      expect(await second.effects.settle(hold, refresh())).toMatchObject({ id: refresh().id });
    });

    test('settling twice, because the first answer was lost, paints nothing anew', async () => {
      const { store } = await open();
      const hold = await begun(store, refresh());
      await store.effects.settle(hold, refresh());
      expect(await store.effects.settle(hold, refresh())).toBeUndefined();
      expect(await store.effects.backlog()).toMatchObject({ open: 0 });
    });
  });
}

export function causesContract(open: Open): void {
  describe('a commit and the effect that caused it', () => {
    test('settles the effect in the same write, and a repeat of it is seen', async () => {
      const { store } = await open();
      const causes = [{ kind: 'effect', hold: await begun(store, step('a')) }] as const;
      const done = await store.commit(change({ causes, effects: [step('b')] }));
      expect(done).toMatchObject({ kind: 'committed', fresh: [{ id: step('b').id }] });
      expect(await store.commit(change({ causes, effects: [step('b')] }))).toEqual({ kind: 'repeated' });
      expect(await store.commit(change({ version: 1, causes }))).toEqual({ kind: 'repeated' });
      expect(await store.effects.backlog()).toMatchObject({ open: 1 });
    });

    test('is refused as lost where another worker took the effect, and writes nothing', async () => {
      const { store, second } = await open();
      const hold = await begun(store, step('a'), 1);
      const other = await until(() => second.effects.begin(step('a').id, { owner: 'other' }, minuteMs));
      const late = change({ causes: [{ kind: 'effect', hold }], claims: [{ key: 'x', set: 'late' }] });
      expect(await store.commit(late)).toEqual({ kind: 'lost' });
      expect(await store.claims(['x'])).toEqual([null]);
      const good = change({ causes: [{ kind: 'effect', hold: other.hold }] });
      expect(await second.commit(good)).toMatchObject({ version: 1 });
      expect(await store.commit(late)).toEqual({ kind: 'lost' });
    });

    test('that only holds it leaves it held, and needs a living lease', async () => {
      const { store } = await open();
      const hold = await begun(store, step('a'));
      const causes = [{ kind: 'holding', hold }] as const;
      expect(await store.commit(change({ causes }))).toMatchObject({ version: 1 });
      expect(await store.effects.begin(step('a').id, { owner: 'other' }, minuteMs)).toBeUndefined();
      expect(await store.effects.extend(hold, 1)).toBe(true);
      await until(async () => (await store.effects.overdue(10)).length > 0);
      expect(await store.commit(change({ version: 1, causes }))).toEqual({ kind: 'lost' });
    });

    test('that settles a refresh wanted anew wakes it, once', async () => {
      const { store } = await open();
      const hold = await begun(store, refresh());
      const done = await store.commit(change({ causes: [{ kind: 'effect', hold }], effects: [refresh()] }));
      expect(done).toMatchObject({ kind: 'committed', fresh: [{ id: refresh().id, post: 2 }] });
      const again = await begin(store, refresh());
      await store.effects.open([refresh()]);
      const twice = change({ version: 1, causes: [{ kind: 'effect', hold: again }], effects: [refresh()] });
      expect(await store.commit(twice)).toMatchObject({ fresh: [{ id: refresh().id, post: 3 }] });
    });
  });
}
