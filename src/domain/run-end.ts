/** The end of a run, and what it gives back. */
import { activeKey, type Claim, giveBack } from './claim.ts';
import { type Ended, noteEnding } from './guards.ts';
import type { Course } from './plan.ts';
import type { Ending, Run } from './run.ts';
import { tellBreaker, tellParent } from './run-effects.ts';
import { andThen, type Progress, progress } from './run-progress.ts';
import { isPast, lockToken } from './run-units.ts';

export const end = (run: Run, ending: Ending, course: Course): Progress =>
  andThen(counted(run, ending.status, course), (counting) => close(counting, ending));

/** The guards hear of it; and people, where a circuit breaker opens by it: else the next refusal would be the first they hear. */
export function counted(run: Run, ended: Ended, course: Course): Progress {
  const { claims, opened } = noteEnding(run, ended, course);
  return progress(run, opened ? [tellBreaker(run, opened, course.facts.now)] : [], claims);
}

/** What it held is given back, nobody need decide any more, and whoever started it is told. */
export function close(run: Run, { status, outcome, at }: Ending): Progress {
  const over: Run = { ...lapse(unfinished(run), at), status, outcome, endedAt: at, locks: {} };
  const active = giveBack(activeKey(run.playbook.id, run.incident), run.id);
  return progress(over, tellParent(over), [...freeAll(run), active]);
}

/** What it had not begun never will be. */
export const unfinished = (run: Run): Run => ({
  ...run,
  steps: run.steps.map((unit) =>
    isPast(unit) || unit.status === 'unknown' ? unit : { ...unit, status: 'cancelled' as const },
  ),
});

/** Approvals that were asked for are no longer needed. */
export const lapse = (run: Run, now: number): Run => ({
  ...run,
  approvals: run.approvals.map((approval) =>
    approval.status === 'waiting' ? { ...approval, status: 'lapsed', decidedAt: now } : approval,
  ),
});

const freeAll = (run: Run): readonly Claim[] => Object.entries(run.locks).map(([key, token]) => giveBack(key, token));

interface Freed {
  readonly run: Run;
  readonly claims: readonly Claim[];
}

/** Gives back what one unit held. */
export const free = (run: Run, unit: string): Freed => freed(run, new Set([lockToken(run, unit)]));

/** Gives back what is held by units of which nothing more comes. */
export const freePast = (run: Run): Freed =>
  freed(run, new Set(run.steps.filter(isPast).map(({ id }) => lockToken(run, id))));

function freed(run: Run, tokens: ReadonlySet<string>): Freed {
  const mine = Object.entries(run.locks).filter(([, holder]) => tokens.has(holder));
  if (!mine.length) return { run, claims: [] };
  const locks = Object.fromEntries(Object.entries(run.locks).filter(([, holder]) => !tokens.has(holder)));
  return { run: { ...run, locks }, claims: mine.map(([key, holder]) => giveBack(key, holder)) };
}
