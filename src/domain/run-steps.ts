/** A step's attempt: it begins, is blocked, ends, is timed out, or is lost. */
import { isFree, lockKey, stopKey, take } from './claim.ts';
import type { Effect } from './effect.ts';
import type { Facts } from './facts.ts';
import { judgeAttempt } from './guards.ts';
import type { EventId } from './ids.ts';
import type { JsonObject } from './json.ts';
import { type Course, holds, scopeOf, unitArguments } from './plan.ts';
import type { Step } from './playbook.ts';
import type { Run, RunEventBody, StepOutcome, StepRun } from './run.ts';
import { advance, fail } from './run-advance.ts';
import { askedAgain, inTime, waited } from './run-approvals.ts';
import { approvalProblem } from './run-covering.ts';
import { runStep, tellOwners, timeOutStep, uploadLog, verifyStep } from './run-effects.ts';
import { cleared, counted, free } from './run-end.ts';
import { pooled, poolOfLook, poolOfUnit } from './run-pools.ts';
import { and, andThen, because, only, type Progress, progress, type Stepped } from './run-progress.ts';
import { isBeingCancelled, lockToken, triesOf, unitOf, without, withUnit } from './run-units.ts';
import { specOf } from './units.ts';

type Event<Kind extends RunEventBody['kind']> = Extract<RunEventBody, { kind: Kind }> & { readonly id: EventId };

/** A worker ends what takes too long by itself; whether one is left to do so is looked at so much later. */
const graceMs = 15_000;

interface Attempt {
  readonly unit: StepRun;
  readonly spec: Step;
  readonly event: Event<'step_started'>;
  readonly course: Course;
}

/** Before the act: everything that could forbid it is asked again, and the attempt is written. */
export function onStepStarted(run: Run, event: Event<'step_started'>, course: Course): Stepped {
  const unit = unitOf(run, event.step);
  const attempt: Attempt = { unit, spec: specOf(unit.id, course.playbook), event, course };
  if (unit.status === 'running' && unit.attempt === event.attempt) return begunBefore(run, attempt);
  if (unit.status !== 'ready' || unit.attempt !== event.attempt) return only(run, 'step_superseded');
  const rendered = unitArguments(unit, attempt.spec, { run, course });
  if (!rendered.ok) return failed(run, unit, { note: rendered.problem, course });
  const outdated = approvalProblem(run, unit, course);
  if (outdated) return askedAgain(run, { unit, why: outdated }, course);
  const moved = movedPool(run, attempt, rendered.args);
  if (moved) return failed(run, unit, { note: moved, course });
  const unmet = unmetPrecondition(run, attempt);
  if (unmet) return failed(run, unit, { note: unmet, course });
  return begins(run, attempt, rendered.args);
}

const failed = (run: Run, unit: StepRun, { note, course }: { note: string; course: Course }): Stepped =>
  because(fail(run, unit.id, { note, course }), 'step_failed', note);

/** The worker that took it has the credentials of the pool that it was given to, and of no other. */
function movedPool(run: Run, { unit, spec, course }: Attempt, args: JsonObject): string | undefined {
  const placed = pooled(run, unit, { spec, args, course });
  if (!placed.ok) return placed.problem;
  if (placed.pool === poolOfUnit(unit)) return undefined;
  return `it was given to the pool \`${poolOfUnit(unit)}\` and belongs to \`${placed.pool}\` by now: run it again`;
}

/** Of a read, it is about what was read, and comes after. */
function unmetPrecondition(run: Run, { unit, spec, course }: Attempt): string | undefined {
  if (spec.assert === undefined || spec.effect === 'read') return undefined;
  const held = holds(spec.assert, scopeOf(run, course, unit), course.facts);
  if (!held.ok) return held.problem;
  return held.value ? undefined : `the precondition \`${spec.assert}\` does not hold`;
}

function begins(run: Run, { unit, spec, event, course }: Attempt, args: JsonObject): Stepped {
  const { facts } = course;
  const isRead = spec.effect === 'read';
  const guarded = isRead ? ({ ok: true, claims: [] } as const) : judgeAttempt(run, { step: spec, args }, course);
  if (!guarded.ok) return because(fail(run, unit.id, { note: guarded.detail, course }), guarded.reason, guarded.detail);
  const lock = lockOf(spec, args, facts);
  const token = lockToken(run, unit.id);
  const fresh = without(without(run, unit.id, 'handle'), unit.id, 'unclaimed');
  const begun = withUnit(
    {
      ...fresh,
      ...(lock !== undefined && { locks: { ...run.locks, [lock]: token } }),
    },
    unit.id,
    {
      status: 'running',
      startedAt: facts.now,
      began: event.id,
      begins: 1,
      note: '',
      ...(!isRead && { acted: unit.acted === 'surely' ? 'surely' : 'perhaps' }),
    },
  );
  // A retry of the same step holds its lock already.
  const locked = lock === undefined || run.locks[lock] === token ? [] : [take(lock, token)];
  const late = timeOutStep(begun, unit, facts.now + spec.timeoutMs + graceMs);
  return because(progress(begun, [late], [isFree(stopKey), ...locked, ...guarded.claims]), 'step_started', unit.name);
}

function lockOf(step: Step, args: JsonObject, facts: Facts): string | undefined {
  const target = step.effect === 'read' ? undefined : facts.action(step.action)?.lockOf(args);
  return target === undefined ? undefined : lockKey(target);
}

/** Another worker began this attempt and never came back, or this one asks twice. */
function begunBefore(before: Run, { unit, spec, event, course }: Attempt): Stepped {
  if (unit.began === event.id) return because(progress(before), 'step_started', unit.name);
  const run = without(before, unit.id, 'unclaimed');
  const isFound = spec.effect === 'reattachable' && unit.handle !== undefined;
  const isHarmless = spec.effect === 'idempotent' && !isBeingCancelled(run);
  if (spec.effect !== 'read' && !isFound && !isHarmless) {
    const message = 'the worker was lost while it ran: whether it took effect is not known';
    return because(lose(run, unit.id, { message, course }), 'step_unknown', message);
  }
  const again = withUnit(run, unit.id, { began: event.id, begins: (unit.begins ?? 1) + 1 });
  // What runs already is only followed, whatever was stopped meanwhile.
  return because(progress(again, [], isFound ? [] : [isFree(stopKey)]), 'step_started', unit.name);
}

export interface Loss {
  readonly message: string;
  readonly course: Course;
}

/** The lock is kept: nobody knows what is going on there. */
export function lose(run: Run, unit: string, { message, course }: Loss): Progress {
  const lost = withUnit({ ...run, doubted: true }, unit, {
    status: 'unknown',
    note: message,
    endedAt: course.facts.now,
  });
  const told = tellOwners(run, unitOf(run, unit), { why: message, owners: course.playbook.owners });
  return andThen(counted(run, 'unknown', course), () => progress({ ...lost, outcome: message }, [told]));
}

/** It stays ready; the effect is tried again in a while. */
export function onStepBlocked(run: Run, event: Event<'step_blocked'>): Stepped {
  const unit = unitOf(run, event.step);
  if (unit.status !== 'ready' || unit.attempt !== event.attempt) return only(run, 'step_superseded');
  const note =
    event.why === 'automation_stopped' ? 'waits: automation is stopped' : `waits: ${event.by} is at work there`;
  if (unit.note === note && !unit.unclaimed) return only(run, 'step_not_ready');
  return because(progress(withUnit(without(run, unit.id, 'unclaimed'), unit.id, { note })), 'step_blocked', note);
}

/** What its worker needs to find it again. */
export function onCheckpoint(run: Run, event: Event<'step_checkpointed'>): Stepped {
  const unit = unitOf(run, event.step);
  if (unit.status !== 'running' || unit.attempt !== event.attempt) return only(run, 'step_superseded');
  return because(progress(withUnit(run, unit.id, { handle: event.handle })), 'step_checkpointed');
}

/** Its whole log is kept, and shown where people follow the run. */
export function onLogged(run: Run, event: Event<'step_logged'>): Stepped {
  const unit = unitOf(run, event.step);
  const logged = withUnit(run, unit.id, { log: event.log });
  return because(progress(logged, [uploadLog(logged, unit, event.log)]), 'step_logged');
}

/** Its worker should have ended it long ago: there is none, or it hangs. */
export function onStepTimedOut(run: Run, event: Event<'step_timed_out'>, course: Course): Stepped {
  const unit = unitOf(run, event.step);
  if (unit.status !== 'running' || unit.attempt !== event.attempt) return only(run, 'step_superseded');
  const spec = specOf(unit.id, course.playbook);
  const message = `no end within ${Math.round(spec.timeoutMs / 1000)} s, and nothing heard from its worker`;
  if (spec.effect !== 'read') return because(lose(run, unit.id, { message, course }), 'step_unknown', message);
  return ended(run, { unit, spec, course }, { kind: 'failed', message, when: 'after_dispatch', class: 'timeout' });
}

export function onStepFinished(run: Run, event: Event<'step_finished'>, course: Course): Stepped {
  const unit = unitOf(run, event.step);
  const { outcome } = event;
  if (event.began !== undefined && event.began !== unit.began) return only(run, 'step_superseded');
  const isLate = unit.status === 'unknown' && outcome.kind !== 'unknown';
  if ((unit.status !== 'running' && !isLate) || unit.attempt !== event.attempt) return only(run, 'step_superseded');
  const at: At = { unit, spec: specOf(unit.id, course.playbook), course };
  if (!isLate) return ended(without(run, unit.id, 'unclaimed'), at, outcome);
  const { now } = course.facts;
  return inTime(ended(waited({ ...run, outcome: '' }, unit.endedAt ?? now, now), at, outcome), course);
}

interface At {
  readonly unit: StepRun;
  readonly spec: Step;
  readonly course: Course;
}

function ended(run: Run, at: At, outcome: StepOutcome): Stepped {
  const { unit, course } = at;
  if (outcome.kind === 'unknown')
    return because(lose(run, unit.id, { message: outcome.message, course }), 'step_unknown', outcome.message);
  return outcome.kind === 'failed' ? onFailed(run, at, outcome) : onSucceeded(run, at, outcome);
}

type Failed = Extract<StepOutcome, { kind: 'failed' }>;

function onFailed(run: Run, { unit, spec, course }: At, outcome: Failed): Stepped {
  const known = withActed(run, unit, outcome);
  if (!mayRetry(run, { unit, spec, outcome })) return failed(known, unit, { note: outcome.message, course });
  const waitMs = pauseBefore(unit, spec, { run, facts: course.facts });
  const note = `again in ${Math.round(waitMs / 1000)} s: ${outcome.message}`;
  const next = withUnit(known, unit.id, { status: 'ready', attempt: unit.attempt + 1, note });
  const again = runStep(next, unitOf(next, unit.id), course.facts.now + waitMs);
  return because(progress(next, [again]), 'step_retried', outcome.message);
}

/** What surely did not begin has changed nothing, unless an earlier attempt or worker did. */
function withActed(run: Run, { id, acted, begins = 1 }: StepRun, { when }: Failed): Run {
  if (when === 'before_dispatch' && begins === 1 && acted === 'perhaps') return withUnit(run, id, { acted: 'no' });
  return acted === undefined ? run : withUnit(run, id, { acted: 'surely' });
}

function mayRetry(
  run: Run,
  { unit, spec, outcome }: { readonly unit: StepRun; readonly spec: Step; readonly outcome: Failed },
): boolean {
  if (triesOf(unit) >= spec.retry.maxAttempts || isBeingCancelled(run)) return false;
  if (outcome.when === 'after_dispatch' && spec.effect === 'once') return false;
  const { retryOn } = spec.retry;
  return retryOn.length === 0 || (outcome.class !== undefined && retryOn.includes(outcome.class));
}

/** The jitter derives from the attempt, so that deciding again gives the same. */
function pauseBefore(unit: StepRun, { retry }: Step, { run, facts }: { run: Run; facts: Facts }): number {
  const wholeMs = Math.min(retry.maxMs, retry.initialMs * retry.factor ** (triesOf(unit) - 1));
  if (!retry.jitter) return wholeMs;
  const share = Number.parseInt(facts.pure.digest(`${run.id}/${unit.id}/${unit.attempt}`).slice(0, 8), 16) / 0xffffffff;
  return Math.round(wholeMs * (0.5 + share / 2));
}

function onSucceeded(
  run: Run,
  { unit, spec, course }: At,
  outcome: Extract<StepOutcome, { kind: 'succeeded' }>,
): Stepped {
  const scope = scopeOf(run, course, { item: unit.item, result: outcome.outputs });
  const named = course.facts.pure.render(spec.outputs, scope);
  if (!named.ok) return failed(run, unit, { note: named.problem, course });
  if (spec.assert !== undefined && spec.effect === 'read') {
    const held = holds(spec.assert, scope, course.facts);
    const problem = !held.ok ? held.problem : held.value ? undefined : `\`${spec.assert}\` does not hold`;
    if (problem) return failed(run, unit, { note: problem, course });
  }
  const outputs = { ...outcome.outputs, ...(named.value as JsonObject) };
  const noted = withUnit(run, unit.id, { outputs, note: outcome.note ?? '' });
  if (!spec.verify.length) return done(noted, unit.id, { course, reason: 'step_succeeded' });
  return because(beginVerify(noted, unit.id, course), 'step_succeeded', unit.name);
}

/** Looks whether it helped, from the first check on. `settles`: because a person asked, where the outcome is unknown. */
export function beginVerify(before: Run, id: string, course: Course, settles = false): Progress {
  const run = without(before, id, 'unclaimed');
  const { now } = course.facts;
  // Looks are numbered through, however often the checks begin anew: an effect is opened once.
  const poll = (unitOf(run, id).verify?.poll ?? -1) + 1;
  const verify = { check: 0, poll, since: now, last: '', ...(settles && { settles }) };
  const verifying = withUnit(run, id, { status: 'verifying', verify });
  return progress(verifying, [look(verifying, id, { course, dueAt: now })]);
}

/** The next one at the check that it has come to. */
export function look(run: Run, id: string, { course, dueAt }: { course: Course; dueAt: number }): Effect {
  const unit = unitOf(run, id);
  const { check = 0, poll = 0 } = unit.verify ?? {};
  const spec = specOf(id, course.playbook).verify[check];
  const pool = spec ? poolOfLook(run, unit, { check: spec, course }) : poolOfUnit(unit);
  return verifyStep(run, unit, { check, poll, dueAt, pool });
}

interface Done {
  readonly course: Course;
  readonly reason: Stepped['reason'];
}

/** The step is over and well: its lock is free, and the run goes on. */
export function done(run: Run, id: string, { course, reason }: Done): Stepped {
  const given = free(withUnit(run, id, { status: 'succeeded', endedAt: course.facts.now }), id);
  const on = andThen(cleared(given.run, course), (next) => advance(next, course));
  return because(and(given.claims, on), reason, unitOf(run, id).name);
}
