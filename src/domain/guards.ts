/** Guards: what keeps a run from running away. Each looks at claims, and counts in the commit that writes an attempt. */
import { allowed } from './guards/allow.ts';
import { blastRadius } from './guards/blast-radius.ts';
import { breaker, failureNoted, failureTakenBack, type Noted } from './guards/breaker.ts';
import { isChange } from './guards/change.ts';
import { demoted, outcomeNoted, outcomeTakenBack } from './guards/efficacy.ts';
import { thawed } from './guards/freeze.ts';
import { cooledDown, fewRuns } from './guards/limits.ts';
import { smallChange } from './guards/max-change.ts';
import { all, passed, type Verdict } from './guards/verdict.ts';
import type { JsonObject } from './json.ts';
import type { Course } from './plan.ts';
import type { Step } from './playbook.ts';
import type { Run, StepRun } from './run.ts';
import { specOf } from './units.ts';

export type { Noted, Verdict };

/** May it start at all? Only looks: what counts is written with the first change. */
export const judgeStart = (run: Run, course: Course): Verdict =>
  all([
    () => demoted(run, course),
    () => thawed(run, course),
    () => breaker(run, course),
    () => cooledDown(run, course, 'look'),
    () => fewRuns(run, course, 'look'),
  ]);

export interface Change {
  readonly step: Step;
  readonly args: JsonObject;
}

/** In the commit that writes an attempt of a change: counts it. What is no change (see guards/change.ts) always passes. */
export const judgeAttempt = (run: Run, change: Change, course: Course): Verdict =>
  isChange(change.step) ? judgeChange(run, change, course) : passed;

const judgeChange = (run: Run, change: Change, course: Course): Verdict =>
  all([
    () => allowed(change, course),
    ...(hasChanged(run, course) ? [] : firstOnly(run, course)),
    ...(run.phase === 'steps' ? [() => breaker(run, course)] : []),
    () => smallChange(run, course),
    () => blastRadius(run, change, course),
  ]);

const hasChanged = (run: Run, course: Course): boolean =>
  changesOf(run, course).some(({ acted }) => acted === 'perhaps' || acted === 'surely');

/** Units that changed something, or tried to. Messages may have been sent, too: they are no change. */
const changesOf = ({ steps }: Run, { playbook }: Course): readonly StepRun[] =>
  steps.filter(({ id, acted }) => acted !== undefined && isChange(specOf(id, playbook)));

/** What was begun is not left half done because a freeze began or a window is full. */
const firstOnly = (run: Run, course: Course) => [
  () => thawed(run, course),
  () => cooledDown(run, course, 'count'),
  () => fewRuns(run, course, 'count'),
];

export type Ended = 'succeeded' | 'failed' | 'unknown' | 'cancelled';

/** How it ended, or that it is unknown: the breaker and the success rate hear of it, if it tried to change anything. */
export function noteEnding(run: Run, ended: Ended, course: Course): Noted {
  if (!changesOf(run, course).length) return { claims: [] };
  const noted = ended === 'succeeded' && run.doubted ? failureTakenBack(run, course) : failureNoted(run, ended, course);
  return { ...noted, claims: [...noted.claims, ...outcomeNoted(run, ended, course)] };
}

/** What was counted because it was unknown is known to be well by now: as little counts as if it had been known at once. */
export function takeBack(run: Run, course: Course): Noted {
  const noted = failureTakenBack(run, course);
  return { ...noted, claims: [...noted.claims, ...outcomeTakenBack(run, course)] };
}
