/** An outcome is written as soon as it can be: a store that was away for a moment costs no step its certainty. */
import { expect, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import { firing, group } from '../support/alerts.ts';
import * as playbooks from '../support/playbooks.ts';
import { type Stage, stage } from '../support/scenario.ts';

type Change = Parameters<Stage['store']['commit']>[0];

const isOutcome = ({ causes }: Change): boolean =>
  causes.some((cause) => cause.kind === 'effect' && cause.hold.id.startsWith('run_step.'));
const isLog = ({ effects }: Change): boolean => effects.some(({ kind }) => kind === 'upload_log');

/** The next so many such commits find nobody. */
function awayFor(on: Stage, isMeant: (change: Change) => boolean, times: number): void {
  const store = on.world.store as { commit: Stage['store']['commit'] };
  const { commit } = store;
  let left = times;
  store.commit = async (change) => {
    if (!isMeant(change) || left <= 0) return await commit(change);
    left -= 1;
    throw new StoreDown('away');
  };
}

test('a step that may not be repeated has worked, though the store was away when it ended', async () => {
  const on = await stage({ playbooks: [playbooks.onlyOnce] });
  awayFor(on, isOutcome, 2);
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

test('nor its log: it is named in the run, and shown, when the store is back', async () => {
  const on = await stage({ playbooks: [playbooks.auto] });
  on.actions.goes['shop.restart'] = [
    async (_params, { log }) => {
      log('stopping');
      return { kind: 'succeeded', outputs: {} };
    },
  ];
  awayFor(on, isLog, 2);
  await on.sends(group([firing('shop-1')]));
  await on.passes('10s');
  expect((await on.run()).steps.map(({ log }) => log !== undefined)).toContain(true);
});
