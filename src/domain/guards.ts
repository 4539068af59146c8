/** Guards: what keeps a run from running away. Each looks at claims, and counts in the commit that writes an attempt. */
import type { Claim } from './claim.ts';
import { allowed } from './guards/allow.ts';
import { blastRadius } from './guards/blast-radius.ts';
import { breaker, failureNoted } from './guards/breaker.ts';
import { isChange } from './guards/change.ts';
import { demoted, outcomeNoted } from './guards/efficacy.ts';
import { thawed } from './guards/freeze.ts';
import { cooledDown, fewRuns } from './guards/limits.ts';
import { smallChange } from './guards/max-change.ts';
import { all, passed, type Verdict } from './guards/verdict.ts';
import type { JsonObject } from './json.ts';
import type { Course } from './plan.ts';
import type { Step } from './playbook.ts';
import type { Run } from './run.ts';
import { specOf } from './units.ts';

export { isChange, type Verdict };

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
  /** No change of this run was counted yet. */
  readonly first: boolean;
}

/** In the commit that writes an attempt of a change: counts it. What is no change (`isChange`) always passes. */
export const judgeAttempt = (run: Run, change: Change, course: Course): Verdict =>
  isChange(change.step) ? judgeChange(run, change, course) : passed;

const judgeChange = (run: Run, change: Change, course: Course): Verdict =>
  all([
    () => allowed(change, course),
    ...(change.first || !hasChanged(run, course) ? firstOnly(run, course) : []),
    ...(run.phase === 'steps' ? [() => breaker(run, course)] : []),
    () => smallChange(run, course),
    () => blastRadius(run, change, course),
  ]);

/** Messages may have been sent before: they are no change. */
const hasChanged = (run: Run, { playbook }: Course): boolean =>
  run.steps.some(({ id, acted }) => (acted === 'perhaps' || acted === 'surely') && isChange(specOf(id, playbook)));

/** What was begun is not left half done because a freeze began or a window is full. */
const firstOnly = (run: Run, course: Course) => [
  () => thawed(run, course),
  () => cooledDown(run, course, 'count'),
  () => fewRuns(run, course, 'count'),
];

export type Ended = 'succeeded' | 'failed' | 'unknown' | 'cancelled';

/** How it ended, or that it is unknown: the breaker and the success rate hear of it, if it changed anything. */
export const noteEnding = (run: Run, ended: Ended, course: Course): readonly Claim[] =>
  run.counted === true ? [...failureNoted(run, ended, course), ...outcomeNoted(run, ended, course)] : [];
