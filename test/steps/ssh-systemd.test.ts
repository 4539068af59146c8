/** `ssh.systemd` on a host with systemd: what it does, what it says, and that a second worker restarts nothing again. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { StepContext } from '../../src/engine/ports.ts';
import { sshSystemd } from '../../src/steps/ssh-systemd.ts';
import { contextOf } from './contexts.ts';
import { startUnitHost, type UnitHost } from './unit-host.ts';

let host: UnitHost;
beforeAll(async () => {
  host = await startUnitHost();
});
afterAll(() => host.stop());
// systemd: a unit that starts five times within ten seconds is not started again, unless its count is reset.
beforeEach(async () => {
  await host.ssh.run('shop-1', ['systemctl', 'reset-failed', '--', 'shop.service'], { timeoutMs: 10_000 });
});

const run = (what: string, change: Partial<StepContext> = {}, unit = 'shop.service') =>
  sshSystemd(host.ssh).execute({ host: 'shop-1', unit, do: what }, contextOf({ attempt: randomUUID(), ...change }));

async function invocation(): Promise<unknown> {
  const outcome = await run('status');
  return outcome.kind === 'succeeded' ? outcome.outputs.invocation_id : outcome;
}

test('status tells state, process and invocation, and changes nothing', async () => {
  const outcome = await run('status');
  expect(outcome).toMatchObject({
    kind: 'succeeded',
    outputs: { active_state: 'active', sub_state: 'running', journal: [] },
  });
  expect(await invocation()).toEqual(outcome.kind === 'succeeded' && outcome.outputs.invocation_id);
});

test('a restart gives the unit a new invocation and says it is active', async () => {
  const before = await invocation();
  const outcome = await run('restart');
  expect(outcome).toMatchObject({
    kind: 'succeeded',
    outputs: { active_state: 'active' },
    note: 'shop.service is active (running)',
  });
  expect(outcome).not.toMatchObject({ outputs: { invocation_id: before } });
});

test('a restart that an earlier worker has done is not done again', async () => {
  const attempt = randomUUID();
  const first = await run('restart', { attempt });
  const second = await run('restart', { attempt, repeated: true });
  expect(second).toMatchObject({ kind: 'succeeded', note: expect.stringContaining('already restarted') });
  expect(second).toMatchObject({ outputs: first.kind === 'succeeded' ? first.outputs : {} });
});

test('a restart that an earlier worker did not come to is done', async () => {
  const before = await invocation();
  const outcome = await run('restart', { repeated: true });
  expect(outcome).toMatchObject({ kind: 'succeeded', note: 'shop.service is active (running)' });
  expect(await invocation()).not.toEqual(before);
});

test('another attempt restarts anew', async () => {
  await run('restart');
  const before = await invocation();
  await run('restart');
  expect(await invocation()).not.toEqual(before);
});

test('stop and start go by the state, so that a repeat changes nothing', async () => {
  expect(await run('stop')).toMatchObject({ kind: 'succeeded', outputs: { active_state: 'inactive' } });
  expect(await run('stop', { repeated: true })).toMatchObject({
    kind: 'succeeded',
    outputs: { active_state: 'inactive' },
  });
  expect(await run('start')).toMatchObject({ kind: 'succeeded', outputs: { active_state: 'active' } });
  const started = await invocation();
  expect(await run('start', { repeated: true })).toMatchObject({
    kind: 'succeeded',
    outputs: { invocation_id: started },
  });
});

test('what systemd refuses is a failure in its words', async () => {
  expect(await run('reload')).toMatchObject({
    kind: 'failed',
    when: 'after_dispatch',
    message: expect.stringMatching(/exit code \d.*reload is not applicable/),
  });
});

test('a unit that is not there is a failure before anything was done', async () => {
  expect(await run('restart', {}, 'shopp.service')).toEqual({
    kind: 'failed',
    when: 'before_dispatch',
    class: 'bad_answer',
    message: 'shop-1 has no unit shopp.service.',
  });
});

test('its plan is the state now, with process and time, and what would become of it', async () => {
  const plan = (what: string, unit = 'shop.service') =>
    sshSystemd(host.ssh).plan?.({ host: 'shop-1', unit, do: what }, contextOf());
  const before = await invocation();
  expect(await plan('restart')).toMatch(
    /^shop\.service on shop-1 is active \(running\), PID \d+, since .+\. Would be restarted, as a new process\.$/,
  );
  expect(await plan('start')).toContain('Already started: nothing would change.');
  expect(await plan('restart', 'shopp.service')).toContain('has no unit shopp.service');
  expect(await invocation()).toEqual(before);
});

test('only a look is a read, and only a change takes the host', () => {
  const action = sshSystemd(host.ssh);
  const args = (what: string) => ({ host: 'shop-1', unit: 'shop.service', do: what });
  expect([action.effectsOf?.(args('status')), action.lockOf(args('status'))]).toEqual([['read'], undefined]);
  expect([action.effectsOf?.(args('restart')), action.lockOf(args('restart'))]).toEqual([
    ['idempotent'],
    'host/shop-1',
  ]);
  expect(action.targetOf(args('restart'))).toEqual({ host: 'shop-1', unit: 'shop.service' });
  expect(action.describe(args('restart'))).toBe('restart shop.service on shop-1');
});

test.each([
  '--all',
  '-x.service',
  'a b.service',
  'shop',
  '../x.service',
  '$(id).service',
  "x';id;'.service",
  'a.service\n',
  '',
])('no unit: %j', (unit) => {
  expect(sshSystemd(host.ssh).check({ host: 'shop-1', unit, do: 'restart' }, false)).toHaveLength(1);
});
