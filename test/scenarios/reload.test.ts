/** A playbook changes while its runs are under way: each run goes on with the version that it was started with. */
import { expect, test } from 'vitest';
import { openShelf, type Shelf } from '../../src/playbooks/shelf.ts';
import { type Scratch, scratch } from '../playbooks/git.ts';
import { told } from '../playbooks/told.ts';
import { firing, group } from '../support/alerts.ts';
import { alice, bob } from '../support/people.ts';
import * as playbooks from '../support/playbooks.ts';
import { type Stage, stage } from '../support/scenario.ts';

const down = group([firing('shop-1')]);
const changed = playbooks.proposed.replace('action: shop.restart', 'action: shop.exec');

/** The shop is down, and a playbook of this folder is proposed for it. */
async function proposedFrom(at: Scratch): Promise<{ on: Stage; shelf: () => Shelf }> {
  let opened: Shelf | undefined;
  const on = await stage({
    shelf: async (library, actions) => {
      opened = await openShelf({ dir: at.path('p'), actions, library, telemetry: told() });
      return opened;
    },
  });
  await on.sends(down);
  const shelf = (): Shelf => opened ?? expect.fail('no shelf');
  return { on, shelf };
}

async function click(on: Stage) {
  const { proposals } = await on.incident();
  return on.asks(alice, {
    kind: 'run_playbook',
    playbook: proposals[0]?.playbook ?? '',
    incident: 'inc-1',
    inputs: {},
  });
}

const dispatched = (on: Stage) => on.actions.dispatched.map(({ action }) => action);

function repository(): { at: Scratch; commit: string } {
  const at = scratch();
  at.git('init', '-q');
  at.write('p/shop.yml', playbooks.proposed);
  return { at, commit: at.commit() };
}

test('a run that waits for its approval does what was asked for then, though the file says something else by now', async () => {
  const { at, commit } = repository();
  const { on, shelf } = await proposedFrom(at);
  await click(on);
  expect((await on.run()).playbook).toMatchObject({ id: 'restart-shop', commit });
  at.write('p/shop.yml', changed);
  at.commit();
  await shelf().reload();
  expect(shelf().current()).toMatchObject([{ steps: [{}, { action: 'shop.exec' }] }]);
  await on.asks(bob, { kind: 'approve', run: '', approval: '' });
  await on.passes('1s');
  expect((await on.run()).status).toBe('succeeded');
  expect(dispatched(on)).toEqual(['shop.restart', 'shop.look']);
});

test('a run of a file with changes that are not committed keeps that beside the commit', async () => {
  const { at, commit } = repository();
  at.write('p/shop.yml', `${playbooks.proposed}# tried out\n`);
  const { on } = await proposedFrom(at);
  await click(on);
  expect((await on.run()).playbook.commit).toBe(`${commit}+`);
});

test('the same after its file is deleted, and by a process that never had it', async () => {
  const { at } = repository();
  const { on, shelf } = await proposedFrom(at);
  await click(on);
  at.remove('p/shop.yml');
  await shelf().reload();
  expect(shelf().current()).toEqual([]);
  await on.dies();
  await on.asks(bob, { kind: 'approve', run: '', approval: '' });
  await on.passes('1s');
  expect(dispatched(on)).toEqual(['shop.restart', 'shop.look']);
});

test('a button means the version that it was shown for; a run of an older one names no commit', async () => {
  const { at } = repository();
  const { on, shelf } = await proposedFrom(at);
  at.write('p/shop.yml', changed);
  at.commit();
  await shelf().reload();
  await click(on);
  expect((await on.run()).playbook).not.toHaveProperty('commit');
  await on.asks(bob, { kind: 'approve', run: '', approval: '' });
  await on.passes('1s');
  expect(dispatched(on)).toEqual(['shop.restart', 'shop.look']);
});

test('a playbook that was switched off starts by no button any more, from whichever time that is', async () => {
  const { at } = repository();
  const { on, shelf } = await proposedFrom(at);
  at.write('p/shop.yml', playbooks.proposed.replace('name: Restart', 'enabled: false\nname: Restart'));
  await shelf().reload();
  expect((await click(on)).reason).toBe('playbook_disabled');
  expect(await on.runs()).toEqual([]);
});

test('the next alert brings up the new version, with its commit', async () => {
  const { at } = repository();
  const { on, shelf } = await proposedFrom(at);
  at.write('p/shop.yml', changed);
  const commit = at.commit();
  await shelf().reload();
  await on.sends(group([firing('shop-1'), firing('shop-2')]));
  await click(on);
  expect((await on.run()).playbook).toMatchObject({ commit });
});
