/** What people, and the lack of them, do to a run: cancel, answer, settle what is unknown, run out of time. */
import type { Effect } from './effect.ts';
import type { EventId } from './ids.ts';
import { rolesMissing } from './permissions.ts';
import { actorName } from './person.ts';
import type { Course } from './plan.ts';
import { deadlineOf, type Ending, type Run, type RunEventBody, type StepRun, waitingApproval } from './run.ts';
import { advance, conclude, fail } from './run-advance.ts';
import { askedForRetry, inTime, refusal, waited } from './run-approvals.ts';
import { cancelChild, timeOut } from './run-effects.ts';
import { end, freePast, lapse } from './run-end.ts';
import { andThen, because, only, type Progress, progress, type Stepped } from './run-progress.ts';
import { mayStart, startedBy } from './run-request.ts';
import { beginVerify, done, lose } from './run-steps.ts';
import { isActingNow, isBeingCancelled, isGroupOf, isPast, isStuck, unitOf, withUnit } from './run-units.ts';
import { specOf } from './units.ts';

type Event<Kind extends RunEventBody['kind']> = Extract<RunEventBody, { kind: Kind }> & { readonly id: EventId };

export function onCancel(run: Run, event: Event<'cancel_run'>, course: Course): Stepped {
  const refused = refusal(run, event, course);
  if (refused) return refused;
  if (run.ending) return only(run, 'run_ending');
  return cancel(run, { by: event.why ?? actorName(event.by) }, course);
}

/** What is running at this moment is not torn off: the run ends when it is known how that went. */
function cancel(run: Run, { by }: { readonly by: string }, course: Course): Stepped {
  if (run.status === 'queued') return onlyEnd(run, { status: 'cancelled', outcome: `cancelled by ${by}` }, course);
  const cancelled: Run = { ...run, cancelledBy: by };
  const why = `cancelled by ${by}`;
  // A look whether it helped is nothing that must be waited for.
  if (isActingNow(run)) return cancelWaits(cancelled, course);
  const ending = { status: 'cancelled', outcome: why, at: course.facts.now } as const;
  return because(conclude(cancelled, ending, course), 'run_cancelled', why);
}

const unbegun: ReadonlySet<StepRun['status']> = new Set(['ready', 'waiting', 'waiting_approval', 'waiting_answer']);

/** What is at work goes on to its end; what has not begun never will, and nobody need decide any more. */
function cancelWaits(run: Run, course: Course): Stepped {
  const steps = run.steps.map((unit) => (unbegun.has(unit.status) ? { ...unit, status: 'cancelled' as const } : unit));
  const given = freePast(lapse({ ...run, steps }, course.facts.now));
  const why = `cancelled by ${run.cancelledBy ?? ''}`;
  return because(progress(given.run, cancelChildren(run), given.claims), 'cancel_waits', why);
}

const cancelChildren = (run: Run): readonly Effect[] =>
  run.steps.flatMap(({ status, child }) => (status === 'waiting_run' && child ? [cancelChild(run, child)] : []));

/** It never began, so nothing is owed. */
function onlyEnd(run: Run, ending: Omit<Ending, 'at'>, course: Course): Stepped {
  const reason = ending.status === 'cancelled' ? 'run_cancelled' : 'run_timed_out';
  return because(end(run, { ...ending, at: course.facts.now }, course), reason, ending.outcome);
}

/** `on_alert_resolved: cancel_pending` stops before the next step, and never kills a running one. */
const alertOver = 'the alert, which resolved meanwhile';

export function onAlertOver(run: Run, course: Course): Stepped {
  const isOn = course.playbook.onAlertResolved === 'cancel_pending' && run.cancelledBy === undefined && !run.ending;
  if (!isOn) return only(run, 'nothing_new');
  const isVerifying = run.steps.some(({ status }) => status === 'verifying');
  if (isVerifying) return cancelWaits({ ...run, cancelledBy: alertOver }, course);
  return cancel(run, { by: alertOver }, course);
}

/** Waiting for people does not count; what runs at that moment is unknown, unless it only reads. */
export function onTimedOut(run: Run, course: Course): Stepped {
  const { now } = course.facts;
  // When the approval or the answer is given, the end is set anew; when it is not, the run ends by that.
  const isWaiting = waitingApproval(run) || run.steps.some(({ status }) => status === 'waiting_answer');
  if (isStuck(run) || isWaiting) return only(run, 'not_due');
  const deadline = deadlineOf(run, course.playbook.timeoutMs);
  if (now < deadline) return because(progress(run, [timeOut(run, deadline)]), 'not_due');
  const changing = run.steps.filter(
    (unit) => unit.status === 'running' && !isGroupOf(run, unit) && specOf(unit.id, course.playbook).effect !== 'read',
  );
  if (changing.length) {
    const message = 'the run’s time was over while it ran: whether it took effect is not known';
    return because(loseAll(run, changing, { message, course }), 'step_unknown', message);
  }
  return timedOut(run, course);
}

export const loseAll = (
  run: Run,
  units: readonly StepRun[],
  loss: { readonly message: string; readonly course: Course },
): Progress => units.reduce((before, { id }) => andThen(before, (next) => lose(next, id, loss)), progress(run));

function timedOut(run: Run, course: Course): Stepped {
  const note = 'the run’s time was over';
  if (run.status === 'queued')
    return onlyEnd(run, { status: 'failed', outcome: `${note} before its turn came` }, course);
  const at = course.facts.now;
  const current = run.steps.find((unit) => unit.phase === run.phase && unit.status !== 'pending' && !isPast(unit));
  const failed = current ? withUnit(run, current.id, { status: 'failed', note, endedAt: at }) : run;
  const outcome = current ? `${current.name}: ${note}` : note;
  const next = run.ending
    ? conclude(failed, { ...run.ending, at }, course)
    : conclude(failed, { status: 'failed', outcome, at }, course);
  return because({ ...next, effects: [...cancelChildren(run), ...next.effects] }, 'run_timed_out', note);
}

export function onAnswer(run: Run, event: Event<'answer'>, course: Course): Stepped {
  const unit = run.steps.find(
    ({ id, status }) => status === 'waiting_answer' && (event.step === '' || id === event.step),
  );
  if (!unit?.question) return only(run, 'no_such_question');
  const refused = refusal(run, event, course);
  if (refused) return refused;
  const { spec, askedAt } = unit.question;
  const { now, pure } = course.facts;
  const isAsked =
    event.by.kind === 'person' &&
    spec.roles.some((role) => event.by.kind === 'person' && event.by.roles.includes(role));
  if (spec.roles.length ? !isAsked : !mayStart(course.playbook, event.by))
    return only(run, 'not_allowed', rolesMissing(spec.roles.length ? spec.roles : startedBy(course.playbook)));
  const checked = pure.checkInputs({ answer: spec.answer }, { answer: event.value });
  // It is the only one: it need not be named.
  if (!checked.ok)
    return only(run, 'answer_invalid', checked.problems.map((one) => one.replace(/^`answer` /, '')).join(' '));
  const note = `answered by ${actorName(event.by)}`;
  const answered = withUnit(waited(run, askedAt, now), unit.id, { outputs: checked.inputs, note });
  return inTime({ ...done(answered, unit.id, { course, reason: 'answered' }), detail: note }, course);
}

export function onAnswerExpired(run: Run, { step }: Event<'answer_expired'>, course: Course): Stepped {
  const unit = unitOf(run, step);
  if (unit.status !== 'waiting_answer') return only(run, 'step_superseded');
  const { now } = course.facts;
  if (now < (unit.question?.expiresAt ?? 0)) return only(run, 'not_due');
  const note = 'nobody answered in time';
  const since = waited(run, unit.question?.askedAt ?? now, now);
  return inTime(because(fail(since, unit.id, { note, course }), 'answer_expired', note), course);
}

/** A person says how it ended, or has it looked at, or done again; only a known end frees the lock. */
export function onSettled(run: Run, event: Event<'settle_unknown'>, course: Course): Stepped {
  const refused = refusal(run, event, course);
  if (refused) return refused;
  const unit = unitOf(run, event.step);
  if (unit.status !== 'unknown') return only(run, 'step_superseded');
  if (event.verdict === 'retry' && isBeingCancelled(run)) return only(run, 'run_ending');
  if (event.verdict === 'verify' && !specOf(unit.id, course.playbook).verify.length)
    return only(run, 'nothing_to_verify');
  const { now } = course.facts;
  const by = actorName(event.by);
  const known: Run = { ...waited(run, unit.endedAt ?? now, now), outcome: '' };
  const settle = { worked, failed, verify, retry }[event.verdict];
  return inTime(settle(known, unit, { by, course }), course);
}

interface Settling {
  readonly by: string;
  readonly course: Course;
}

type Settle = (run: Run, unit: StepRun, settling: Settling) => Stepped;

/** Where there are checks, they have the last word. */
const worked: Settle = (run, unit, { by, course }) => {
  const said = `${by} says that it worked`;
  const noted = withUnit(run, unit.id, { note: said });
  if (specOf(unit.id, course.playbook).verify.length)
    return because(beginVerify(noted, unit.id, course), 'unknown_verified', said);
  return { ...done(noted, unit.id, { course, reason: 'unknown_settled' }), detail: said };
};

const failed: Settle = (run, unit, { by, course }) => {
  const said = `${by} says that it failed`;
  return because(fail(run, unit.id, { note: said, course }), 'unknown_settled', said);
};

const verify: Settle = (run, unit, { by, course }) => {
  const noted = withUnit(run, unit.id, { note: `looked at, as ${by} asked` });
  return because(beginVerify(noted, unit.id, course, true), 'unknown_verified', `${by} has it looked at`);
};

/** What is done again needs its approvals again; the lock is still held by the unit itself. */
const retry: Settle = (run, unit, { by, course }) => {
  const said = `${by} wants it done again`;
  const asked = askedForRetry(run, unit, course);
  if (asked) return { ...asked, reason: 'unknown_retried', detail: said };
  const back = withUnit(run, unit.id, { status: 'pending', note: said });
  return because(advance(back, course), 'unknown_retried', said);
};
