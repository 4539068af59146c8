/** Every state of a run with everything that can happen to it, illegal pairs included. */
import { describe, expect, test } from 'vitest';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { EventId, MessageRef } from '../../src/domain/ids.ts';
import type { Run, RunEventBody } from '../../src/domain/run.ts';
import { nine } from '../support/alerts.ts';
import { facts, now, playbook, requested, runId } from '../support/facts.ts';
import { alice, bob, dave, guest } from '../support/people.ts';

const text = (effect: string) => `schema: playbook/v1
id: p
name: P
owners: [o]
timeout: 30m
triggers: [{manual: {roles: [responder]}}]
inputs:
  host: {type: host}
steps:
  - id: approve
    action: approval
    with: {approvers: {roles: [responder]}}
  - id: act
    action: shop.${effect}
    with: {host: "\${{ inputs.host }}"}
    verify:
      - {name: looks well, action: shop.look, with: {}, expect: "\${{ result.value == 1 }}", within: 2m, interval: 10s}
  - id: pause
    action: wait
    with: {for: 1m}
`;
const once = playbook(text('exec'));

const after = (run: Run, ...bodies: readonly RunEventBody[]): Run =>
  bodies.reduce((state, body, at) => {
    const event = { ...body, id: `before-${at}` as EventId };
    return decideRun(runId, state, { event, facts: facts({ now: nine }, [once]) }).state ?? state;
  }, run);

const step = { step: 'act', attempt: 1 };
const outcome = { kind: 'succeeded', outputs: { value: 1 } } as const;
const approve = { kind: 'approve', by: bob, approval: '' } as const;
const started = { kind: 'step_started', ...step } as const;
const finished = { kind: 'step_finished', ...step, outcome } as const;
const verified = { kind: 'step_verified', ...step, check: 0, poll: 0, outcome } as const;

const asked = requested(once);
const ready = after(asked, approve);
const running = after(ready, started);
const verifying = after(running, finished);
const pausing = after(verifying, verified);
const unknown = after(running, { ...finished, outcome: { kind: 'unknown', message: 'line dead' } });
const states = {
  none: undefined,
  asked,
  ready,
  running,
  verifying,
  pausing,
  unknown,
  succeeded: after(pausing, { kind: 'wait_ended', step: 'pause' }),
  failed: after(asked, { kind: 'reject', by: bob, approval: '' }),
  cancelled: after(asked, { kind: 'cancel_run', by: bob }),
} satisfies Record<string, Run | undefined>;

const message: MessageRef = { channel: 'C1' as never, ts: '1' };
const events = {
  approve,
  'self approve': { ...approve, by: alice },
  'guest approve': { ...approve, by: guest },
  'other approve': { ...approve, by: dave },
  'old approve': { ...approve, approval: 'approve.9' },
  'old digest': { ...approve, digest: '0000' },
  reject: { kind: 'reject', by: bob, approval: '' },
  expired: { kind: 'approval_expired', approval: 'approve.1' },
  start: started,
  'start wrong attempt': { ...started, attempt: 2 },
  'start other step': { ...started, step: 'pause' },
  blocked: { kind: 'step_blocked', ...step, why: 'target_busy', by: 'run-2' },
  finish: finished,
  'finish wrong attempt': { ...finished, attempt: 2 },
  'finish failed': { ...finished, outcome: { kind: 'failed', message: 'no', when: 'after_dispatch' } },
  'finish unknown': { ...finished, outcome: { kind: 'unknown', message: '?' } },
  'verify true': verified,
  'verify false': { ...verified, outcome: { kind: 'succeeded', outputs: { value: 0 } } },
  'verify old poll': { ...verified, poll: 3 },
  'wait over': { kind: 'wait_ended', step: 'pause' },
  cancel: { kind: 'cancel_run', by: bob },
  'guest cancel': { kind: 'cancel_run', by: guest },
  'settle worked': { kind: 'settle_unknown', by: bob, step: 'act', verdict: 'worked' },
  'settle failed': { kind: 'settle_unknown', by: bob, step: 'act', verdict: 'failed' },
  'guest settle': { kind: 'settle_unknown', by: guest, step: 'act', verdict: 'worked' },
  'time out early': { kind: 'run_timed_out' },
  'alert over': { kind: 'alert_over' },
  shown: { kind: 'progress_posted', message },
  'card shown': { kind: 'approval_posted', approval: 'approve.1', message },
  'given up': { kind: 'effect_given_up', effect: 'post_progress', why: 'x' },
} satisfies Record<string, RunEventBody>;

/** Each cell: reason → status of the run; `=` leaves it as it is. */
const table = `
event                | none          | asked                            | ready                      | running                     | verifying                   | pausing                     | unknown                       | succeeded        | failed           | cancelled
approve              | no_such_run=  | approved→running                 | no_such_approval=          | no_such_approval=           | no_such_approval=           | no_such_approval=           | no_such_approval=             | approval_already_decided= | approval_already_decided= | approval_already_decided=
self approve         | no_such_run=  | self_approval_refused=           | no_such_approval=          | no_such_approval=           | no_such_approval=           | no_such_approval=           | no_such_approval=             | approval_already_decided= | approval_already_decided= | approval_already_decided=
guest approve        | no_such_run=  | not_a_member=                    | no_such_approval=          | no_such_approval=           | no_such_approval=           | no_such_approval=           | no_such_approval=             | approval_already_decided= | approval_already_decided= | approval_already_decided=
other approve        | no_such_run=  | not_an_approver=                 | no_such_approval=          | no_such_approval=           | no_such_approval=           | no_such_approval=           | no_such_approval=             | approval_already_decided= | approval_already_decided= | approval_already_decided=
old approve          | no_such_run=  | no_such_approval=                | no_such_approval=          | no_such_approval=           | no_such_approval=           | no_such_approval=           | no_such_approval=             | approval_already_decided= | approval_already_decided= | approval_already_decided=
old digest           | no_such_run=  | approval_outdated=               | no_such_approval=          | no_such_approval=           | no_such_approval=           | no_such_approval=           | no_such_approval=             | approval_already_decided= | approval_already_decided= | approval_already_decided=
reject               | no_such_run=  | rejected→failed                  | no_such_approval=          | no_such_approval=           | no_such_approval=           | no_such_approval=           | no_such_approval=             | approval_already_decided= | approval_already_decided= | approval_already_decided=
expired              | no_such_run=  | not_due=                         | approval_already_decided=  | approval_already_decided=   | approval_already_decided=   | approval_already_decided=   | approval_already_decided=     | run_over=        | run_over=        | run_over=
start                | no_such_run=  | step_superseded=                 | step_started→running       | step_unknown→needs_attention | step_superseded=           | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
start wrong attempt  | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | step_superseded=            | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
start other step     | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | step_superseded=            | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
blocked              | no_such_run=  | step_superseded=                 | step_blocked→running       | step_superseded=            | step_superseded=            | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
finish               | no_such_run=  | step_superseded=                 | step_superseded=           | step_succeeded→running      | step_superseded=            | step_superseded=            | step_succeeded→running        | run_over=        | run_over=        | run_over=
finish wrong attempt | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | step_superseded=            | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
finish failed        | no_such_run=  | step_superseded=                 | step_superseded=           | step_failed→failed          | step_superseded=            | step_superseded=            | step_failed→failed            | run_over=        | run_over=        | run_over=
finish unknown       | no_such_run=  | step_superseded=                 | step_superseded=           | step_unknown→needs_attention | step_superseded=           | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
verify true          | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | verify_passed→running       | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
verify false         | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | verify_waiting→running      | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
verify old poll      | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | step_superseded=            | step_superseded=            | step_superseded=              | run_over=        | run_over=        | run_over=
wait over            | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | step_superseded=            | wait_ended→succeeded        | step_superseded=              | run_over=        | run_over=        | run_over=
cancel               | no_such_run=  | run_cancelled→cancelled          | run_cancelled→cancelled    | cancel_waits→running        | run_cancelled→cancelled     | run_cancelled→cancelled     | cancel_waits→needs_attention  | run_over=        | run_over=        | run_over=
guest cancel         | no_such_run=  | not_a_member=                    | not_a_member=              | not_a_member=               | not_a_member=               | not_a_member=               | not_a_member=                 | run_over=        | run_over=        | run_over=
settle worked        | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | step_superseded=            | step_superseded=            | unknown_verified→running      | run_over=        | run_over=        | run_over=
settle failed        | no_such_run=  | step_superseded=                 | step_superseded=           | step_superseded=            | step_superseded=            | step_superseded=            | unknown_settled→failed        | run_over=        | run_over=        | run_over=
guest settle         | no_such_run=  | not_a_member=                    | not_a_member=              | not_a_member=               | not_a_member=               | not_a_member=               | not_a_member=                 | run_over=        | run_over=        | run_over=
time out early       | no_such_run=  | not_due=                         | not_due=                   | not_due=                    | not_due=                    | not_due=                    | not_due=                      | run_over=        | run_over=        | run_over=
alert over           | no_such_run=  | nothing_new=                     | nothing_new=               | nothing_new=                | nothing_new=                | nothing_new=                | nothing_new=                  | run_over=        | run_over=        | run_over=
shown                | no_such_run=  | progress_posted→waiting_approval | progress_posted→running    | progress_posted→running     | progress_posted→running     | progress_posted→running     | progress_posted→needs_attention | progress_posted→succeeded | progress_posted→failed | progress_posted→cancelled
card shown           | no_such_run=  | approval_posted→waiting_approval | approval_posted→running    | approval_posted→running     | approval_posted→running     | approval_posted→running     | approval_posted→needs_attention | approval_posted→succeeded | approval_posted→failed | approval_posted→cancelled
given up             | no_such_run=  | effect_given_up=                 | effect_given_up=           | effect_given_up=            | effect_given_up=            | effect_given_up=            | effect_given_up=              | effect_given_up= | effect_given_up= | effect_given_up=
`;

const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const names = Object.keys(states) as (keyof typeof states)[];
const cases = rows.flatMap(([event = '', ...cells]) =>
  names.map((name, at) => ({ name, event: event as keyof typeof events, cell: cells[at] ?? '' })),
);

describe('a run', () => {
  test('is in the states that the columns name', () => {
    expect(Object.values(states).map((run) => run?.status)).toEqual([
      undefined,
      'waiting_approval',
      'running',
      'running',
      'running',
      'running',
      'needs_attention',
      'succeeded',
      'failed',
      'cancelled',
    ]);
    expect(rows.map(([event]) => event)).toEqual(Object.keys(events));
  });

  test.each(cases)('$name + $event: $cell', ({ name, event, cell }) => {
    const before = states[name];
    const body: RunEventBody = events[event];
    const decision = decideRun(runId, before, {
      event: { ...body, id: 'now' as EventId },
      facts: facts({ now }, [once]),
    });
    const isSame = decision.state === before;
    expect(isSame ? `${decision.reason}=` : `${decision.reason}→${decision.state?.status}`).toBe(cell);
    if (!isSame) return;
    expect(decision.claims).toEqual([]);
    expect(decision.effects.map(({ kind }) => kind).filter((kind) => kind !== 'time_out_run')).toEqual([]);
  });
});
