/** What history notes of a run besides the event itself: that it asked for an approval, and that it is over. */
import type { EventId, Instant } from './ids.ts';
import { tocsin } from './person.ts';
import type { Reason } from './reason.ts';
import { isOver, type Run } from './run.ts';
import type { RunStatus } from './run-status.ts';
import { entry, type TimelineEntry } from './timeline.ts';

const endings: Partial<Record<RunStatus, Reason>> = {
  succeeded: 'run_succeeded',
  failed: 'run_failed',
  cancelled: 'run_cancelled',
};

export function milestones(
  before: Run,
  after: Run,
  at: { readonly event: EventId; readonly now: Instant },
): readonly TimelineEntry[] {
  const asked = after.approvals
    .slice(before.approvals.length)
    .map(({ id, digest }) => entry(at, tocsin, 'approval_asked', `${id}, plan ${digest.slice(0, 8)}`));
  const ending = isOver(after) && !isOver(before) ? endings[after.status] : undefined;
  return [...asked, ...(ending ? [entry(at, tocsin, ending, after.outcome)] : [])];
}
