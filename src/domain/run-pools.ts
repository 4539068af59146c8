/** Which workers perform a unit of a run, and each look whether it helped. */
import type { JsonObject } from './json.ts';
import { argumentsOf, type Course, scopeOf } from './plan.ts';
import type { Step, VerifySpec } from './playbook.ts';
import { defaultPool, type Pooled, poolOf } from './pool.ts';
import type { Run, StepRun } from './run.ts';
import { ownerOf } from './units.ts';

export const poolOfUnit = ({ pool = defaultPool }: Pick<StepRun, 'pool'>): string => pool;

/** Where it is to be performed as things stand now; what undoes something goes where that was done. */
export function pooled(run: Run, { id }: StepRun, { spec, args, course }: Placing): Pooled {
  const owner = run.steps.find((unit) => unit.id === ownerOf(id));
  return poolOf(spec, args, { facts: course.facts, pool: owner?.pool });
}

export interface Placing {
  readonly spec: Step;
  readonly args: JsonObject;
  readonly course: Course;
}

/** A look goes where its own target is, else where the step was done. */
export function poolOfLook(
  run: Run,
  unit: StepRun,
  look: { readonly check: VerifySpec; readonly course: Course },
): string {
  const { check, course } = look;
  const own = poolOfUnit(unit);
  const rendered = argumentsOf(check, scopeOf(run, course, unit), course);
  const found = rendered.ok ? poolOf(check, rendered.args, { facts: course.facts, pool: own }) : undefined;
  return found?.ok ? found.pool : own;
}
