/** What every store promises of those who hold effects: who they are, and that the claims of a dead one end soon. */
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/domain/effect.ts';
import type { Store } from '../../src/engine/ports.ts';
import { change, minuteMs, type Open, refresh, step, until } from './fixtures.ts';

const steps = { kinds: ['run_step'], withinMs: 10 };

async function begunBy(owner: string, store: Store, effect: Effect) {
  await store.effects.open([effect]);
  const begun = await store.effects.begin(effect.id, { owner }, minuteMs);
  if (!begun) throw new Error(`${effect.id} is not to be had`);
  return begun.hold;
}

export function holdersContract(open: Open): void {
  describe('holders', () => {
    test('are those with a living claim, each once', async () => {
      const { store, second } = await open();
      expect(await store.effects.holders()).toEqual([]);
      await begunBy('one', store, step('a'));
      await begunBy('one', store, step('b'));
      await begunBy('two', second, step('c'));
      expect([...(await store.effects.holders())].sort()).toEqual(['one', 'two']);
    });

    test('one who died loses what is meant, soon, and to a new number; the others keep theirs', async () => {
      const { store, second } = await open();
      const dead = await begunBy('dead', store, step('a'));
      await begunBy('dead', store, refresh());
      await begunBy('alive', store, step('b'));
      expect(await second.effects.endClaims('dead', steps)).toBe(1);
      const found = await until(async () => (await second.effects.overdue(10)).at(0));
      expect(found).toMatchObject({ id: step('a').id, post: 2 });
      const taken = await second.effects.begin(step('a').id, { owner: 'heir' }, minuteMs);
      expect(taken?.hold).toMatchObject({ n: dead.n + 1, mayHaveActed: true });
      expect(await store.commit(change({ causes: [{ kind: 'effect', hold: dead }] }))).toEqual({ kind: 'lost' });
      for (const kept of [step('b'), refresh()])
        expect(await second.effects.begin(kept.id, { owner: 'heir' }, minuteMs)).toBeUndefined();
      expect(await second.effects.overdue(10)).toEqual([]);
    });

    test('one who died does not lose it at once, nor later than it would have anyway', async () => {
      const { store } = await open();
      await begunBy('dead', store, step('a'));
      expect(await store.effects.endClaims('dead', { kinds: ['run_step'], withinMs: 2 * minuteMs })).toBe(0);
      await begunBy('dead', store, step('b'));
      expect(await store.effects.endClaims('dead', { kinds: ['run_step'], withinMs: minuteMs / 2 })).toBe(2);
      expect(await store.effects.overdue(10)).toEqual([]);
      expect(await store.effects.begin(step('a').id, { owner: 'heir' }, minuteMs)).toBeUndefined();
    });

    test('what was taken over is not taken from the heir when the death is noticed again', async () => {
      const { store, second } = await open();
      await begunBy('dead', store, step('a'));
      await store.effects.endClaims('dead', { ...steps, withinMs: 0 });
      const { hold } = await until(() => store.effects.begin(step('a').id, { owner: 'heir' }, minuteMs));
      expect(await second.effects.endClaims('dead', steps)).toBe(0);
      expect(await store.effects.extend(hold, minuteMs)).toBe(true);
    });
  });
}
