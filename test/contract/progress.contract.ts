/** What every store promises about how far it has come: what a store that went back in time is told by. */
import { expect, test } from 'vitest';
import { begun, change, type Open, step } from './fixtures.ts';

export function progressContract(open: Open): void {
  test('how far it has come rises with each commit and each begin, for everybody, and with nothing that was refused', async () => {
    const { store, second } = await open();
    const before = await store.reached();
    await store.commit(change({ effects: [step('a')] }));
    await store.commit(change());
    await store.effects.begin(step('a').id, { owner: 'w' }, 1000);
    await store.effects.begin(step('a').id, { owner: 'v' }, 1000);
    expect(await second.reached()).toEqual({ store: before.store, writes: before.writes + 2 });
    expect(before.store).not.toBe('');
  });

  test('it counts on from where it is told to, and never back', async () => {
    const { store } = await open();
    await store.reachAtLeast(100);
    await store.reachAtLeast(50);
    await store.commit(change());
    expect((await store.reached()).writes).toBe(101);
  });

  test('effects that are in doubt count as begun once more, and whoever held one has lost it', async () => {
    const { store } = await open();
    await store.commit(change({ effects: [step('a')] }));
    const held = await begun(store, step('b'));
    await store.doubtEffects();
    expect(await store.effects.begin(step('a').id, { owner: 'w' }, 1000)).toMatchObject({
      hold: { n: 2, mayHaveActed: true },
    });
    expect(await store.effects.extend(held, 1000)).toBe(false);
  });
}
