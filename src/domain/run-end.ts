/** The end of a run, and what it gives back. */
import { activeKey, type Claim, giveBack, scheduledKey } from './claim.ts';
import { type Ended, type Noted, noteEnding, takeBack } from './guards.ts';
import type { Course } from './plan.ts';
import type { Ending, Run } from './run.ts';
import { tellBreaker, tellBreakerClosed, tellParent } from './run-effects.ts';
import { andThen, type Progress, progress } from './run-progress.ts';
import { isPast, isStuck, lockToken } from './run-units.ts';

export const end = (run: Run, ending: Ending, course: Course): Progress =>
  andThen(counted(run, ending.status, course), (counting) => close(counting, ending));

/** The guards hear of it. */
export const counted = (run: Run, ended: Ended, course: Course): Progress =>
  heard(run, noteEnding(run, ended, course), course);

/** Nothing is unknown any more, and the guards have counted that it was. */
export function cleared(run: Run, course: Course): Progress {
  if (!run.doubted || isStuck(run)) return progress(run);
  const { doubted: _known, ...certain } = run;
  return heard(certain, takeBack(run, course), course);
}

/** People hear of a circuit breaker that opens, or the next refusal would be the first they hear; and of one that is closed by itself. */
function heard(run: Run, { claims, opened, closed }: Noted, { facts: { now } }: Course): Progress {
  const told = [
    ...(opened ? [tellBreaker(run, opened, now)] : []),
    ...(closed ? [tellBreakerClosed(run, closed, now)] : []),
  ];
  return progress(run, told, claims);
}

/** What it held is given back, nobody need decide any more, and whoever started it is told. */
export function close(run: Run, { status, outcome, at }: Ending): Progress {
  const over: Run = { ...lapse(unfinished(run), at), status, outcome, endedAt: at, locks: {} };
  const active = activeKeysOf(run).map((key) => giveBack(key, run.id));
  return progress(over, tellParent(over), [...freeAll(run), ...active]);
}

/** One run of a playbook at a time for each incident, and one that a schedule began: the next time does not wait for the last. */
export const activeKeysOf = ({ playbook, incident, requestedBy, parent }: Run): readonly string[] => [
  activeKey(playbook.id, incident),
  ...(requestedBy.kind === 'schedule' && !parent ? [scheduledKey(playbook.id)] : []),
];

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
