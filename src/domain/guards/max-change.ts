/** `limits.max_change`: how far one run may move a number. What cannot be worked out is too far. */
import type { Course } from '../plan.ts';
import { scopeOf } from '../plan.ts';
import type { Run } from '../run.ts';
import { passed, refused, type Verdict } from './verdict.ts';

export function smallChange(run: Run, course: Course): Verdict {
  const { maxChange } = course.playbook.limits;
  if (!maxChange) return passed;
  const from = numberOf(maxChange.from, run, course);
  const to = numberOf(maxChange.to, run, course);
  if (from === undefined || to === undefined)
    return refused(
      'guard_unclear',
      `limits.max_change.${from === undefined ? 'from' : 'to'} is no number of 0 or more here`,
    );
  const times = timesBetween(from, to);
  if (times <= maxChange.factor) return passed;
  return refused('change_too_big', `${from} → ${to}, and at most ${maxChange.factor} times up or down is allowed`);
}

function numberOf(text: string, run: Run, course: Course): number | undefined {
  const rendered = course.facts.pure.render(text, scopeOf(run, course));
  const value = rendered.ok ? rendered.value : undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** From nothing counts as from one; down to nothing is never a small change. */
function timesBetween(from: number, to: number): number {
  if (from === to) return 1;
  if (to === 0) return Number.POSITIVE_INFINITY;
  const start = from === 0 ? 1 : from;
  return Math.max(start / to, to / start);
}
