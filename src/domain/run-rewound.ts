/** The store went back in time: what a run has done since, nobody here knows, so it does not go on by itself. */
import type { Course } from './plan.ts';
import type { Run } from './run.ts';
import { end, lapse } from './run-end.ts';
import { loseAll } from './run-people.ts';
import { because, only, type Stepped } from './run-progress.ts';
import { isPast, withUnit } from './run-units.ts';
import { specOf } from './units.ts';

const message = 'Redis went back in time: whether this step was done meanwhile is not known';
const askAgain =
  'Redis went back in time: look whether it was done meanwhile, and run it again where it is still needed';

const askedFor = new Set(['approval', 'ask', 'playbook.run']);

export function onStoreWentBack(run: Run, course: Course): Stepped {
  const reason = 'store_went_back';
  const open = run.steps.filter((unit) => unit.phase === run.phase && !isPast(unit));
  const going = open.filter(({ status }) => status !== 'pending');
  const current = going.length ? going.filter(({ id }) => !isGroup(id, course)) : open.slice(0, 1);
  const asked = current.filter(({ action }) => askedFor.has(action));
  const doubtful = current.filter(({ action, status }) => !askedFor.has(action) && status !== 'unknown');
  // Nobody may say of an approval that it worked: the run is asked for anew, with its approvals.
  if (run.status === 'queued' || (asked.length && asked.length === current.length))
    return because(end(run, { status: 'failed', outcome: askAgain, at: course.facts.now }, course), reason, askAgain);
  if (!doubtful.length && !asked.length) return only(run, reason);
  const failed = asked.reduce((before, { id }) => withFailed(before, id, course), lapse(run, course.facts.now));
  return because(loseAll(failed, doubtful, { message, course }), reason, message);
}

/** What acts beside it is not let go for that; the run fails when it is known how that went. */
const withFailed = (run: Run, id: string, { facts }: Course): Run =>
  withUnit(run, id, { status: 'failed', note: askAgain, endedAt: facts.now });

function isGroup(id: string, { playbook }: Course): boolean {
  const spec = specOf(id, playbook);
  return spec.foreach !== undefined || spec.parallel !== undefined;
}
