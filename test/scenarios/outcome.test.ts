/** An outcome is written as soon as it can be: a store that was away for a moment costs no step its certainty. */
import { expect, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import { firing, group } from '../support/alerts.ts';
import * as playbooks from '../support/playbooks.ts';
import { type Stage, stage } from '../support/scenario.ts';

/** The next so many commits of outcomes find nobody. */
function awayForOutcomes(on: Stage, times: number): void {
  const store = on.world.store as { commit: Stage['store']['commit'] };
  const { commit } = store;
  let left = times;
  store.commit = async (change) => {
    const isOutcome = change.causes.some((cause) => cause.kind === 'effect' && cause.hold.id.startsWith('run_step.'));
    if (!isOutcome || left <= 0) return await commit(change);
    left -= 1;
    throw new StoreDown('away');
  };
}

test('a step that may not be repeated has worked, though the store was away when it ended', async () => {
  const on = await stage({ playbooks: [playbooks.onlyOnce] });
  awayForOutcomes(on, 2);
  await on.sends(group([firing('shop-1')]));
  await on.passes('10s');
  expect(await on.run()).toMatchObject({ status: 'succeeded', steps: [{ status: 'succeeded', attempt: 1 }] });
  expect(on.actions.attempts('shop.exec')).toHaveLength(1);
});

test('a step whose attempt is on no replica is not done at all, and says so', async () => {
  const on = await stage({ playbooks: [playbooks.onlyOnce] });
  Object.assign(on.world.store, { replicated: () => Promise.reject(new StoreDown('of 1 replicas 0 have it')) });
  await on.sends(group([firing('shop-1')]));
  await on.passes('10s');
  const note = 'nothing was done, for it could have been forgotten. of 1 replicas 0 have it';
  expect(await on.run()).toMatchObject({
    status: 'failed',
    steps: [{ status: 'failed', note: expect.stringContaining(note) }],
  });
  expect(on.actions.dispatched).toEqual([]);
});
