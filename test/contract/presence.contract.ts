/** What every store promises of pools: nobody begins a step of another pool, and who lives is known to all. */
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/domain/effect.ts';
import { minuteMs, type Open, step, until } from './fixtures.ts';

const ofPool = (name: string, pool: string): Effect => ({ ...step(name), pool });

export function presenceContract(open: Open): void {
  describe('pools', () => {
    test('a step is begun by workers of its pool only, and what has no pool by anybody', async () => {
      const { store, second } = await open();
      const [woken] = await store.effects.open([ofPool('a', 'eu'), step('b')]);
      expect(woken).toMatchObject({ id: step('a').id, pool: 'eu' });
      const by = (...pools: string[]) => ({ owner: 'worker', pools });
      expect(await second.effects.begin(step('a').id, by('us', 'default'), minuteMs)).toBeUndefined();
      expect(await second.effects.begin(step('a').id, by(), minuteMs)).toBeUndefined();
      expect(await second.effects.begin(step('a').id, by('us', 'eu'), minuteMs)).toMatchObject({
        effect: { pool: 'eu' },
        hold: { n: 1, mayHaveActed: false },
      });
      expect(await store.effects.begin(step('b').id, by(), minuteMs)).toMatchObject({ hold: { n: 1 } });
    });

    test('whoever sweeps hears of the steps of all pools, with their pool', async () => {
      const { store, second } = await open();
      await store.effects.open([ofPool('a', 'eu')]);
      const [again] = await until(async () => {
        const found = await second.effects.overdue(10);
        return found.length > 0 && found;
      });
      expect(again).toMatchObject({ id: step('a').id, pool: 'eu', post: 2 });
    });

    test('what waits for a worker of its pool is counted apart from what Tocsin does itself', async () => {
      const { store } = await open();
      const longAgo = (await store.now()) - minuteMs;
      await store.effects.open([{ ...ofPool('a', 'eu'), dueAt: longAgo }]);
      const { oldestMs, oldestStepMs } = await store.effects.backlog();
      expect([oldestMs, oldestStepMs >= minuteMs]).toEqual([0, true]);
      await store.effects.begin(step('a').id, { owner: 'w' }, minuteMs);
      expect(await store.effects.backlog()).toEqual({ open: 1, oldestMs: 0, oldestStepMs: 0 });
    });

    test('an open effect can be looked at without beginning it', async () => {
      const { store, second } = await open();
      await store.effects.open([ofPool('a', 'eu')]);
      expect(await second.effects.peek(step('a').id)).toEqual(ofPool('a', 'eu'));
      const begun = await store.effects.begin(step('a').id, { owner: 'w' }, minuteMs);
      if (begun) await store.effects.settle(begun.hold, begun.effect);
      expect(await second.effects.peek(step('a').id)).toBeUndefined();
    });

    test('each pool says how many of its workers live, and when one was last seen', async () => {
      const { store, second } = await open();
      expect(await store.presence.pools()).toEqual([]);
      await store.presence.here('one', ['eu', 'default']);
      await second.presence.here('two', ['eu']);
      await second.presence.here('two', ['eu']);
      const seen = async () =>
        Object.fromEntries((await store.presence.pools()).map(({ pool, workers }) => [pool, workers]));
      expect(await seen()).toEqual({ eu: 2, default: 1 });
      await second.presence.leave('two', ['eu']);
      await store.presence.leave('one', ['eu', 'default']);
      expect(await seen()).toEqual({ eu: 0, default: 0 });
      const now = await store.now();
      for (const { seenAt } of await second.presence.pools()) expect(now - seenAt < minuteMs).toBe(true);
    });
  });
}
