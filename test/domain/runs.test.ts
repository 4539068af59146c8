/** Ten thousand made-up runs of playbooks that nobody would write: whatever happens, in whatever order, the laws hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Playbook } from '../../src/domain/playbook.ts';
import { dice, seeded } from './runs/dice.ts';
import { goWell, strike } from './runs/fate.ts';
import { afterEach, isAlive, ofActs } from './runs/laws.ts';
import { worldOf } from './runs/world.ts';
import { written } from './runs/written.ts';

const sequences = 10_000;
const differentPlaybooks = 600;

const playbooks: readonly Playbook[] = Array.from({ length: differentPlaybooks }, (_, at) => written(seeded(at)));

describe('whatever happens to a run', () => {
  test('the laws hold after each event, and in a kind world it comes to its end', { timeout: 300_000 }, () => {
    const history = fc.array(fc.nat(), { maxLength: 160, size: 'max' });
    fc.assert(
      fc.property(fc.nat({ max: playbooks.length - 1 }), history, (which, numbers) => {
        const world = worldOf(playbooks[which] as Playbook, afterEach);
        const rest = numbers[Symbol.iterator]();
        let isOver = false;
        const roll = dice(() => {
          const { done, value } = rest.next();
          isOver = done === true;
          return value ?? 0;
        });
        for (;;) {
          const before = isOver;
          strike(world, roll);
          isAlive(world);
          if (before || isOver) break;
        }
        goWell(world);
        ofActs(world);
        expect([...world.claims.keys()].filter((key) => /^(lock|active)/.test(key))).toEqual([]);
      }),
      { numRuns: sequences, seed: 20_261_123 },
    );
  });
});
