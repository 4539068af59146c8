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
  /** Of one that is void. */
  readonly voidBecause?: 'plan_changed' | 'start_too_late' | 'approval_asked';
  readonly decisions: readonly ApprovalDecision[];
  readonly message?: MessageRef;
  /** Changes of the closing parts, a line each: no approval covers them, and some are made even where it is not given. */
  readonly beyond?: readonly string[];
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
  /** Whose workers perform it, where that is not the default pool. */
  readonly pool?: string;
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
  readonly comment?: string | undefined;
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
  return judgeMember(approval, vote, vote.by);
}

function judgeMember(approval: Approval, vote: Vote, by: Person): Reason {
  const { spec } = approval;
  if (!isApprover(spec, by)) return 'not_an_approver';
  const approves = vote.verdict === 'approve';
  if (approves && isRequester(vote) && !spec.allowRequester) return 'self_approval_refused';
  if (approves && approversOf(approval).some(({ user }) => user === by.user)) return 'approval_counted_already';
  if (spec.comment === 'required' && !vote.comment?.trim()) return 'comment_missing';
  if (!approves) return 'rejected';
  return isEnough(spec, [...approversOf(approval), by]) ? 'approved' : 'approval_counted';
}

/** How a vote that counts is kept. */
export const decisionOf = ({ verdict, comment, now }: Vote, by: Person): ApprovalDecision => ({
  ...{ by, verdict, at: now },
  ...(comment?.trim() && { comment: comment.trim() }),
});

const isRequester = ({ by, requestedBy }: Vote): boolean =>
  by.kind === 'person' && requestedBy.kind === 'person' && by.user === requestedBy.user;

/** Each once, however often they said so. */
export function approversOf({ decisions }: Pick<Approval, 'decisions'>): readonly Person[] {
  const approved = decisions.filter(({ verdict }) => verdict === 'approve').map(({ by }) => by);
  return [...new Map(approved.map((person) => [person.user, person])).values()];
}

const isEnough = (spec: ApprovalSpec, people: readonly Person[]): boolean => {
  const { count, of } = lacking(spec, people);
  return count === 0 && of.length === 0;
};

/** What is still needed: so many more, and of whom; an approver counts for each group that they are in. */
interface Lacking {
  readonly count: number;
  readonly of: readonly { readonly name: string; readonly count: number }[];
}

function lacking(spec: ApprovalSpec, people: readonly Person[]): Lacking {
  const of = Object.entries(spec.atLeast).map(([name, wanted]) => ({
    name,
    count: Math.max(0, wanted - people.filter((person) => isOf(name, spec, person)).length),
  }));
  return { count: Math.max(0, spec.minApprovals - people.length), of: of.filter(({ count }) => count > 0) };
}

export const lackingOf = (approval: Approval): Lacking => lacking(approval.spec, approversOf(approval));

/** Named by role, by user, or by user group: nobody named means nobody may. */
function isApprover({ approvers }: ApprovalSpec, person: Person): boolean {
  const { roles, users, groups } = approvers;
  return (
    roles.some((role) => person.roles.includes(role)) ||
    users.some((user) => isUser(user, person)) ||
    groups.some((group) => person.groups.includes(bare(group)))
  );
}

/** A name of `at_least` is what the approvers have it for: a user group named like their role is not that role. */
function isOf(name: string, { approvers: { roles, users, groups } }: ApprovalSpec, person: Person): boolean {
  const named = [roles, users, groups].some((names) => names.map(bare).includes(bare(name)));
  const as = (names: readonly string[]): boolean => !named || names.map(bare).includes(bare(name));
  return (
    (as(roles) && person.roles.includes(name)) ||
    (as(users) && isUser(name, person)) ||
    (as(groups) && person.groups.includes(bare(name)))
  );
}

/** By id or user name, never by the name that is shown: that one everybody may choose. */
const isUser = (named: string, { user, handle }: Person): boolean =>
  named === user || (handle !== undefined && handle !== '' && bare(named) === handle);

const bare = (name: string): string => name.replace(/^@/, '');

/** Who may, in words: `responder, @dba-oncall, U024BE7LH`. */
export function approversNamed({ approvers: { roles, users, groups } }: ApprovalSpec): string {
  const named = [...roles, ...groups.map((group) => `@${bare(group)}`), ...users];
  return named.join(', ') || 'nobody';
}

/** What is still needed, in words: `2 more are needed: at least 1 of dba-oncall`. Empty when nothing is. */
export function lackingWords({ count, of }: Lacking): string {
  const most = Math.max(count, ...of.map((one) => one.count));
  const groups = of.map(({ name, count: wanted }) => `at least ${wanted} of ${name}`).join(', ');
  return most === 0 ? '' : `${most} more ${most === 1 ? 'is' : 'are'} needed${groups && `: ${groups}`}`;
}

/** What the person who voted is told beside the reason: who may, or what is still needed (of the approval after the vote). */
export function voteDetail(approval: Approval, reason: Reason): string | undefined {
  if (reason === 'not_an_approver' || reason === 'self_approval_refused')
    return `Who may: ${approversNamed(approval.spec)}.`;
  if (reason !== 'approval_counted' && reason !== 'approval_counted_already') return undefined;
  return `${lackingWords(lackingOf(approval))}.`;
}
