/** `limits.cooldown` and `limits.max_runs`: counted with a run's first change, whoever asked for it. */

import type { Course } from '../plan.ts';
import type { Run } from '../run.ts';
import { counted, counterKey, passed, read, refused, type Verdict, written } from './verdict.ts';
import { at, inTime } from './words.ts';

/** Looking is lenient where a counter's name is not known yet; counting is not. */
export type Mode = 'look' | 'count';

const unclear = (limit: string, mode: Mode): Verdict =>
  mode === 'look' ? passed : refused('guard_unclear', `limits.${limit}.per cannot be worked out`);

interface Cooling {
  readonly run: string;
  readonly at: number;
}

export function cooledDown(run: Run, course: Course, mode: Mode): Verdict {
  const { cooldown } = course.playbook.limits;
  if (!cooldown) return passed;
  const key = counterKey(run, { kind: 'cooldown', per: cooldown.per }, course);
  if (key === undefined) return unclear('cooldown', mode);
  const { now } = course.facts;
  const last = read<Cooling>(key, course.facts);
  const free = (last.value?.at ?? Number.NEGATIVE_INFINITY) + cooldown.windowMs;
  if (last.value && last.value.run !== run.id && now < free)
    return refused('cooling_down', `${last.value.run} changed it at ${at(last.value.at)}; again ${inTime(free, now)}`);
  return mode === 'look' ? passed : counted(written(last, { run: run.id, at: now }, cooldown.windowMs));
}

/** Runs and when each of them first changed something, the oldest first. */
type Ran = readonly (readonly [run: string, at: number])[];

export function fewRuns(run: Run, course: Course, mode: Mode): Verdict {
  const { maxRuns } = course.playbook.limits;
  if (!maxRuns) return passed;
  const key = counterKey(run, { kind: 'runs', per: maxRuns.per }, course);
  if (key === undefined) return unclear('max_runs', mode);
  const { now } = course.facts;
  const { count, windowMs } = maxRuns;
  const known = read<Ran>(key, course.facts);
  const others = (known.value ?? []).filter(([id, when]) => id !== run.id && now < when + windowMs);
  const [oldest] = others.slice(-count);
  if (oldest && others.length >= count)
    return refused(
      'too_many_runs',
      `${others.length} of ${count} since ${at(oldest[1])}; again ${inTime(oldest[1] + windowMs, now)}`,
    );
  return mode === 'look' ? passed : counted(written<Ran>(known, [...others, [run.id, now]], windowMs));
}
