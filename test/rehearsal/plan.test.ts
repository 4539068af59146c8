/** A plan: every unit that is known by now, why it would be refused, and the digest that the engine would ask for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import { loadFiles } from '../../src/playbooks/load.ts';
import { readTest } from '../../src/playbooks/test-file.ts';
import { alertGroup } from '../../src/rehearsal/alerts.ts';
import { planPlaybook, printedPlan } from '../../src/rehearsal/plan.ts';
import { rehearse } from '../../src/rehearsal/rehearse.ts';
import { frozenBy, rehearsedActions, settingOf } from '../../src/rehearsal/setting.ts';
import { folderOf, head } from './folder.ts';

const long = `failure_strategy: rollback
inputs:
  hosts: {type: list, default: [shop-1, shop-2]}
  why: {type: string, default: no reason}
limits: {freeze: [{calendar: holidays}]}
steps:
  - {id: look, action: prometheus.query, with: {query: up}}
  - {id: ok, action: approval, with: {approvers: {roles: [responder]}, min_approvals: 2}}
  - id: each
    foreach: "\${{ inputs.hosts }}"
    action: ssh.systemd
    with: {host: "\${{ item }}", unit: shop.service, do: restart}
    verify: [{name: it runs, action: prometheus.query, with: {query: up}, expect: "\${{ result.value == 1.0 }}"}]
    rollback: [{action: ssh.systemd, with: {host: "\${{ item }}", unit: shop.service, do: stop}}]
  - id: both
    if: "\${{ inputs.why == 'no reason' }}"
    parallel:
      - {id: left, action: wait, with: {for: 1m}}
      - {id: right, if: "\${{ steps.look.outputs.value > 1.0 }}", action: incident.note, with: {text: "\${{ inputs.why }}"}}
  - {id: never, if: "\${{ inputs.why == 'other' }}", action: wait, with: {for: 1m}}
on_failure: [{action: incident.note, with: {text: it failed}}]
on_cancel: [{action: incident.note, with: {text: cancelled}}]
finally: [{action: incident.note, with: {text: over}}]
`;

const now = Date.parse('2026-01-05T10:00:00Z');

function planning(dir: string, inputs: JsonObject = {}) {
  const setting = { ...settingOf({ hosts: ['shop-1', 'shop-2'] }), actions: rehearsedActions(['shop-1', 'shop-2']) };
  const playbooks = loadFiles(dir, setting.actions).flatMap(({ loaded }) => {
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    return [loaded.playbook];
  });
  const playbook = playbooks.find(({ id }) => id === 'mend' || id === 'restart-shop');
  if (!playbook) throw new Error('no playbook');
  return { ...setting, playbooks, playbook, inputs, now, alert: alertGroup(undefined, '.', now) };
}

test('shows every unit with what it would do, and what cannot be known yet', () => {
  const shown = planPlaybook(planning(folderOf({ 'mend.yml': `${head}${long}` })));
  expect(shown.units.map(({ id, phase }) => `${phase} ${id}`)).toEqual([
    'steps look',
    'steps ok',
    'steps each',
    'steps each[0]',
    'rollback each[0].rollback[0]',
    'steps each[1]',
    'rollback each[1].rollback[0]',
    'steps both',
    'steps left',
    'steps right',
    'steps never',
    'on_failure on_failure[0]',
    'on_cancel on_cancel[0]',
    'finally finally[0]',
  ]);
  const lines = printedPlan(shown).join('\n');
  for (const says of [
    'inputs {"hosts":["shop-1","shop-2"],"why":"no reason"}',
    'ok  approval\n    2 of responder\n    covers plan ',
    '      each[1].rollback[0]: stop shop.service on shop-2',
    '  each[1]  ssh.systemd (idempotent)\n      restart shop.service on shop-2 (locks host/shop-2)',
    '      then looks: it runs',
    '    undone by each[0].rollback[0]  ssh.systemd (idempotent)\n        stop shop.service on shop-1',
    "both  side by side\n    if ${{ inputs.why == 'no reason' }}: true",
    '    if ${{ steps.look.outputs.value > 1.0 }}\n',
    "never  wait (read)\n    if ${{ inputs.why == 'other' }}: false, so it is passed over",
    'where it fails:\n  on_failure[0]  incident.note',
    'where it is cancelled:\n',
    'at the end, however it ended:\n',
  ])
    expect(lines).toContain(says);
});

test('says by which guard, and for which input, it would be refused', () => {
  const given = planning(folderOf({ 'mend.yml': `${head}${long}` }));
  const frozen = { ...given, pure: settingOf({ hosts: [], frozen: frozenBy(['holidays']) }).pure };
  expect(planPlaybook(frozen).refused).toMatch(/^frozen: .*holidays/);
  expect(printedPlan(planPlaybook({ ...given, inputs: { hots: ['shop-1'] } }))).toEqual([
    expect.stringMatching(/^refused: inputs_invalid: `hots` is not an input/),
  ]);
});

test('shows the next times of a schedule by its own clock, through a change of it', () => {
  const triggers = '  - schedule: {cron: "30 3 * * 6#1", timezone: America/New_York}\n';
  const dir = folderOf({ 'mend.yml': `${head}${triggers}steps:\n  - {id: rest, action: wait, with: {for: 1m}}\n` });
  expect(printedPlan(planPlaybook(planning(dir)))[0]).toBe(
    'comes at 30 3 * * 6#1 America/New_York: Sat 2026-02-07 03:30, Sat 2026-03-07 03:30, Sat 2026-04-04 03:30, …',
  );
});

test('what is approved by what is read later is not known yet', () => {
  const text = `${head}steps:
  - {id: look, action: prometheus.query, with: {query: up}}
  - {id: ok, action: approval, with: {approvers: {roles: [responder]}}}
  - {id: go, action: ssh.exec, with: {host: shop-1, argv: [scale, --, "\${{ steps.look.outputs.value }}"]}}
`;
  const [, ok, go] = planPlaybook(planning(folderOf({ 'mend.yml': text }))).units;
  expect(ok?.approval).toMatchObject({ by: '1 of responder', covers: [], notKnown: expect.stringContaining('look') });
  expect(ok?.approval?.digest).toBeUndefined();
  expect(go?.notKnown).toContain('look');
});

test.each(['playbooks/restart-shop', 'long'])(
  '%s: its digest is the one that the engine asks people for',
  async (name) => {
    const dir = name === 'long' ? folderOf({ 'mend.yml': `${head}${long}` }) : 'playbooks';
    const given = planning(dir);
    const asked = await rehearse(caseOf(name), given);
    const digests = planPlaybook(given).units.flatMap(({ approval }) => approval?.digest ?? []);
    expect(asked.run?.status).toBe('succeeded');
    expect(digests).toEqual(asked.run?.approvals.map(({ digest }) => digest));
    const other = planPlaybook({ ...given, inputs: name === 'long' ? { hosts: ['shop-2'] } : { host: 'shop-2' } });
    expect(other.units.flatMap(({ approval }) => approval?.digest ?? [])).not.toEqual(digests);
  },
);

function caseOf(name: string) {
  const file = join('playbooks', 'restart-shop.test.yml');
  const read = readTest({ file, text: readFileSync(file, 'utf8') });
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const [first] = read.test.cases;
  if (!first) throw new Error('no case');
  return name === 'long' ? { ...first, mocks: { look: { value: 2 } } } : first;
}
