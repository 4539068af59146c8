/** Rules of runs that a table of states does not show: what is claimed, covered, repeated, retried, and when time is over. */

import { describe, expect, test } from 'vitest';
import { isGuardKey } from '../../src/domain/claim.ts';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { Decision, Facts } from '../../src/domain/facts.ts';
import type { EventId, IncidentId } from '../../src/domain/ids.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import type { Run, RunEventBody } from '../../src/domain/run.ts';
import { nine } from '../support/alerts.ts';
import { facts, playbook, record, requested, runId } from '../support/facts.ts';
import { alice, bob, carol, dave } from '../support/people.ts';
import { auto, onlyOnce, proposed } from '../support/playbooks.ts';

const minute = 60_000;
const restart = playbook(proposed);
const twoSteps = playbook(auto);
const exec = playbook(onlyOnce);

const on = (
  of: Playbook,
  run: Run | undefined,
  body: RunEventBody,
  over: Partial<Facts> & { id?: string } = {},
): Decision<Run> => {
  const { id = 'e', ...known } = over;
  return decideRun(runId, run, { event: { ...body, id: id as EventId }, facts: facts({ now: nine, ...known }, [of]) });
};
const then = (of: Playbook, run: Run, body: RunEventBody, over: Partial<Facts> & { id?: string } = {}): Run =>
  on(of, run, body, over).state ?? run;

const approve = { kind: 'approve', by: bob, approval: '' } as const;
const start = (step: string, attempt = 1) => ({ kind: 'step_started', step, attempt }) as const;
const request = (of: Playbook, over: object = {}) => ({
  kind: 'run_requested' as const,
  request: {
    playbook: of.hash,
    incident: 'inc-1' as IncidentId,
    mode: 'manual' as const,
    requestedBy: alice,
    inputs: { host: 'shop-1' },
    subject: {
      alert: { labels: {}, annotations: {}, startsAt: nine, fingerprint: 'a' },
      incident: { id: 'inc-1' as IncidentId, number: 1, title: 'x', severity: 'sev1' as const, service: '' },
    },
    ...over,
  },
});

describe('a request', () => {
  const over = new Map([['a', record('a', { status: 'resolved' })]]);
  const ungated = { ...restart, steps: restart.steps.filter(({ action }) => action !== 'approval') };
  const grouped = { ...restart, concurrency: { group: 'db', onConflict: 'queue' as const } };
  const child = { parent: { run: 'run-9', step: 'sub', above: [{ run: 'run-9', playbook: 'outer' }] } };
  const byRole = { ...restart, triggers: [{ kind: 'manual' as const, roles: ['admin'] }] };
  test.each`
    of                                | with                                              | known                      | reason
    ${restart}                        | ${{}}                                             | ${{}}                      | ${'run_started'}
    ${restart}                        | ${{ playbook: 'gone' }}                           | ${{}}                      | ${'playbook_unknown'}
    ${grouped}                        | ${child}                                          | ${{ held: () => 'run-9' }} | ${'group_held_above'}
    ${grouped}                        | ${child}                                          | ${{ held: () => 'run-8' }} | ${'run_queued'}
    ${{ ...restart, enabled: false }} | ${{}}                                             | ${{}}                      | ${'playbook_disabled'}
    ${restart}                        | ${{ requestedBy: { ...bob, standing: 'guest' } }} | ${{}}                      | ${'not_a_member'}
    ${restart}                        | ${{ requestedBy: dave }}                          | ${{}}                      | ${'run_started'}
    ${ungated}                        | ${{ requestedBy: dave }}                          | ${{}}                      | ${'not_allowed'}
    ${ungated}                        | ${{}}                                             | ${{}}                      | ${'run_started'}
    ${byRole}                         | ${{ requestedBy: dave }}                          | ${{}}                      | ${'not_allowed'}
    ${{ ...restart, risk: 'high' }}   | ${{ mode: 'auto' }}                               | ${{}}                      | ${'auto_refused'}
    ${restart}                        | ${{ inputs: { host: 'unheard' } }}                | ${{}}                      | ${'inputs_invalid'}
    ${restart}                        | ${{ mode: 'propose' }}                            | ${{ alerts: over }}        | ${'alert_gone'}
    ${restart}                        | ${{ mode: 'auto' }}                               | ${{ alerts: over }}        | ${'alert_gone'}
    ${restart}                        | ${{ mode: 'manual' }}                             | ${{ alerts: over }}        | ${'run_started'}
  `('of $of.id ($of.risk) with $with → $reason', ({ of, with: given, known, reason }) => {
    expect(on(of, undefined, request(of, given), known).reason).toBe(reason);
  });

  test('claims the one run of its playbook for the incident, and that nothing is stopped', () => {
    expect(on(restart, undefined, request(restart)).claims).toEqual([
      { key: 'active/restart-shop/inc-1', expect: null, set: 'run-1' },
      { key: 'stop', expect: null },
    ]);
  });

  test('for a run that exists changes nothing', () => {
    expect(on(restart, requested(restart), request(restart)).reason).toBe('run_exists');
  });

  test('whose run is over at once tells its end only', () => {
    const broken = { ...exec, steps: exec.steps.map((step) => ({ ...step, with: { host: '${{ inputs.nowhere }}' } })) };
    const { state, claims, effects, history } = on(broken, undefined, request(broken));
    expect(state?.status).toBe('failed');
    expect(claims).toEqual([{ key: 'stop', expect: null }]);
    expect(effects.flatMap((effect) => (effect.kind === 'tell_incident' ? [effect.note.status] : []))).toEqual([
      'failed',
    ]);
    expect(history.map(({ reason }) => reason)).toEqual(['run_started', 'run_failed']);
  });

  test('for high risk takes two others, whatever the playbook says', () => {
    const high = { ...restart, risk: 'high' as const };
    const { state } = on(high, undefined, request(high));
    expect(state?.approvals[0]?.spec).toMatchObject({ minApprovals: 2, allowRequester: false });
  });
});

describe('an attempt', () => {
  const ready = requested(exec);

  test('claims its target and that nothing is stopped, in the commit that writes it', () => {
    const { state, claims } = on(exec, ready, start('run'), { id: 'w1' });
    expect(claims.filter(({ key }) => !isGuardKey(key))).toEqual([
      { key: 'stop', expect: null },
      { key: 'lock/host/shop-1', expect: null, set: 'run-1/run' },
    ]);
    expect(state?.steps[0]).toMatchObject({ status: 'running', began: 'w1', begins: 1 });
  });

  test('asked for twice by the same worker is the same attempt', () => {
    const begun = then(exec, ready, start('run'), { id: 'w1' });
    const again = on(exec, begun, start('run'), { id: 'w1' });
    expect([again.reason, again.state === begun]).toEqual(['step_started', true]);
  });

  test.each`
    of          | step         | cancelled | reason            | status
    ${exec}     | ${'run'}     | ${false}  | ${'step_unknown'} | ${'needs_attention'}
    ${twoSteps} | ${'restart'} | ${false}  | ${'step_started'} | ${'running'}
    ${twoSteps} | ${'restart'} | ${true}   | ${'step_unknown'} | ${'needs_attention'}
  `(
    'of $of.steps.0.effect by another worker (cancelled: $cancelled) → $reason',
    ({ of, step, cancelled, reason, status }) => {
      const begun = then(of, requested(of), start(step), { id: 'w1' });
      const run = cancelled ? then(of, begun, { kind: 'cancel_run', by: bob }) : begun;
      const decision = on(of, run, start(step), { id: 'w2' });
      expect([decision.reason, decision.state?.status]).toEqual([reason, status]);
      expect(decision.state?.locks).toEqual(begun.locks);
    },
  );

  test('ends with its lock given back, exactly as it was taken', () => {
    const begun = then(exec, ready, start('run'));
    const end = on(exec, begun, {
      kind: 'step_finished',
      step: 'run',
      attempt: 1,
      outcome: { kind: 'succeeded', outputs: {} },
    });
    expect(end.claims.filter(({ key }) => !isGuardKey(key))).toEqual([
      { key: 'lock/host/shop-1', expect: 'run-1/run', set: null },
      { key: 'active/restart-shop/inc-1', expect: 'run-1', set: null },
    ]);
  });
});

describe('a failure', () => {
  const retrying = (of: Playbook): Playbook => ({
    ...of,
    steps: of.steps.map((step) => ({
      ...step,
      retry: { ...step.retry, maxAttempts: 2, initialMs: 1_000, maxMs: 9_000 },
    })),
  });
  test.each`
    of          | when                 | result
    ${exec}     | ${'before_dispatch'} | ${'step_retried'}
    ${exec}     | ${'after_dispatch'}  | ${'step_failed'}
    ${twoSteps} | ${'before_dispatch'} | ${'step_retried'}
    ${twoSteps} | ${'after_dispatch'}  | ${'step_retried'}
  `('$when of a step that is $of.steps.0.effect → $result', ({ of, when, result }) => {
    const repeated = retrying(of);
    const id = repeated.steps[0]?.id ?? '';
    const begun = then(repeated, requested(repeated), start(id));
    const outcome = { kind: 'failed', message: 'no', when };
    const first = on(repeated, begun, { kind: 'step_finished', step: id, attempt: 1, outcome } as RunEventBody);
    expect(first.reason).toBe(result);
    if (result === 'step_failed' || !first.state) return;
    expect(first.state.locks).toEqual(begun.locks);
    const again = then(repeated, first.state, start(id, 2), { id: 'w2' });
    const last = on(repeated, again, { kind: 'step_finished', step: id, attempt: 2, outcome } as RunEventBody);
    expect([last.reason, last.state?.status, last.state?.locks]).toEqual(['step_failed', 'failed', {}]);
  });
});

describe('what stands in the way', () => {
  const blocked = { kind: 'step_blocked', step: 'run', attempt: 1, why: 'target_busy', by: 'run-2' } as const;

  test('is said once, however often it is tried', () => {
    const first = on(exec, requested(exec), blocked);
    expect([first.reason, first.state?.steps[0]?.note]).toEqual(['step_blocked', 'waits: run-2 is at work there']);
    expect(on(exec, first.state, blocked)).toMatchObject({ reason: 'step_not_ready', effects: [], history: [] });
  });
});

describe('a check', () => {
  const verifying = [
    approve,
    start('restart'),
    { kind: 'step_finished', step: 'restart', attempt: 1, outcome: { kind: 'succeeded', outputs: {} } },
  ].reduce((run, body) => then(restart, run, body as RunEventBody), requested(restart));
  const look = (value: Json, poll = 0) =>
    ({
      kind: 'step_verified',
      step: 'restart',
      attempt: 1,
      check: 0,
      poll,
      outcome: { kind: 'succeeded', outputs: { value } },
    }) as const;

  test.each`
    value  | late              | reason
    ${1}   | ${0}              | ${'verify_passed'}
    ${1}   | ${5 * minute}     | ${'verify_passed'}
    ${0}   | ${2 * minute - 1} | ${'verify_waiting'}
    ${0}   | ${2 * minute}     | ${'verify_failed'}
    ${'x'} | ${2 * minute}     | ${'verify_failed'}
  `('that sees $value after $late ms → $reason', ({ value, late, reason }) => {
    expect(on(restart, verifying, look(value), { now: nine + late }).reason).toBe(reason);
  });

  test('must hold as long as the playbook says, without a break', () => {
    const stable = {
      ...restart,
      steps: restart.steps.map((step) => ({
        ...step,
        verify: step.verify.map((check) => ({ ...check, stableForMs: minute })),
      })),
    };
    const first = then(stable, verifying, look(1));
    const broken = then(stable, first, look(0, 1), { now: nine + 30_000 });
    const anew = then(stable, broken, look(1, 2), { now: nine + 40_000 });
    expect(on(stable, anew, look(1, 3), { now: nine + 95_000 }).reason).toBe('verify_waiting');
    expect(on(stable, anew, look(1, 3), { now: nine + 100_000 }).reason).toBe('verify_passed');
  });
});

describe('an approval', () => {
  const approved = then(restart, requested(restart), approve);

  test.each`
    late              | reason
    ${5 * minute}     | ${'step_started'}
    ${5 * minute + 1} | ${'start_too_late'}
  `('$late ms ago: $reason', ({ late, reason }) => {
    expect(on(restart, approved, start('restart'), { now: nine + late }).reason).toBe(reason);
  });

  test('is void when the plan changes, and asked for again under a new number', () => {
    const changed = {
      ...restart,
      steps: restart.steps.map((step) => (step.id === 'restart' ? { ...step, with: { host: 'shop-2' } } : step)),
    };
    const { state, reason, effects } = on(changed, approved, start('restart'));
    expect(reason).toBe('plan_changed');
    expect(state?.approvals.map(({ id, status }) => [id, status])).toEqual([
      ['approve.1', 'void'],
      ['approve.2', 'waiting'],
    ]);
    expect(state?.steps.map(({ status }) => status)).toEqual(['waiting_approval', 'pending']);
    expect(effects.map(({ kind }) => kind)).toContain('expire_approval');
    const seen = state?.approvals[1]?.digest.slice(0, 8) ?? '';
    const again = state && then(changed, state, { ...approve, by: carol, digest: seen });
    expect(again && on(changed, again, start('restart', 2)).reason).toBe('step_started');
  });

  test('expires at its time and not before, and fails the run', () => {
    const expire = { kind: 'approval_expired', approval: 'approve.1' } as const;
    expect(on(restart, requested(restart), expire, { now: nine + 15 * minute - 1 }).reason).toBe('not_due');
    const { state, reason } = on(restart, requested(restart), expire, { now: nine + 15 * minute });
    expect([reason, state?.status, state?.approvals[0]?.status]).toEqual(['approval_expired', 'failed', 'expired']);
  });
});

describe('time', () => {
  const timeOut = { kind: 'run_timed_out' } as const;
  const over = nine + twoSteps.timeoutMs;

  test.each`
    of          | step         | begun    | reason             | status
    ${twoSteps} | ${'restart'} | ${false} | ${'run_timed_out'} | ${'failed'}
    ${twoSteps} | ${'restart'} | ${true}  | ${'step_unknown'}  | ${'needs_attention'}
    ${exec}     | ${'run'}     | ${true}  | ${'step_unknown'}  | ${'needs_attention'}
  `('over with $step begun: $begun → $reason', ({ of, step, begun, reason, status }) => {
    const run = begun ? then(of, requested(of), start(step)) : requested(of);
    const decision = on(of, run, timeOut, { now: over });
    expect([decision.reason, decision.state?.status]).toEqual([reason, status]);
  });

  test('does not run while people take theirs: the end is set anew by the approval', () => {
    const asked = requested(restart);
    expect(on(restart, asked, timeOut, { now: over }).effects).toEqual([]);
    const { effects } = on(restart, asked, approve, { now: nine + 7 * minute });
    expect(effects.find(({ kind }) => kind === 'time_out_run')?.dueAt).toBe(nine + restart.timeoutMs + 7 * minute + 1);
  });
});

test('a run whose playbook is in no library any more ends, and gives back what it held', () => {
  const ready = requested(twoSteps);
  const gone = decideRun(runId, ready, { event: { id: 'e' as EventId, ...start('restart') }, facts: facts({}, []) });
  expect(gone).toMatchObject({
    reason: 'playbook_unknown',
    state: { status: 'failed' },
    claims: [{ key: 'active/restart-shop/inc-1' }],
  });
});

describe('a step of which nothing is heard', () => {
  const timedOut = { kind: 'step_timed_out', step: 'run', attempt: 1 } as const;
  const begun = then(exec, requested(exec), start('run'));

  test('asks, in the commit that begins it, to be looked at when its time is over', () => {
    const { effects } = on(exec, requested(exec), start('run'));
    expect(effects).toContainEqual(
      expect.objectContaining({ kind: 'time_out_step', step: 'run', attempt: 1, dueAt: nine + 300_000 + 15_000 }),
    );
  });

  test('is unknown then, and keeps its lock', () => {
    const { state, reason } = on(exec, begun, timedOut);
    expect(reason).toBe('step_unknown');
    expect(state).toMatchObject({ status: 'needs_attention', locks: { 'lock/host/shop-1': 'run-1/run' } });
  });

  test.each([
    { what: 'of another attempt', event: { ...timedOut, attempt: 2 }, run: begun },
    { what: 'that has not begun', event: timedOut, run: requested(exec) },
  ])('is left alone where it is one $what', ({ event, run }) => {
    expect(on(exec, run, event).reason).toBe('step_superseded');
  });
});

describe('what is only written down', () => {
  const begun = then(exec, requested(exec), start('run'));

  test.each([
    {
      event: { kind: 'step_checkpointed', step: 'run', attempt: 1, handle: { pid: 7 } },
      run: begun,
      reason: 'step_checkpointed',
    },
    {
      event: { kind: 'step_checkpointed', step: 'run', attempt: 2, handle: { pid: 7 } },
      run: begun,
      reason: 'step_superseded',
    },
    { event: { kind: 'step_logged', step: 'run', attempt: 1, log: 'step-1.log' }, run: begun, reason: 'step_logged' },
  ] as const)('$event.kind of attempt $event.attempt: $reason', ({ event, run, reason }) => {
    expect(on(exec, run, event).reason).toBe(reason);
  });
});
