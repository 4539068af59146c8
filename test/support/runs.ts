/** Runs as they stand, for what is shown of them. */
import type { ChannelRef, IncidentId, PlaybookHash, RunId } from '../../src/domain/ids.ts';
import type { Run, StepRun } from '../../src/domain/run.ts';
import { nine } from './alerts.ts';
import { alice } from './people.ts';

export const runOf = (steps: readonly StepRun[], more: Partial<Run> = {}): Run => ({
  id: 'run-1' as RunId,
  incident: 'inc-1' as IncidentId,
  playbook: { id: 'restart-shop', hash: 'hash' as PlaybookHash, name: 'Restart the shop' },
  mode: 'manual',
  requestedBy: alice,
  subject: { incident: { id: 'inc-1' as IncidentId, number: 1, title: 'x', severity: 'sev1', service: 'shop' } },
  inputs: {},
  status: 'running',
  startedAt: nine,
  waitedMs: 0,
  phase: 'steps',
  steps,
  approvals: [],
  outcome: '',
  progress: { channel: 'C1' as ChannelRef, ts: '1.0' },
  locks: {},
  ...more,
});

const past: readonly StepRun['status'][] = ['succeeded', 'failed'];

/** One that has begun took, or takes, from nine o'clock; one that is over took three seconds. */
export const unitOf = (id: string, status: StepRun['status'], more: Partial<StepRun> = {}): StepRun => ({
  id,
  name: id,
  action: 'shop.restart',
  phase: 'steps',
  status,
  attempt: status === 'pending' ? 0 : 1,
  ...(status !== 'pending' && { startedAt: nine }),
  ...(past.includes(status) && { endedAt: nine + 3_000 }),
  outputs: {},
  note: '',
  change: '',
  ...more,
});
