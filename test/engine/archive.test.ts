/** Incidents and their runs that ended long ago are written down elsewhere, and leave the store. */
import { expect, test } from 'vitest';
import { archiveEnded } from '../../src/engine/archive.ts';
import type { Archived } from '../../src/engine/ports.ts';
import { firing, group, resolved } from '../support/alerts.ts';
import { restart, started, written } from '../support/flow.ts';
import { alice } from '../support/people.ts';
import type { Stage } from '../support/scenario.ts';

const up = group([resolved('shop-1')]);
const dayMs = 86_400_000;

/** What is archived now, of what ended ninety days ago. */
async function archived(on: Stage, { fails = false } = {}): Promise<readonly Archived[]> {
  const lines: Archived[] = [];
  const put = async (line: Archived): Promise<void> => {
    lines.push(line);
    if (fails) throw new Error('the disk is full');
  };
  await archiveEnded({ ...on.world, archive: { afterMs: 90 * dayMs, put } });
  return lines;
}

const what = (line: Archived): string => (line.kind === 'alerts' ? `alerts of ${line.id}` : line.ended.id);

test('a closed incident leaves with its alerts, and then its runs, when nobody has touched them for so long', async () => {
  const on = await started(written(restart('a')));
  const run = await on.run();
  await on.sends(up);
  await on.passes('5m');
  await on.passes('1h');
  expect((await on.incident()).status).toBe('closed');
  await on.passes('80d');
  expect(await archived(on)).toEqual([]);
  await on.passes('11d');
  const lines = await archived(on);
  expect(lines.map(what)).toEqual(['alerts of inc-1', 'inc-1']);
  expect(lines.at(-1)).toMatchObject({ ended: { state: { title: expect.any(String), status: 'closed' } } });
  // A run stays as long as its incident, which still speaks of it.
  expect((await archived(on)).map(what)).toEqual([run.id]);
  expect(await archived(on)).toEqual([]);
  expect([await on.incidents(), await on.runs()]).toEqual([[], []]);
});

test('an open incident stays with its runs, however long that takes, and holds up nobody else', async () => {
  const on = await started(written(restart('a')));
  await on.passes('1d');
  await on.sends(group([firing('b')], { groupKey: 'other', groupLabels: { alertname: 'Other' } }));
  await on.asks(alice, { kind: 'resolve', incident: 'inc-2' });
  await on.passes('2h');
  await on.passes('100d');
  expect((await archived(on)).map(what)).toEqual(['alerts of inc-2', 'inc-2']);
  expect(await on.incident()).toMatchObject({ id: 'inc-1', status: 'triggered' });
  expect((await on.runs()).length).toBe(1);
});

test('what cannot be written down stays', async () => {
  const on = await started(written(restart('a')));
  await on.asks(alice, { kind: 'resolve', incident: 'inc-1' });
  await on.passes('2h');
  await on.passes('100d');
  await expect(archived(on, { fails: true })).rejects.toThrow('the disk is full');
  expect((await on.incidents()).length).toBe(1);
  expect((await archived(on)).map(what)).toEqual(['alerts of inc-1', 'inc-1']);
});

test('whoever asks for one that has left is told that there is none; the same alert opens a new one', async () => {
  const on = await started(written(restart('a')));
  await on.asks(alice, { kind: 'resolve', incident: 'inc-1' });
  await on.passes('2h');
  await on.passes('100d');
  await archived(on);
  expect((await on.asks(alice, { kind: 'acknowledge', incident: 'inc-1' })).reason).toBe('no_such_incident');
  await on.sends(group([firing('shop-1', { startsAt: on.now() })]));
  expect((await on.incidents()).map(({ id, status }) => [id, status])).toEqual([['inc-2', 'triggered']]);
});
