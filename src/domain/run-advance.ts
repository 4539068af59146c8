/** Where a run goes from here: the next step's gate, wait or attempt, or the end. */
import type { Approval } from './approval.ts';
import { activeKey, type Claim, giveBack } from './claim.ts';
import type { Effect } from './effect.ts';
import type { Facts } from './facts.ts';
import { argumentsOf, holds, planOf, scopeOf } from './plan.ts';
import type { Playbook, Step } from './playbook.ts';
import type { Run, RunStatus, StepRun } from './run.ts';
import { endWait, expireApproval, postApproval, runStep } from './run-effects.ts';

/** A run on its way to be committed. */
export interface Progress {
  readonly run: Run;
  readonly effects: readonly Effect[];
  readonly claims: readonly Claim[];
}

export interface Course {
  readonly playbook: Playbook;
  readonly facts: Facts;
}

export const progress = (run: Run, effects: readonly Effect[] = [], claims: readonly Claim[] = []): Progress => ({
  run,
  effects,
  claims,
});

const ended: ReadonlySet<StepRun['status']> = new Set(['succeeded', 'skipped']);

/** Goes to the next step that is not over; steps whose condition is false are passed over. */
export function advance(run: Run, course: Course): Progress {
  const at = run.steps.findIndex(({ status }) => !ended.has(status));
  const step = course.playbook.steps[at];
  if (!step) return end(run, { status: 'succeeded', outcome: 'all steps done', now: course.facts.now });
  const condition =
    step.if === undefined ? ({ ok: true, value: true } as const) : holds(step.if, scopeOf(run), course.facts);
  if (!condition.ok) return failStep(run, step.id, { note: condition.problem, now: course.facts.now });
  if (!condition.value)
    return advance(withStep(run, step.id, { status: 'skipped', note: 'its condition is false' }), course);
  return enter(run, step, course);
}

function enter(run: Run, step: Step, course: Course): Progress {
  const { now, pure } = course.facts;
  const rendered = argumentsOf(step, run, course.facts);
  if (!rendered.ok) return failStep(run, step.id, { note: rendered.problem, now });
  if (step.action === 'approval') return askApproval(run, { step, spec: pure.approvalSpec(rendered.args) }, course);
  if (step.action === 'wait') {
    const waiting = withStep(run, step.id, { status: 'waiting', startedAt: now });
    return progress(waiting, [endWait(waiting, stepOf(waiting, step.id), now + pure.waitMs(rendered.args))]);
  }
  const change = course.facts.action(step.action)?.describe(rendered.args) ?? '';
  const ready = withStep(run, step.id, { status: 'ready', attempt: stepOf(run, step.id).attempt + 1, change });
  return progress({ ...ready, status: 'running' }, [runStep(ready, stepOf(ready, step.id))]);
}

/** Nobody waits in a job: the run rests in the store until a click or the expiry. */
export function askApproval(
  run: Run,
  { step, spec }: { readonly step: Step; readonly spec: Approval['spec'] },
  course: Course,
): Progress {
  const { now } = course.facts;
  const plan = planOf(step.id, run, course);
  if (!plan.ok) return failStep(run, step.id, { note: plan.problem, now });
  const approval: Approval = {
    id: `${step.id}.${run.approvals.length + 1}`,
    step: step.id,
    digest: plan.digest,
    covers: plan.steps,
    spec: asStrictAs(course.playbook, spec),
    status: 'waiting',
    askedAt: now,
    expiresAt: now + spec.expiresInMs,
    decisions: [],
  };
  const asked: Run = {
    ...withStep(run, step.id, { status: 'waiting_approval', startedAt: now }),
    status: 'waiting_approval',
    approvals: [...run.approvals, approval],
  };
  return progress(asked, [postApproval(asked, approval), expireApproval(asked, approval)]);
}

/** High risk: two people, and not who asked, whatever the playbook says. */
const asStrictAs = ({ risk }: Playbook, spec: Approval['spec']): Approval['spec'] =>
  risk === 'high' ? { ...spec, minApprovals: Math.max(2, spec.minApprovals), allowRequester: false } : spec;

export interface Failure {
  readonly note: string;
  readonly now: number;
}

/** The step failed, and with it the run. */
export function failStep(run: Run, step: string, { note, now }: Failure): Progress {
  const failed = withStep(run, step, { status: 'failed', note, endedAt: now });
  return end(failed, { status: 'failed', outcome: `${stepOf(run, step).name}: ${note}`, now });
}

export interface Ending {
  readonly status: Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>;
  readonly outcome: string;
  readonly now: number;
}

/** Ends the run: what it held is given back, what it had not begun never will. */
export function end(run: Run, { status, outcome, now }: Ending): Progress {
  const steps = run.steps.map((step) => (isBegun(step) ? step : { ...step, status: 'cancelled' as const }));
  const over: Run = {
    ...run,
    status,
    outcome,
    endedAt: now,
    locks: {},
    approvals: run.approvals.map((approval) => lapsed(approval, now)),
    steps: status === 'succeeded' ? run.steps : steps,
  };
  return progress(over, [], [...freeAll(run), giveBack(activeKey(run.playbook.id, run.incident), run.id)]);
}

/** Nobody need decide any more. */
const lapsed = (approval: Approval, now: number): Approval =>
  approval.status === 'waiting' ? { ...approval, status: 'lapsed', decidedAt: now } : approval;

const isBegun = ({ status }: StepRun): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'skipped' || status === 'unknown';

const freeAll = (run: Run): readonly Claim[] => Object.entries(run.locks).map(([key, token]) => giveBack(key, token));

/** Gives back what one step held. */
export function free(run: Run, step: string): { readonly run: Run; readonly claims: readonly Claim[] } {
  const token = lockToken(run, step);
  const mine = Object.entries(run.locks).filter(([, holder]) => holder === token);
  const locks = Object.fromEntries(Object.entries(run.locks).filter(([, holder]) => holder !== token));
  return { run: { ...run, locks }, claims: mine.map(([key, holder]) => giveBack(key, holder)) };
}

export const lockToken = (run: Pick<Run, 'id'>, step: string): string => `${run.id}/${step}`;

export function stepOf(run: Run, id: string): StepRun {
  const step = run.steps.find((candidate) => candidate.id === id);
  if (!step) throw new Error(`run ${run.id} has no step \`${id}\``);
  return step;
}

export const withStep = (run: Run, id: string, change: Partial<StepRun>): Run => ({
  ...run,
  steps: run.steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
});
