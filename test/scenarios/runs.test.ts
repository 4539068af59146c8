/** From a proposed or automatic playbook to its end: approvals, locks, the stop, lost workers, time. */
import { describe, expect, test } from 'vitest';
import { firing, group, nine, resolved } from '../support/alerts.ts';
import { refused, worked } from '../support/fake-actions.ts';
import { alice, bob, carol, dave, guest } from '../support/people.ts';
import * as playbooks from '../support/playbooks.ts';
import { type Stage, stage } from '../support/scenario.ts';

const down = group([firing('shop-1')]);
const up = group([resolved('shop-1')]);
const lockOfShop = 'lock/host/shop-1';

const holder = async ({ store }: Stage, key: string) => (await store.claims([key]))[0];

/** The shop is down, and alice has clicked the proposed playbook. */
async function waiting(playbook: string): Promise<Stage> {
  const on = await stage({ playbooks: [playbook] });
  await on.sends(down);
  const { proposals } = await on.incident();
  await on.asks(alice, { kind: 'run_playbook', playbook: proposals[0]?.playbook ?? '', incident: 'inc-1', inputs: {} });
  return on;
}

const approve = (on: Stage, by = bob) => on.asks(by, { kind: 'approve', run: '', approval: '' });

describe('a proposed playbook', () => {
  test('is run by alice, approved by bob, restarts, verifies and succeeds', async () => {
    const on = await waiting(playbooks.proposed);
    expect(await on.run()).toMatchObject({ status: 'waiting_approval', inputs: { host: 'shop-1' } });
    expect(on.actions.dispatched).toEqual([]);
    expect((await approve(on)).reason).toBe('approved');
    await on.passes('1s');
    expect(await on.run()).toMatchObject({ status: 'succeeded', locks: {} });
    expect(on.actions.dispatched.map(({ action }) => action)).toEqual(['shop.restart', 'shop.look']);
    expect(await holder(on, lockOfShop)).toBeNull();
    expect((await on.incident()).runs).toMatchObject([{ status: 'succeeded' }]);
    expect(await on.reasons((await on.run()).id)).toEqual([
      'run_started',
      'approval_asked',
      'approved',
      'step_started',
      'step_succeeded',
      'verify_passed',
      'run_succeeded',
    ]);
    expect([on.chat.of('post_progress').length, on.chat.of('post_approval').length]).toEqual([1, 1]);
  });

  test.each([
    { who: alice, reason: 'self_approval_refused' },
    { who: dave, reason: 'not_an_approver' },
    { who: guest, reason: 'not_a_member' },
  ])('is not approved by $who.name: $reason, and history has it', async ({ who, reason }) => {
    const on = await waiting(playbooks.proposed);
    expect(await approve(on, who)).toMatchObject({ reason, done: false });
    expect((await on.run()).status).toBe('waiting_approval');
    expect(await on.reasons((await on.run()).id)).toContain(reason);
    expect(on.actions.dispatched).toEqual([]);
  });

  test('fails when nobody approves in time, and may be asked for again', async () => {
    const on = await waiting(playbooks.proposed);
    await on.passes('16m');
    expect(await on.run()).toMatchObject({ status: 'failed', approvals: [{ status: 'expired' }] });
    expect((await approve(on)).done).toBe(false);
    expect(
      await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} }),
    ).toMatchObject({ done: true });
  });

  test('that is rejected ends, and nothing was done', async () => {
    const on = await waiting(playbooks.proposed);
    await on.asks(bob, { kind: 'reject', run: '', approval: '' });
    expect(await on.run()).toMatchObject({ status: 'failed', approvals: [{ status: 'rejected' }] });
    expect(on.actions.dispatched).toEqual([]);
  });

  test('that needs two waits for the second, who is not the first', async () => {
    const on = await waiting(playbooks.byTwo);
    expect((await approve(on, bob)).reason).toBe('approval_counted');
    expect((await approve(on, bob)).reason).toBe('approval_counted_already');
    expect(on.actions.dispatched).toEqual([]);
    expect((await approve(on, carol)).reason).toBe('approved');
    expect((await on.run()).status).toBe('succeeded');
  });

  test('runs once at a time for an incident', async () => {
    const on = await waiting(playbooks.proposed);
    const again = await on.asks(carol, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    expect(again).toMatchObject({ reason: 'run_exists', done: false });
    expect(await on.runs()).toHaveLength(1);
  });

  test('is not started by its button once the alert is over, yet by its name', async () => {
    const on = await stage({ playbooks: [playbooks.proposed] });
    await on.sends(down);
    const { proposals } = await on.incident();
    await on.sends(up);
    const button = { kind: 'run_playbook', playbook: proposals[0]?.playbook ?? '', incident: '1', inputs: {} } as const;
    expect((await on.asks(alice, button)).reason).toBe('alert_gone');
    expect((await on.asks(alice, { ...button, playbook: 'restart-shop' })).reason).toBe('run_started');
  });

  test('approved too long ago is asked for again, and its old card says so', async () => {
    const on = await waiting(playbooks.proposed);
    await on.asks(carol, { kind: 'stop_automation', why: 'looking' });
    await approve(on);
    await on.passes('6m');
    await on.asks(carol, { kind: 'resume_automation', why: '' });
    await on.passes('5s');
    expect((await on.run()).approvals.map(({ status }) => status)).toEqual(['void', 'waiting']);
    expect(on.chat.of('post_approval').map(({ content }) => content.summary)).toEqual([
      'Restart the shop: void: it was too old when its first step could begin, so it is asked for again',
      'Restart the shop: may this be done?',
    ]);
    await approve(on);
    await on.passes('5s');
    expect((await on.run()).status).toBe('succeeded');
  });

  test('with cancel_pending lapses when the alert resolves while it waits', async () => {
    const on = await waiting(playbooks.cancelsPending);
    await on.sends(up);
    expect(await on.run()).toMatchObject({ status: 'cancelled', approvals: [{ status: 'lapsed' }] });
  });
});

test('nobody starts a playbook while automation is stopped', async () => {
  const on = await stage({ playbooks: [playbooks.proposed] });
  await on.sends(down);
  await on.asks(alice, { kind: 'stop_automation', why: '' });
  const answer = await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  expect(answer).toMatchObject({ reason: 'automation_stopped', done: false });
  expect(await on.runs()).toEqual([]);
});

describe('an automatic playbook', () => {
  test('heals unattended', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    await on.sends(down);
    await on.passes('2s');
    expect(await on.run()).toMatchObject({ status: 'succeeded', mode: 'auto', requestedBy: { kind: 'alert' } });
    expect(on.actions.attempts('shop.restart')).toHaveLength(2);
  });

  test('is stopped before its next step by /automation stop, and goes on after /automation resume', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    on.actions.goes['shop.restart'] = [
      async () => {
        await on.engine().desk.act({ kind: 'stop_automation', why: 'wait', id: 'stop' as never, by: alice });
        return { kind: 'succeeded', outputs: {} };
      },
      worked(),
    ];
    await on.sends(down);
    await on.passes('1m');
    expect(on.actions.attempts('shop.restart')).toHaveLength(1);
    expect((await on.run()).steps[1]).toMatchObject({ status: 'ready', note: 'waits: automation is stopped' });
    await on.asks(alice, { kind: 'resume_automation', why: '' });
    await on.passes('5s');
    expect((await on.run()).status).toBe('succeeded');
    expect(on.actions.dispatched.map(({ repeated }) => repeated)).toEqual([false, false]);
  });

  test('does not begin while automation is stopped, and not at all if the alert is over by then', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    await on.asks(alice, { kind: 'stop_automation', why: '' });
    await on.sends(down);
    await on.passes('1m');
    await on.sends(up);
    await on.asks(alice, { kind: 'resume_automation', why: '' });
    await on.passes('10s');
    expect(await on.runs()).toEqual([]);
  });

  test('with for: 2m starts then', async () => {
    const on = await stage({ playbooks: [playbooks.afterTwoMinutes] });
    await on.sends(down);
    await on.passes('110s');
    expect(await on.runs()).toEqual([]);
    await on.passes('15s');
    expect((await on.run()).status).toBe('succeeded');
  });

  test('with for: 2m does nothing if the alert resolved, and counts anew when it fires again', async () => {
    const on = await stage({ playbooks: [playbooks.afterTwoMinutes] });
    await on.sends(down);
    await on.passes('1m');
    await on.sends(up);
    await on.passes('30s');
    await on.sends(group([firing('shop-1', { startsAt: nine + 90_000 })]));
    await on.passes('1m');
    expect(await on.runs()).toEqual([]);
    await on.passes('65s');
    expect(await on.runs()).toHaveLength(1);
  });

  test('never starts after a person has resolved the incident', async () => {
    const on = await stage({ playbooks: [playbooks.afterTwoMinutes] });
    await on.sends(down);
    await on.asks(alice, { kind: 'resolve', incident: '1' });
    await on.passes('3m');
    expect(await on.runs()).toEqual([]);
  });

  test('starts once for one firing, however often it is sent', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    for (const _ of [1, 2, 3]) await on.sends(down);
    await on.passes('5s');
    expect(await on.runs()).toHaveLength(1);
  });

  test('waits as long as it says', async () => {
    const on = await stage({ playbooks: [playbooks.waits] });
    await on.sends(down);
    await on.passes('50s');
    expect(on.actions.dispatched).toEqual([]);
    await on.passes('15s');
    expect((await on.run()).status).toBe('succeeded');
  });

  test('that changes nothing in the end is not left open: a failing step fails the run and frees the target', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    on.actions.goes['shop.restart'] = [refused('no route to host')];
    await on.sends(down);
    await on.passes('5s');
    expect(await on.run()).toMatchObject({ status: 'failed', steps: [{ status: 'failed' }, { status: 'cancelled' }] });
    expect(await holder(on, lockOfShop)).toBeNull();
  });
});

describe('a worker that dies after the attempt was written', () => {
  const never = () => new Promise<never>(() => undefined);

  async function diesWithin(playbook: string, action: string): Promise<Stage> {
    const on = await stage({ playbooks: [playbook] });
    const { promise: acting, resolve: begun } = Promise.withResolvers<void>();
    on.actions.goes[action] = [
      () => {
        begun();
        return never();
      },
      worked(),
    ];
    const sent = on.sends(down);
    await acting;
    await on.dies();
    await sent;
    return on;
  }

  test('leaves an idempotent step to be run again under the same attempt id', async () => {
    const on = await diesWithin(playbooks.auto, 'shop.restart');
    const { id } = await on.run();
    await on.passes('40s');
    expect((await on.run()).status).toBe('succeeded');
    expect(on.actions.dispatched.map(({ attempt, repeated }) => [attempt, repeated])).toEqual([
      [`${id}.restart.1`, false],
      [`${id}.restart.1`, true],
      [`${id}.again.1`, false],
    ]);
  });

  test('leaves a once step unknown: never run again, lock kept, and people settle it', async () => {
    const on = await diesWithin(playbooks.onlyOnce, 'shop.exec');
    await on.passes('10m');
    const { id, steps } = await on.run();
    expect(await on.run()).toMatchObject({ status: 'needs_attention' });
    expect(steps[0]?.status).toBe('unknown');
    expect(on.actions.attempts('shop.exec')).toHaveLength(1);
    expect(await holder(on, lockOfShop)).toBe(`${id}/run`);
    expect((await on.asks(guest, { kind: 'settle_unknown', run: id, step: 'run', verdict: 'worked' })).done).toBe(
      false,
    );
    await on.asks(bob, { kind: 'settle_unknown', run: id, step: 'run', verdict: 'worked' });
    expect((await on.run()).status).toBe('succeeded');
    expect(await holder(on, lockOfShop)).toBeNull();
  });

  test('leaves an idempotent step unknown when the run was cancelled meanwhile', async () => {
    const on = await diesWithin(playbooks.auto, 'shop.restart');
    await on.asks(bob, { kind: 'cancel_run', run: (await on.run()).id });
    await on.passes('40s');
    expect(await on.run()).toMatchObject({
      status: 'needs_attention',
      steps: [{ status: 'unknown' }, { status: 'pending' }],
    });
    expect(on.actions.dispatched).toHaveLength(1);
  });
});

describe('a target', () => {
  test('that another run is at work on is waited for', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    await on.store.commit({
      id: 'run-other' as never,
      kind: 'run',
      version: 0,
      open: false,
      history: [],
      records: [],
      effects: [],
      causes: [],
      claims: [{ key: lockOfShop, set: 'run-other/restart' }],
    });
    await on.sends(down);
    await on.passes('10s');
    expect((await on.run()).steps[0]).toMatchObject({ status: 'ready', note: 'waits: run-other is at work there' });
    await on.store.commit({
      id: 'run-other' as never,
      kind: 'run',
      version: 0,
      open: false,
      history: [],
      records: [],
      effects: [],
      causes: [],
      claims: [{ key: lockOfShop, set: null }],
    });
    await on.passes('10s');
    expect((await on.run()).status).toBe('succeeded');
  });

  test('whose lock was taken from under the run does not keep the run from ending', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    on.actions.goes['shop.restart'] = [
      async () => {
        await on.store.commit({
          id: 'run-other' as never,
          kind: 'run',
          version: 0,
          open: false,
          history: [],
          records: [],
          effects: [],
          causes: [],
          claims: [{ key: lockOfShop, set: null }],
        });
        return { kind: 'succeeded', outputs: {} };
      },
      worked(),
    ];
    await on.sends(down);
    await on.passes('5s');
    expect((await on.run()).status).toBe('succeeded');
    expect(on.actions.attempts('shop.restart')).toHaveLength(2);
  });
});

describe('a run that takes too long', () => {
  test('fails by its timeout, which does not count the time that people took', async () => {
    const on = await waiting(
      playbooks.proposed.replace('inputs:', 'timeout: 10m\ninputs:').replace('within: 2m', 'within: 30m'),
    );
    on.actions.goes['shop.look'] = [worked({ value: 0 })];
    await on.passes('12m');
    await approve(on);
    await on.passes('9m');
    expect((await on.run()).status).toBe('running');
    await on.passes('2m');
    expect(await on.run()).toMatchObject({ status: 'failed', outcome: expect.stringContaining('time was over') });
    expect(await holder(on, lockOfShop)).toBeNull();
  });

  test('has its time again after people settled what was unknown', async () => {
    const on = await stage({ playbooks: [`${playbooks.onlyOnce}`.replace('inputs:', 'timeout: 10m\ninputs:')] });
    on.actions.goes['shop.exec'] = [async () => ({ kind: 'unknown', message: 'the line went dead' })];
    await on.sends(down);
    await on.passes('15m');
    expect((await on.run()).status).toBe('needs_attention');
    await on.asks(bob, { kind: 'settle_unknown', run: (await on.run()).id, step: 'run', verdict: 'failed' });
    expect((await on.run()).status).toBe('failed');
  });
});
