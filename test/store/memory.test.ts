/** The store in memory keeps the contract, and its clock is the one it is given. */
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../src/store/memory.ts';
import { begun, change, minuteMs, step } from '../contract/fixtures.ts';
import { storeContract } from '../contract/store.contract.ts';

describe('memory', () => {
  storeContract(async () => {
    const store = memoryStore();
    return { store, second: store };
  });
});

describe('on a fake clock', () => {
  const dayMs = 24 * 60 * minuteMs;

  test('an unanswered wake-up is repeated after 1, 2, 4 and then every 8 seconds', async () => {
    let now = 0;
    const store = memoryStore({ now: () => now });
    await store.effects.open([step('a')]);
    const woken = [];
    for (now = 0; now <= 40_000; now += 500) if ((await store.effects.overdue(9)).length) woken.push(now);
    expect(woken).toEqual([1000, 3000, 7000, 15_000, 23_000, 31_000, 39_000]);
  });

  test('beginning resets the pauses', async () => {
    let now = 0;
    const store = memoryStore({ now: () => now });
    await store.effects.open([step('a')]);
    for (now = 0; now <= 20_000; now += 500) await store.effects.overdue(9);
    await store.effects.begin(step('a').id, { owner: 'w' }, 1000);
    now += 1000;
    expect(await store.effects.overdue(9)).toHaveLength(1);
    now += 2000;
    expect(await store.effects.overdue(9)).toHaveLength(1);
  });

  test('a settled effect and an event are remembered for a day', async () => {
    let now = 0;
    const store = memoryStore({ now: () => now });
    await store.effects.settle(await begun(store, step('a')), step('a'));
    now = dayMs - 1;
    expect(await store.effects.open([step('a')])).toEqual([]);
    now = dayMs;
    expect(await store.effects.open([step('a')])).toHaveLength(1);
  });

  test('a claim with a time to live ends by itself', async () => {
    let now = 0;
    const store = memoryStore({ now: () => now });
    await store.commit(change({ claims: [{ key: 'over/a', set: '1', ttlMs: 500 }] }));
    now = 499;
    expect(await store.claims(['over/a'])).toEqual(['1']);
    now = 500;
    expect(await store.claims(['over/a'])).toEqual([null]);
  });
});
