/** A step begins, is blocked, ends, is verified, or is lost. */
import { isFree, lockKey, stopKey, take } from './claim.ts';
import type { Facts } from './facts.ts';
import type { EventId } from './ids.ts';
import { argumentsOf, coveredBy, holds, planOf, scopeOf } from './plan.ts';
import type { Step } from './playbook.ts';
import type { Reason } from './reason.ts';
import type { Run, RunEventBody, StepOutcome, StepRun } from './run.ts';
import {
  advance,
  askApproval,
  type Course,
  end,
  failStep,
  free,
  lockToken,
  type Progress,
  progress,
  stepOf,
  withStep,
} from './run-advance.ts';
import { runStep, verifyStep } from './run-effects.ts';

type Event<Kind extends RunEventBody['kind']> = Extract<RunEventBody, { kind: Kind }> & { readonly id: EventId };

export type Stepped = Progress & { readonly reason: Reason; readonly detail?: string };

const because = (of: Progress, reason: Reason, detail?: string): Stepped => ({
  ...of,
  reason,
  ...(detail !== undefined && { detail }),
});

/** Before the act: everything that could forbid it is asked again, and the attempt is written. */
export function onStepStarted(run: Run, event: Event<'step_started'>, course: Course): Stepped {
  const at = stepOf(run, event.step);
  const step = specOf(event.step, course);
  if (at.status === 'running' && at.attempt === event.attempt) return begunBefore(run, { at, step, event }, course);
  if (at.status !== 'ready' || at.attempt !== event.attempt) return because(progress(run), 'step_superseded');
  const rendered = argumentsOf(step, run, course.facts);
  if (!rendered.ok)
    return because(
      failStep(run, step.id, { note: rendered.problem, now: course.facts.now }),
      'step_failed',
      rendered.problem,
    );
  const outdated = approvalProblem(run, step, course);
  if (outdated) return askedAgain(run, { step, why: outdated }, course);
  if (step.assert !== undefined && step.effect !== 'read') {
    const held = holds(step.assert, scopeOf(run), course.facts);
    const problem = !held.ok
      ? held.problem
      : held.value
        ? undefined
        : `the precondition \`${step.assert}\` does not hold`;
    if (problem)
      return because(failStep(run, step.id, { note: problem, now: course.facts.now }), 'step_failed', problem);
  }
  return begins(run, { at, event, lock: lockOf(step, rendered.args, course.facts) }, course);
}

function begins(
  run: Run,
  { at, event, lock }: { at: StepRun; event: Event<'step_started'>; lock: string | undefined },
  { facts }: Course,
): Stepped {
  const token = lockToken(run, at.id);
  const locked = lock === undefined ? run : { ...run, locks: { ...run.locks, [lock]: token } };
  const begun = withStep(locked, at.id, {
    status: 'running',
    startedAt: facts.now,
    began: event.id,
    begins: 1,
    note: '',
  });
  // A retry of the same step holds its lock already.
  const claims = lock === undefined || run.locks[lock] === token ? [] : [take(lock, token)];
  return because(progress({ ...begun, status: 'running' }, [], [isFree(stopKey), ...claims]), 'step_started', at.name);
}

const lockOf = (
  step: Step,
  args: Parameters<NonNullable<ReturnType<Facts['action']>>['lockOf']>[0],
  facts: Facts,
): string | undefined => {
  const target = step.effect === 'read' ? undefined : facts.action(step.action)?.lockOf(args);
  return target === undefined ? undefined : lockKey(target);
};

/** Another worker began this attempt and never came back, or this one asks twice. */
function begunBefore(
  run: Run,
  { at, step, event }: { at: StepRun; step: Step; event: Event<'step_started'> },
  { facts }: Course,
): Stepped {
  if (at.began === event.id) return because(progress(run), 'step_started', at.name);
  const mayRepeat = step.effect === 'read' || (step.effect === 'idempotent' && run.cancelledBy === undefined);
  if (!mayRepeat) {
    const message = 'the worker was lost while it ran: whether it took effect is not known';
    return because(lost(run, at.id, { message, now: facts.now }), 'step_unknown', message);
  }
  return because(
    progress(withStep(run, at.id, { began: event.id, begins: (at.begins ?? 1) + 1 }), [], [isFree(stopKey)]),
    'step_started',
    at.name,
  );
}

/** The lock is kept: nobody knows what is going on there. */
function lost(run: Run, step: string, { message, now }: { message: string; now: number }): Progress {
  const unknown: Run = {
    ...withStep(run, step, { status: 'unknown', note: message, endedAt: now }),
    status: 'needs_attention',
    outcome: message,
  };
  return progress(unknown);
}

/** What makes the approval that covers this step worthless: the plan changed, or it came too late. */
function approvalProblem(run: Run, step: Step, course: Course): 'plan_changed' | 'start_too_late' | undefined {
  const approval = run.approvals.findLast(({ status }) => status === 'approved');
  const covered = approval ? coveredBy(approval.step, course.playbook) : [];
  if (!approval || !covered.some(({ id }) => id === step.id)) return undefined;
  const plan = planOf(approval.step, run, course);
  if (!plan.ok || plan.digest !== approval.digest) return 'plan_changed';
  const first = covered.find(({ id }) => stepOf(run, id).status !== 'skipped');
  const isLate = course.facts.now > (approval.decidedAt ?? 0) + approval.spec.startWithinMs;
  const begun = (stepOf(run, step.id).startedAt ?? 0) >= (approval.decidedAt ?? 0);
  return first?.id === step.id && !begun && isLate ? 'start_too_late' : undefined;
}

/** The approval is void; its step asks again, and what it covered waits. */
function askedAgain(run: Run, { step, why }: { step: Step; why: Reason }, course: Course): Stepped {
  const approval = run.approvals.findLast(({ status }) => status === 'approved');
  const asking = course.playbook.steps.find(({ id }) => id === approval?.step);
  if (!approval || !asking) throw new Error(`run ${run.id}: no approval covers \`${step.id}\``);
  const approvals = run.approvals.map((other) =>
    other.id === approval.id ? { ...other, status: 'void' as const } : other,
  );
  const back = withStep({ ...run, approvals }, step.id, { status: 'pending', attempt: stepOf(run, step.id).attempt });
  return because(askApproval(back, { step: asking, spec: approval.spec }, course), why, asking.name);
}

/** It stays ready; the effect is tried again in a while. */
export function onStepBlocked(run: Run, event: Event<'step_blocked'>): Stepped {
  const at = stepOf(run, event.step);
  if (at.status !== 'ready' || at.attempt !== event.attempt) return because(progress(run), 'step_superseded');
  const note =
    event.why === 'automation_stopped' ? 'waits: automation is stopped' : `waits: ${event.by} is at work there`;
  if (at.note === note) return because(progress(run), 'step_not_ready');
  return because(progress(withStep(run, at.id, { note })), 'step_blocked', note);
}

export function onStepFinished(run: Run, event: Event<'step_finished'>, course: Course): Stepped {
  const at = stepOf(run, event.step);
  const step = specOf(event.step, course);
  if (at.status !== 'running' || at.attempt !== event.attempt) return because(progress(run), 'step_superseded');
  const { outcome } = event;
  if (outcome.kind === 'unknown')
    return because(
      lost(run, at.id, { message: outcome.message, now: course.facts.now }),
      'step_unknown',
      outcome.message,
    );
  if (outcome.kind === 'failed') return failed(run, { step, at, outcome }, course);
  return succeeded(run, { step, outcome }, course);
}

function failed(
  run: Run,
  { step, at, outcome }: { step: Step; at: StepRun; outcome: Extract<StepOutcome, { kind: 'failed' }> },
  course: Course,
): Stepped {
  const { now } = course.facts;
  const again = outcome.when === 'before_dispatch' || step.effect === 'read' || step.effect === 'idempotent';
  if (!again || at.attempt >= step.retry.maxAttempts || run.cancelledBy !== undefined) {
    const given = free(run, at.id);
    const failing = failStep(given.run, at.id, { note: outcome.message, now });
    return because({ ...failing, claims: [...given.claims, ...failing.claims] }, 'step_failed', outcome.message);
  }
  const waitMs = Math.min(step.retry.maxMs, step.retry.initialMs * step.retry.factor ** (at.attempt - 1));
  const next = withStep(run, at.id, {
    status: 'ready',
    attempt: at.attempt + 1,
    note: `again in ${Math.round(waitMs / 1000)} s: ${outcome.message}`,
  });
  return because(progress(next, [runStep(next, stepOf(next, at.id), now + waitMs)]), 'step_retried', outcome.message);
}

function succeeded(
  run: Run,
  { step, outcome }: { step: Step; outcome: Extract<StepOutcome, { kind: 'succeeded' }> },
  course: Course,
): Stepped {
  const { now } = course.facts;
  const result = scopeOf(run, outcome.outputs);
  const named = course.facts.pure.render(step.outputs, result);
  if (!named.ok) return because(failStep(run, step.id, { note: named.problem, now }), 'step_failed', named.problem);
  if (step.assert !== undefined && step.effect === 'read') {
    const held = holds(step.assert, result, course.facts);
    const problem = !held.ok ? held.problem : held.value ? undefined : `\`${step.assert}\` does not hold`;
    if (problem) return because(failStep(run, step.id, { note: problem, now }), 'step_failed', problem);
  }
  const outputs = { ...outcome.outputs, ...(named.value as StepRun['outputs']) };
  const noted = withStep(run, step.id, { outputs, note: outcome.note ?? '' });
  if (!step.verify.length) return done(noted, step.id, { course, reason: 'step_succeeded' });
  const verifying = withStep(noted, step.id, {
    status: 'verifying',
    verify: { check: 0, poll: 0, since: now, last: '' },
  });
  return because(
    progress(verifying, [verifyStep(verifying, stepOf(verifying, step.id), { check: 0, poll: 0, dueAt: now })]),
    'step_succeeded',
    step.name,
  );
}

/** The step is over and well: its lock is free, the run goes on, unless it was cancelled meanwhile and more would come. */
export function done(
  run: Run,
  id: string,
  { course, reason }: { readonly course: Course; readonly reason: Reason },
): Stepped {
  const { now } = course.facts;
  const given = free(withStep(run, id, { status: 'succeeded', endedAt: now }), id);
  const isLast = course.playbook.steps.at(-1)?.id === id;
  const next =
    given.run.cancelledBy === undefined || isLast
      ? advance({ ...given.run, status: 'running' }, course)
      : end(given.run, { status: 'cancelled', outcome: `cancelled by ${given.run.cancelledBy}`, now });
  return because({ ...next, claims: [...given.claims, ...next.claims] }, reason, stepOf(run, id).name);
}

/** One look at whether it helped. */
export function onStepVerified(run: Run, event: Event<'step_verified'>, course: Course): Stepped {
  const at = stepOf(run, event.step);
  const { verify } = at;
  if (
    at.status !== 'verifying' ||
    at.attempt !== event.attempt ||
    verify?.check !== event.check ||
    verify.poll !== event.poll
  ) {
    return because(progress(run), 'step_superseded');
  }
  const step = specOf(event.step, course);
  const check = step.verify[verify.check];
  if (!check) throw new Error(`step \`${step.id}\` has no check ${verify.check}`);
  const { now } = course.facts;
  const held = judge(event.outcome, check.expect, { run, course });
  const trueSince = held.ok && held.value ? (verify.trueSince ?? now) : undefined;
  if (trueSince !== undefined && now - trueSince >= check.stableForMs) return nextCheck(run, { step, at, now }, course);
  const last = held.ok ? `${held.value ? 'true, must last' : 'not yet true'}${seen(event.outcome)}` : held.problem;
  if (trueSince === undefined && now - verify.since >= check.withinMs)
    return gaveUp(run, { step, note: `${check.name} did not come true: ${last}` }, course);
  const { trueSince: _before, ...rest } = verify;
  const polled = withStep(run, step.id, {
    verify: { ...rest, poll: verify.poll + 1, last, ...(trueSince !== undefined && { trueSince }) },
  });
  const again = verifyStep(polled, stepOf(polled, step.id), {
    check: verify.check,
    poll: verify.poll + 1,
    dueAt: now + check.intervalMs,
  });
  return because(progress(polled, [again]), 'verify_waiting');
}

/** What the look saw, where it says. */
const seen = (outcome: StepOutcome): string =>
  outcome.kind === 'succeeded' && outcome.note ? ` (${outcome.note})` : '';

function judge(outcome: StepOutcome, expect: string, { run, course }: { run: Run; course: Course }) {
  if (outcome.kind !== 'succeeded') return { ok: false, problem: outcome.message } as const;
  return holds(expect, scopeOf(run, outcome.outputs), course.facts);
}

function nextCheck(run: Run, { step, at, now }: { step: Step; at: StepRun; now: number }, course: Course): Stepped {
  const check = (at.verify?.check ?? 0) + 1;
  if (check >= step.verify.length) return done(run, step.id, { course, reason: 'verify_passed' });
  const next = withStep(run, step.id, { verify: { check, poll: 0, since: now, last: '' } });
  return because(
    progress(next, [verifyStep(next, stepOf(next, step.id), { check, poll: 0, dueAt: now })]),
    'verify_passed',
    step.verify[check]?.name,
  );
}

function gaveUp(run: Run, { step, note }: { step: Step; note: string }, course: Course): Stepped {
  const given = free(run, step.id);
  const failing = failStep(given.run, step.id, { note, now: course.facts.now });
  return because({ ...failing, claims: [...given.claims, ...failing.claims] }, 'verify_failed', note);
}

function specOf(id: string, { playbook }: Course): Step {
  const step = playbook.steps.find((candidate) => candidate.id === id);
  if (!step) throw new Error(`playbook \`${playbook.id}\` has no step \`${id}\``);
  return step;
}

export { lost as loseStep, specOf };
