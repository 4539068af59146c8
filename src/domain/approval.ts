/** Approvals: a request bound to one digest, its decisions, and the one judge of who may decide. */

import type { Instant, MessageRef, PlanDigest } from './ids.ts';
import type { JsonObject } from './json.ts';
import { type Actor, mayAct, type Person } from './person.ts';
import type { ApprovalSpec } from './playbook.ts';
import type { Reason } from './reason.ts';

export interface Approval {
  /** `<step>.<n>`: asked again gets a new number. */
  readonly id: string;
  readonly step: string;
  readonly digest: PlanDigest;
  readonly covers: readonly PlannedStep[];
  readonly spec: ApprovalSpec;
  readonly status: 'waiting' | 'approved' | 'rejected' | 'expired' | 'void' | 'lapsed';
  readonly askedAt: Instant;
  readonly expiresAt: Instant;
  readonly decidedAt?: Instant;
  readonly decisions: readonly ApprovalDecision[];
  readonly message?: MessageRef;
  /** What `show` gave, as text. */
  readonly shown: readonly string[];
  /** What the covered actions say that they would do (a diff, a dry run), by unit; never hashed, for it jitters. */
  readonly previews?: Readonly<Record<string, string>>;
}

/** A covered step as the approver sees it and as the digest covers it. */
export interface PlannedStep {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly change: string;
  /** The arguments, rendered; secrets are references. */
  readonly args: JsonObject;
}

export interface ApprovalDecision {
  readonly by: Person;
  readonly verdict: 'approve' | 'reject';
  readonly at: Instant;
  readonly comment?: string;
}

export interface Vote {
  readonly by: Actor;
  readonly verdict: 'approve' | 'reject';
  /** What the card that was clicked showed: the digest, or its beginning. */
  readonly digest?: string | undefined;
  readonly requestedBy: Actor;
  readonly now: Instant;
}

/** All rules on approvals. Says `approved` and `rejected` where the vote counts and decides, `approval_counted` where more are needed. */
export function judgeApproval(approval: Approval, vote: Vote): Reason {
  if (approval.status === 'expired') return 'approval_expired';
  if (approval.status === 'void') return 'approval_outdated';
  if (approval.status !== 'waiting') return 'approval_already_decided';
  if (vote.now >= approval.expiresAt) return 'approval_expired';
  if (vote.digest !== undefined && !approval.digest.startsWith(vote.digest)) return 'approval_outdated';
  if (vote.by.kind !== 'person' || !mayAct(vote.by)) return 'not_a_member';
  if (!isApprover(approval.spec, vote.by)) return 'not_an_approver';
  if (vote.verdict === 'reject') return 'rejected';
  if (isRequester(vote) && !approval.spec.allowRequester) return 'self_approval_refused';
  if (hasApproved(approval, vote.by)) return 'approval_counted_already';
  return countApprovals(approval) + 1 >= approval.spec.minApprovals ? 'approved' : 'approval_counted';
}

const isRequester = ({ by, requestedBy }: Vote): boolean =>
  by.kind === 'person' && requestedBy.kind === 'person' && by.user === requestedBy.user;

const hasApproved = (approval: Approval, by: Person): boolean =>
  approval.decisions.some((decision) => decision.verdict === 'approve' && decision.by.user === by.user);

export const countApprovals = (approval: Approval): number =>
  approval.decisions.filter((decision) => decision.verdict === 'approve').length;

/** Named by role, by user, or by user group: nobody named means nobody may. */
function isApprover({ approvers }: ApprovalSpec, person: Person): boolean {
  return (
    approvers.roles.some((role) => person.roles.includes(role)) ||
    approvers.users.some((user) => user === person.user || user === person.name) ||
    approvers.groups.some((group) => person.groups.includes(group))
  );
}
