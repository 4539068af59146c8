/** Where a run goes from here: the next units that can begin, the part that comes next, or the end. */
import { type Course, holds, itemsOf, scopeOf } from './plan.ts';
import type { Step } from './playbook.ts';
import type { Ending, Run, StepRun } from './run.ts';
import { type Again, approvalProblem, askAgain } from './run-covering.ts';
import { timeOut } from './run-effects.ts';
import { end, free, freePast, lapse, unfinished } from './run-end.ts';
import { type Entered, gateOf, ready } from './run-gates.ts';
import { and, andThen, type Progress, progress } from './run-progress.ts';
import { tooLate } from './run-status.ts';
import {
  childrenOfGroup,
  isAtWork,
  isBeingCancelled,
  isPast,
  isStuck,
  itemsOfGroup,
  membersOf,
  phasesAfter,
  unitOf,
  unitsOfPhase,
  withMembers,
  withUnit,
} from './run-units.ts';
import { type Phase, specOf } from './units.ts';

/** Begins what can begin. Asked again, it changes nothing more. */
export function advance(run: Run, course: Course): Progress {
  if (run.endedAt !== undefined || isStuck(run)) return progress(run);
  const broken = brokenBy(run, course);
  if (broken) return failWhenQuiet(run, broken, course);
  const unit = run.steps.find((candidate) => isOfPart(candidate, run.phase) && !isPast(candidate));
  if (!unit) return partDone(run, course);
  if (isBeingCancelled(run)) return cancelWhenQuiet(run, course);
  if (unit.status === 'pending') return andThen(meet(run, unit, course), (met) => advance(met, course));
  return isGroup(specOf(unit.id, course.playbook)) ? advanceGroup(run, unit, course) : progress(run);
}

const isOfPart = ({ phase, group }: StepRun, part: Phase): boolean => phase === part && group === undefined;

const isGroup = ({ foreach, parallel }: Step): boolean => foreach !== undefined || parallel !== undefined;

/** What acts at this moment is not torn off; the run ends when it is known how that went. */
function cancelWhenQuiet(run: Run, course: Course): Progress {
  if (isAtWork(run)) return progress(run);
  const outcome = `cancelled by ${run.cancelledBy ?? ''}`;
  return conclude(run, { status: 'cancelled', outcome, at: course.facts.now }, course);
}

/** A step that the main part cannot go on without. */
const brokenBy = (run: Run, { playbook }: Course): StepRun | undefined =>
  run.phase !== 'steps'
    ? undefined
    : run.steps.find(
        (unit) => isOfPart(unit, 'steps') && unit.status === 'failed' && !specOf(unit.id, playbook).continueOnError,
      );

/** An approval may be turned down while something that it covered is at work. */
function failWhenQuiet(run: Run, { name, note }: StepRun, course: Course): Progress {
  if (isAtWork(run)) return progress(run);
  return conclude(run, { status: 'failed', outcome: `${name}: ${note}`, at: course.facts.now }, course);
}

/** A unit's turn has come: its condition, its gate, its first attempt. */
function meet(run: Run, unit: StepRun, course: Course): Progress {
  const spec = specOf(unit.id, course.playbook);
  const condition = conditionOf(spec, unit, { run, course });
  if (!condition.ok) return fail(run, unit.id, { note: condition.problem, course });
  if (!condition.value) return progress(withUnit(run, unit.id, { status: 'skipped', note: 'its condition is false' }));
  return enter(run, unit, { spec, course });
}

function conditionOf(
  { if: condition }: Step,
  unit: StepRun,
  { run, course }: { run: Run; course: Course },
): ReturnType<typeof holds> {
  if (condition === undefined) return { ok: true, value: true };
  return holds(condition, scopeOf(run, course, unit), course.facts);
}

function enter(run: Run, unit: StepRun, { spec, course }: { spec: Step; course: Course }): Progress {
  if (isGroup(spec)) return openGroup(run, unit, { spec, course });
  // What nobody executes begins here and now; anything else is looked at again when its attempt is written.
  const outdated = spec.action === 'playbook.run' ? approvalProblem(run, unit, course) : undefined;
  if (outdated) return asksAgain(run, { unit, why: outdated }, course);
  const entered: Entered = gateOf(run, unit, { spec, course }) ?? ready(run, unit, { spec, course });
  return 'problem' in entered ? fail(run, unit.id, { note: entered.problem, course }) : entered;
}

/** The approval over a unit is void: it waits for the next one. */
export function asksAgain(run: Run, again: Again, course: Course): Progress {
  const asked = askAgain(run, again, course);
  return 'problem' in asked ? fail(asked.run, again.unit.id, { note: asked.problem, course }) : asked;
}

function openGroup(run: Run, unit: StepRun, { spec, course }: { spec: Step; course: Course }): Progress {
  const list = itemsOf(spec, run, course);
  if (!list.ok) return fail(run, unit.id, { note: list.problem, course });
  const group: StepRun = { ...unit, status: 'running', startedAt: course.facts.now };
  const members = spec.parallel
    ? childrenOfGroup(spec, group)
    : itemsOfGroup(specOf(`${unit.id}[0]`, course.playbook), group, list.items);
  return progress(withMembers(withUnit(run, unit.id, group), unit.id, members));
}

/** As many members at once as it allows; after a failure none begins any more. */
function advanceGroup(run: Run, group: StepRun, course: Course): Progress {
  const spec = specOf(group.id, course.playbook);
  const members = membersOf(run, group.id);
  for (const inner of members) {
    if (inner.status !== 'running' || !isGroup(specOf(inner.id, course.playbook))) continue;
    const moved = advanceGroup(run, inner, course);
    if (moved.run !== run) return andThen(moved, (next) => advance(next, course));
  }
  const isBroken = members.some(({ id, status }) => status === 'failed' && !isTolerated(id, course));
  const next = isBroken ? undefined : members.find(({ status }) => status === 'pending');
  const busy = members.filter((member) => member.status !== 'pending' && !isPast(member)).length;
  if (next && busy < (spec.foreach?.maxParallel ?? members.length))
    return andThen(meet(run, next, course), (met) => advance(met, course));
  return busy > 0 || next ? progress(run) : closeGroup(run, group, course);
}

const isTolerated = (id: string, { playbook }: Course): boolean => specOf(id, playbook).continueOnError;

function closeGroup(run: Run, group: StepRun, course: Course): Progress {
  const { now } = course.facts;
  const members = membersOf(run, group.id);
  const failed = members.filter(({ id, status }) => status === 'failed' && !isTolerated(id, course));
  if (failed.length) {
    const [first] = failed;
    const note = `${failed.length} of ${members.length} failed: ${first?.note ?? ''}`;
    // One that was to be done again may still hold its lock.
    const given = freePast(withoutPending(run, group.id));
    return and(given.claims, fail(given.run, group.id, { note, course }));
  }
  const done = members.filter(({ status }) => status === 'succeeded').length;
  const items = members.map(({ outputs }) => outputs);
  const closed = withUnit(run, group.id, {
    status: 'succeeded',
    endedAt: now,
    note: `${done} of ${members.length} done`,
    outputs: specOf(group.id, course.playbook).foreach ? { items } : {},
  });
  return advance(closed, course);
}

const withoutPending = (run: Run, group: string): Run => ({
  ...run,
  steps: run.steps.map((unit) =>
    unit.group === group && unit.status === 'pending' ? { ...unit, status: 'cancelled' as const } : unit,
  ),
});

export interface Failure {
  readonly note: string;
  readonly course: Course;
}

/** A unit failed, and what it held is free. Whether the run fails with it depends on where it stands. */
export function fail(run: Run, id: string, { note, course }: Failure): Progress {
  const unit = unitOf(run, id);
  const given = free(withUnit(run, id, { status: 'failed', note, endedAt: course.facts.now }), id);
  return and(given.claims, failedAt(given.run, unit, { note, course }));
}

function failedAt(run: Run, unit: StepRun, { note, course }: Failure): Progress {
  const isLoose = unit.group !== undefined || specOf(unit.id, course.playbook).continueOnError;
  if (isLoose || run.phase !== 'rollback') return advance(run, course);
  const outcome = `${unit.name}: ${note}`;
  const ending: Ending = {
    status: 'failed',
    outcome: `${run.ending?.outcome ?? ''}. The rollback failed, too: ${outcome}`,
    at: run.ending?.at ?? course.facts.now,
  };
  return nextPart({ ...unfinished(run), ending }, course);
}

/** The main part is over: what it had not begun never will be, and what is owed afterwards begins. */
export function conclude(run: Run, ending: Ending, course: Course): Progress {
  const closing = lapse(unfinished({ ...run, ending, status: 'running' }), course.facts.now);
  // What comes now may need what the unfinished held.
  const given = freePast(closing);
  const over = and(given.claims, nextPart(given.run, course));
  if (over.run.endedAt !== undefined) return over;
  return { ...over, effects: [...over.effects, timeOut(over.run, ending.at + course.playbook.timeoutMs)] };
}

function partDone(run: Run, course: Course): Progress {
  if (run.phase !== 'steps') return nextPart(run, course);
  // Cancelled when nothing was left to be done, it was too late for that.
  if (isBeingCancelled(run) && run.steps.some(({ status }) => status === 'cancelled'))
    return cancelWhenQuiet(run, course);
  const outcome = run.cancelledBy === undefined ? 'all steps done' : `all steps done: ${tooLate(run.cancelledBy)}`;
  return conclude(run, { status: 'succeeded', outcome, at: course.facts.now }, course);
}

function nextPart(run: Run, course: Course): Progress {
  const { ending } = run;
  if (!ending) return progress(run);
  for (const phase of phasesAfter(run.phase, ending.status)) {
    const units = unitsOfPhase(phase, run, course.playbook);
    if (units.length) return advance({ ...run, phase, steps: [...run.steps, ...units] }, course);
  }
  return end(run, { ...ending, at: course.facts.now }, course);
}
