/** The store went back in time: what a run has done since, nobody here knows, so it does not go on by itself. */
import type { Run } from './run.ts';
import { type Course, end, progress } from './run-advance.ts';
import { loseStep, type Stepped, specOf } from './run-steps.ts';

const message = 'Redis went back in time: whether this step was done meanwhile is not known';
const askAgain =
  'Redis went back in time: look whether it was done meanwhile, and run it again where it is still needed';

export function onStoreWentBack(run: Run, course: Course): Stepped {
  const { now } = course.facts;
  const reason = 'store_went_back';
  const current = run.steps.find(({ status }) => status !== 'succeeded' && status !== 'skipped');
  if (run.status === 'needs_attention' || !current) return { ...progress(run), reason };
  // Nobody may say of an approval that it worked: the run is asked for anew, with its approvals.
  const isAsked = specOf(current.id, course).action === 'approval';
  if (isAsked) return { ...end(run, { status: 'failed', outcome: askAgain, now }), reason, detail: askAgain };
  return { ...loseStep(run, current.id, { message, now }), reason, detail: message };
}
