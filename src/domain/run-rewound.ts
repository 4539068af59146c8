/** The store went back in time: what a run has done since, nobody here knows, so it does not go on by itself. */
import type { Course } from './plan.ts';
import type { Run } from './run.ts';
import { end } from './run-end.ts';
import { loseAll } from './run-people.ts';
import { because, only, type Stepped } from './run-progress.ts';
import { isPast } from './run-units.ts';
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
  if (run.status === 'needs_attention' || !current.length) return only(run, reason);
  // Nobody may say of an approval that it worked: the run is asked for anew, with its approvals.
  if (run.status === 'queued' || current.some(({ action }) => askedFor.has(action)))
    return because(end(run, { status: 'failed', outcome: askAgain, at: course.facts.now }, course), reason, askAgain);
  return because(loseAll(run, current, { message, course }), reason, message);
}

function isGroup(id: string, { playbook }: Course): boolean {
  const spec = specOf(id, playbook);
  return spec.foreach !== undefined || spec.parallel !== undefined;
}
