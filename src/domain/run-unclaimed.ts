/** A step whose pool has no living worker: it waits and says so, and calls its owners when that lasts. */
import type { EventId } from './ids.ts';
import type { Course } from './plan.ts';
import type { Run, RunEventBody, StepRun } from './run.ts';
import { callForWorker } from './run-effects.ts';
import { because, only, progress, type Stepped } from './run-progress.ts';
import { waitsForWorker, withUnit } from './run-units.ts';
import { specOf } from './units.ts';

type Event = Extract<RunEventBody, { kind: 'step_unclaimed' }> & { readonly id: EventId };

/** Changes with each worker that takes the step or looks at it: what was asked before that is no longer true. */
export const standOf = ({ attempt, begins = 0, verify }: StepRun): string =>
  [attempt, begins, verify?.poll ?? 0].join('.');

export function onStepUnclaimed(run: Run, { step, stand, pool, seenAt }: Event, course: Course): Stepped {
  const unit = run.steps.find(({ id }) => id === step);
  if (!unit || !waitsForWorker(unit) || standOf(unit) !== stand) return only(run, 'step_superseded');
  const { now } = course.facts;
  const { since = now, stranded } = unit.unclaimed ?? {};
  const isLong = now - since >= specOf(unit.id, course.playbook).timeoutMs;
  if (unit.unclaimed && isLong === (stranded === true)) return only(run, 'step_not_ready');
  const unclaimed = {
    pool,
    since,
    ...(seenAt !== undefined && { seenAt }),
    ...(isLong && { stranded: true as const }),
  };
  const waiting = withUnit(run, unit.id, { unclaimed });
  const detail = `${unit.name}: no worker of the pool ${pool}`;
  if (!isLong) return because(progress(waiting), 'step_unclaimed', detail);
  const call = callForWorker(run, unit, { pool, owners: course.playbook.owners });
  return because(progress(waiting, [call]), 'step_stranded', detail);
}
