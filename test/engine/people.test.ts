/** What people get back for what they type, and what an operator finds in the log. */
import { expect, test } from 'vitest';
import { type IncidentId, isRunId, type RunId } from '../../src/domain/ids.ts';
import { help } from '../../src/engine/announce/lists.ts';
import { decideAndCommit } from '../../src/engine/commit.ts';
import { firing, group } from '../support/alerts.ts';
import { alice, bob } from '../support/people.ts';
import { proposed } from '../support/playbooks.ts';
import { stage } from '../support/scenario.ts';

test('who opens an incident by hand is told which one it is, and is invited to its channel', async () => {
  const on = await stage();
  const { message } = await on.asks(alice, { kind: 'open_incident', title: 'Checkout is slow' });
  await on.passes('1s');
  expect(message.summary).toBe('The incident is open. It is inc-1.');
  expect(on.chat.invited).toEqual([{ channel: 'C1', users: [alice.user] }]);
});

test('who does not say which of two runs they mean is asked to name one', async () => {
  const on = await stage({ playbooks: [proposed] });
  await on.sends(group([firing('shop-1')]));
  await on.asks(alice, { kind: 'open_incident', title: 'another' });
  for (const incident of ['1', '2'])
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident, inputs: { host: 'shop-1' } });
  const { done, message } = await on.asks(bob, { kind: 'approve', run: '', approval: '' });
  expect([done, message.summary]).toEqual([false, expect.stringContaining('more than one could be meant')]);
});

test('the list of runs says why one failed: rejected is not broken', async () => {
  const on = await stage({ playbooks: [proposed] });
  await on.sends(group([firing('shop-1')]));
  await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  await on.asks(bob, { kind: 'reject', run: '', approval: '' });
  expect(JSON.stringify(await on.answers({ kind: 'list_runs' }))).toMatch(/failed.*rejected by bob/);
});

test('what was not understood is said before what can be asked for', () => {
  expect(help('incident', 'hlep').summary).toBe('/incident hlep is not understood');
  expect(help('automation').summary).toBe('What /automation can do');
});

test('what happened to an incident or a run is in the log under its id, and what changed nothing is not', async () => {
  const on = await stage();
  const lines: object[] = [];
  const { metrics } = on.world.telemetry;
  const log = { info: (_: string, about = {}) => void lines.push(about), warn: () => {}, error: () => {} };
  const world = { ...on.world, telemetry: { metrics, log } };
  const receive = (id: IncidentId | RunId, reason: 'note_added' | 'approved' | 'nothing_new', state: object) =>
    decideAndCommit(world, {
      id,
      kind: isRunId(id) ? 'run' : 'incident',
      causes: [],
      isOpen: () => true,
      decide: async () => ({ state, effects: [], claims: [], history: [], reason }),
    });
  await receive('inc-1' as IncidentId, 'note_added', { title: 'x' });
  await receive('run-1' as RunId, 'approved', { incident: 'inc-1' });
  await receive('inc-1' as IncidentId, 'nothing_new', { title: 'y' });
  expect(lines).toEqual([
    { incident: 'inc-1', reason: 'note_added' },
    { run: 'run-1', incident: 'inc-1', reason: 'approved' },
  ]);
});
