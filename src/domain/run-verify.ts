/** Looking whether a step helped: each check until it has held for long enough, or its time is over. */
import type { EventId } from './ids.ts';
import { type Course, holds, scopeOf } from './plan.ts';
import type { VerifySpec } from './playbook.ts';
import type { Run, RunEventBody, StepOutcome, StepRun, VerifyState } from './run.ts';
import { fail } from './run-advance.ts';
import { because, only, progress, type Stepped } from './run-progress.ts';
import { done, look as lookAgain, lose } from './run-steps.ts';
import { unitOf, without, withUnit } from './run-units.ts';
import { specOf } from './units.ts';

type Verified = Extract<RunEventBody, { kind: 'step_verified' }> & { readonly id: EventId };

interface Look {
  readonly unit: StepRun;
  readonly verify: VerifyState;
  readonly check: VerifySpec;
  readonly course: Course;
}

/** One look at whether it helped. */
export function onStepVerified(run: Run, event: Verified, course: Course): Stepped {
  const unit = unitOf(run, event.step);
  const { verify } = unit;
  const isThis = unit.status === 'verifying' && unit.attempt === event.attempt;
  if (!isThis || verify?.check !== event.check || verify.poll !== event.poll) return only(run, 'step_superseded');
  const check = specOf(event.step, course.playbook).verify[verify.check];
  if (!check) throw new Error(`step \`${unit.id}\` has no check ${verify.check}`);
  return judged(without(run, unit.id, 'unclaimed'), event.outcome, { unit, verify, check, course });
}

function judged(run: Run, outcome: StepOutcome, look: Look): Stepped {
  const { unit, verify, check, course } = look;
  const { now } = course.facts;
  const held = judge(outcome, run, look);
  const trueSince = held.ok && held.value ? (verify.trueSince ?? now) : undefined;
  if (trueSince !== undefined && now - trueSince >= check.stableForMs) return nextCheck(run, look);
  if (trueSince === undefined && now - verify.since >= check.withinMs)
    return gaveUp(run, look, held.ok ? seen(outcome) : `: ${held.problem}`);
  const last = held.ok ? `${held.value ? 'true, must last' : 'not yet true'}${seen(outcome)}` : held.problem;
  const { trueSince: _before, ...rest } = verify;
  const poll = verify.poll + 1;
  const polled = withUnit(run, unit.id, {
    verify: { ...rest, poll, last, ...(trueSince !== undefined && { trueSince }) },
  });
  const again = lookAgain(polled, unit.id, { course, dueAt: now + check.intervalMs });
  return because(progress(polled, [again]), 'verify_waiting');
}

/** What the look saw, where it says. */
const seen = (outcome: StepOutcome): string =>
  outcome.kind === 'succeeded' && outcome.note ? ` (${outcome.note})` : '';

function judge(outcome: StepOutcome, run: Run, { unit, check, course }: Look): ReturnType<typeof holds> {
  if (outcome.kind !== 'succeeded') return { ok: false, problem: outcome.message };
  return holds(check.expect, scopeOf(run, course, { item: unit.item, result: outcome.outputs }), course.facts);
}

function nextCheck(run: Run, { unit, verify, course }: Look): Stepped {
  const { now } = course.facts;
  const check = verify.check + 1;
  const spec = specOf(unit.id, course.playbook);
  if (check >= spec.verify.length) return done(run, unit.id, { course, reason: 'verify_passed' });
  const { trueSince: _before, ...rest } = verify;
  const poll = verify.poll + 1;
  const next = withUnit(run, unit.id, { verify: { ...rest, check, poll, since: now, last: '' } });
  const first = lookAgain(next, unit.id, { course, dueAt: now });
  return because(progress(next, [first]), 'verify_passed', spec.verify[check]?.name);
}

/** A look that a person asked for, where the outcome is unknown, makes it no failure. */
function gaveUp(run: Run, { unit, verify, check, course }: Look, saw: string): Stepped {
  const note = `the check “${check.name}” did not come true in ${Math.round(check.withinMs / 1000)} s${saw}`;
  const next = verify.settles
    ? lose(run, unit.id, { message: `still unknown: ${note}`, course })
    : fail(run, unit.id, { note, course });
  return because(next, 'verify_failed', note);
}
