/** Whether what was approved is still what would be done, and asking again where it is not. */
import type { Approval } from './approval.ts';
import { isCovered } from './guards/change.ts';
import { type Course, coveringOf, planOf } from './plan.ts';
import type { Step } from './playbook.ts';
import type { Run, StepRun } from './run.ts';
import { askApproval } from './run-gates.ts';
import { type Progress, progress } from './run-progress.ts';
import { heldBack, isGroupOf, unitOf, withUnit } from './run-units.ts';
import { specOf } from './units.ts';

/** What makes the approval that covers this unit worthless: the plan changed, or it came too late. */
export function approvalProblem(
  run: Run,
  unit: StepRun,
  course: Course,
): 'plan_changed' | 'start_too_late' | undefined {
  const asking = coveringOf(unit.id, course.playbook);
  const isMain = unit.phase === 'steps' || unit.phase === 'rollback';
  if (!asking || !isMain || !isCovered(specOf(unit.id, course.playbook))) return undefined;
  if (unitOf(run, asking.id).status === 'skipped') return undefined;
  const approval = run.approvals.findLast(({ status, step }) => status === 'approved' && step === asking.id);
  const plan = planOf(asking.id, run, course);
  if (!approval || !plan.ok || plan.digest !== approval.digest) return 'plan_changed';
  const { decidedAt = 0, spec } = approval;
  const isBegun = run.steps.some(
    (other) => (other.startedAt ?? -1) >= decidedAt && isCoveredBy(asking, other, { run, course }),
  );
  return !isBegun && course.facts.now > decidedAt + spec.startWithinMs ? 'start_too_late' : undefined;
}

/** To wait or to look is no beginning, and a group begins with its first member. */
const isCoveredBy = (asking: Step, unit: StepRun, { run, course: { playbook } }: Around): boolean =>
  coveringOf(unit.id, playbook)?.id === asking.id && isCovered(specOf(unit.id, playbook)) && !isGroupOf(run, unit);

interface Around {
  readonly run: Run;
  readonly course: Course;
}

export interface Again {
  readonly unit: StepRun;
  readonly why: NonNullable<Approval['voidBecause']>;
}

export type Asked = Progress | { readonly problem: string; readonly run: Run };

/** The approval is void; its step asks again, and what it covered waits. A rollback is nothing to wait with, unless a person wants it done again. */
export function askAgain(run: Run, { unit, why }: Again, course: Course): Asked {
  const asking = coveringOf(unit.id, course.playbook);
  const approval = asking && run.approvals.findLast(({ step }) => step === asking.id);
  if (!asking || !approval) throw new Error(`run ${run.id}: no approval covers \`${unit.id}\``);
  if (unit.phase !== 'steps' && why !== 'approval_asked')
    return { problem: 'what was approved is not what would be done now', run };
  // Another step beside it was faster: people are asked already.
  if (approval.status === 'waiting') return progress(heldBack(run, unit));
  const voided = withApproval(run, { ...approval, status: 'void', voidBecause: why });
  const back = withUnit(heldBack(voided, unit), asking.id, { note: 'asks again' });
  const asked = askApproval(back, { step: asking, spec: approval.spec }, course);
  return 'problem' in asked ? { problem: asked.problem, run: back } : asked;
}

export const withApproval = (run: Run, approval: Approval): Run => ({
  ...run,
  approvals: run.approvals.map((other) => (other.id === approval.id ? approval : other)),
});
