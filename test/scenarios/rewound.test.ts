/** A store that went back in time: what runs is not known any more, nothing goes on by itself, and people hear of it. */
import { describe, expect, test } from 'vitest';
import type { Anchor, Reached } from '../../src/engine/ports.ts';
import { createReceive } from '../../src/engine/receive.ts';
import { lookBack } from '../../src/engine/rewound.ts';
import { firing, group } from '../support/alerts.ts';
import { alice, bob } from '../support/people.ts';
import * as playbooks from '../support/playbooks.ts';
import { type Stage, stage } from '../support/scenario.ts';

function anchorAt(last: Reached | undefined): Anchor & { readonly last: () => Reached | undefined } {
  let now = last;
  return {
    last: () => now,
    read: async () => now,
    write: async (reached) => {
      now = reached;
    },
  };
}

async function looks(on: Stage, anchor: Anchor): Promise<void> {
  await lookBack({ ...on.world, anchor }, createReceive(on.world));
  await on.settles();
  await on.passes('500ms');
}

/** A thousand writes ago, as far as the anchor knows. */
const goesBack = async (on: Stage): Promise<void> => {
  const { store, writes } = await on.store.reached();
  await looks(on, anchorAt({ store, writes: writes + 1_000 }));
};

const notes = (on: Stage) =>
  on.chat.of('notify').filter(({ content }) => content.summary.includes('went back in time'));

describe('after the store went back', () => {
  test('a run that was acting or waiting is unknown until a person settles it', async () => {
    const on = await stage({ playbooks: [playbooks.waits] });
    await on.sends(group([firing('shop-1')]));
    await goesBack(on);
    expect((await on.run()).status).toBe('needs_attention');
    expect(await on.reasons((await on.run()).id)).toContain('store_went_back');
    await on.passes('5m');
    expect(on.actions.dispatched).toEqual([]);
  });

  test('a run that waits for an approval fails, and is to be asked for again', async () => {
    const on = await stage({ playbooks: [playbooks.proposed] });
    await on.sends(group([firing('shop-1')]));
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    await goesBack(on);
    expect(await on.run()).toMatchObject({ status: 'failed', outcome: expect.stringContaining('run it again') });
    expect((await on.asks(bob, { kind: 'approve', run: (await on.run()).id, approval: '' })).done).toBe(false);
    expect(on.actions.dispatched).toEqual([]);
  });

  test('automation is stopped, and each open incident says why, once', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    await on.sends(group([firing('shop-1')]));
    const { store, writes } = await on.store.reached();
    const last = { store, writes: writes + 1_000 };
    // Two processes notice it at once.
    await looks(on, anchorAt(last));
    await on.store.reached();
    await looks(on, anchorAt(last));
    expect(await on.stopped()).toBe(true);
    expect(notes(on)).toHaveLength(1);
  });
});

test('a store that goes on, another store, and one that nobody remembers are no reason to stop', async () => {
  const on = await stage({ playbooks: [playbooks.waits] });
  await on.sends(group([firing('shop-1')]));
  const anchor = anchorAt(undefined);
  await looks(on, anchor);
  await looks(on, anchor);
  expect(anchor.last()).toEqual(await on.store.reached());
  await looks(on, anchorAt({ store: 'another', writes: 1_000_000 }));
  expect([await on.stopped(), notes(on).length, (await on.run()).status]).toEqual([false, 0, 'running']);
});
