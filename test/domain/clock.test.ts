/** Somebody sets the clock by an hour: what people were asked lapses rather than passes, and nothing waits for ever. */
import { describe, expect, test } from 'vitest';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { EventId } from '../../src/domain/ids.ts';
import type { Run, RunEventBody } from '../../src/domain/run.ts';
import { nine } from '../support/alerts.ts';
import { facts, playbook, requested, runId } from '../support/facts.ts';
import { bob } from '../support/people.ts';

const hourMs = 3_600_000;
const book = playbook(`schema: playbook/v1
id: p
name: P
owners: [o]
timeout: 30m
triggers: [{manual: {roles: [responder]}}]
inputs: {host: {type: host}}
steps:
  - {id: approve, action: approval, with: {approvers: {roles: [responder]}, expires_in: 15m, start_within: 5m}}
  - {id: act, action: shop.exec, with: {host: "\${{ inputs.host }}"}}
  - {id: pause, action: wait, with: {for: 1m}}
`);

const at = (run: Run, now: number, body: RunEventBody) =>
  decideRun(runId, run, { event: { ...body, id: 'e' as EventId }, facts: facts({ now }, [book]) });
const state = (run: Run, now: number, body: RunEventBody): Run => at(run, now, body).state ?? run;

const approve = { kind: 'approve', by: bob, approval: '' } as const;
const expired = { kind: 'approval_expired', approval: 'approve.1' } as const;
const started = { kind: 'step_started', step: 'act', attempt: 1 } as const;
const asked = requested(book);

describe('an hour forward', () => {
  test('an approval that waits is rejected, and no vote passes', () => {
    expect(at(asked, nine + hourMs, approve).reason).toBe('approval_expired');
    const late = state(asked, nine + hourMs, expired);
    expect([late.status, late.approvals[0]?.status]).toEqual(['failed', 'expired']);
  });

  test('what was approved is asked again, for it was to begin soon', () => {
    const approved = state(asked, nine, approve);
    const { reason, state: again } = at(approved, nine + hourMs, started);
    expect([reason, again?.status]).toEqual(['start_too_late', 'waiting_approval']);
  });

  test('what acts is unknown, not failed, and keeps its lock', () => {
    const acts = state(state(asked, nine, approve), nine, started);
    const lost = state(acts, nine + hourMs, { kind: 'run_timed_out' });
    expect([lost.status, Object.keys(lost.locks)]).toEqual(['needs_attention', ['lock/host/shop-1']]);
  });
});

describe('an hour back', () => {
  test('an approval neither expires early nor is approved by that', () => {
    const { reason, state: still } = at(asked, nine - hourMs, expired);
    expect([reason, still?.status]).toEqual(['not_due', 'waiting_approval']);
  });

  test('a vote counts, what it covers begins, and the run has its end in time', () => {
    const { reason, effects, state: approved } = at(asked, nine - hourMs, approve);
    expect(reason).toBe('approved');
    const end = effects.find(({ kind }) => kind === 'time_out_run')?.dueAt ?? 0;
    expect(end).toBeGreaterThan(nine - hourMs);
    expect(end).toBeLessThanOrEqual(nine + 30 * 60_000);
    expect(at(approved ?? asked, nine - hourMs, started).reason).toBe('step_started');
  });

  test('a timeout that comes too early sets itself anew', () => {
    const acts = state(state(asked, nine, approve), nine, started);
    const { reason, effects } = at(acts, nine - hourMs, { kind: 'run_timed_out' });
    expect([reason, effects.map(({ kind }) => kind)]).toEqual(['not_due', ['time_out_run']]);
  });
});
