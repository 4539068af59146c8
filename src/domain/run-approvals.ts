/** What becomes of an approval: votes, expiry, a plan that changed, and asking again. */
import { type Approval, decisionOf, judgeApproval, type Vote, voteDetail } from './approval.ts';
import type { EventId } from './ids.ts';
import type { Intent } from './intent.ts';
import { mayDo, rolesMissing } from './permissions.ts';
import { type Actor, actorName, mayAct } from './person.ts';
import { type Course, coveringOf } from './plan.ts';
import type { Reason } from './reason.ts';
import { deadlineOf, isOver, type Run, type RunEventBody, type StepRun, waitingApproval } from './run.ts';
import { advance, asksAgain, fail } from './run-advance.ts';
import { type Again, withApproval } from './run-covering.ts';
import { timeOut } from './run-effects.ts';
import { because, only, type Stepped } from './run-progress.ts';
import { unitOf, withUnit } from './run-units.ts';

type Event<Kind extends RunEventBody['kind']> = Extract<RunEventBody, { kind: Kind }> & { readonly id: EventId };

export function onVote(run: Run, event: Event<'approve' | 'reject'>, course: Course): Stepped {
  const approval = event.approval ? run.approvals.find(({ id }) => id === event.approval) : waitingApproval(run);
  if (!approval) return only(run, 'no_such_approval');
  const { by, kind: verdict, digest, comment } = event;
  const { now } = course.facts;
  const vote = { by, verdict, digest, comment, requestedBy: run.requestedBy, now };
  const reason = judgeApproval(approval, vote);
  const refused = refusal(run, event, course) ?? blind(run, approval, vote);
  if (refused) return refused;
  if (by.kind !== 'person') return only(run, 'not_a_member');
  const voted: Approval = { ...approval, decisions: [...approval.decisions, decisionOf(vote, by)] };
  if (reason === 'approval_counted') return only(withApproval(run, voted), reason, voteDetail(voted, reason));
  if (reason === 'approved') return approved(run, voted, course);
  if (reason !== 'rejected') return only(run, reason, voteDetail(approval, reason));
  const rejected: Approval = { ...voted, status: 'rejected', decidedAt: now };
  const note = `rejected by ${actorName(by)}${comment ? `: ${comment}` : ''}`;
  return turnedDown(run, rejected, { course, reason, note });
}

/** Typed without a plan, and there were two: which of them was meant, nobody knows. */
function blind(run: Run, { id, step, digest }: Approval, { verdict, digest: meant }: Vote): Stepped | undefined {
  const isAnother = run.approvals.some((other) => other.step === step && other.id !== id && other.digest !== digest);
  if (verdict !== 'approve' || meant !== undefined || !isAnother) return undefined;
  return only(run, 'approval_outdated', `Or type /playbook approve ${run.id} ${digest.slice(0, 8)}, as it says there`);
}

type Asked = { readonly kind: Intent['kind']; readonly by: Actor };

/** Who may not ask for this at all, and what they lack. */
export function refusal(run: Run, { kind, by }: Asked, { facts }: Pick<Course, 'facts'>): Stepped | undefined {
  if (!mayAct(by)) return only(run, 'not_a_member');
  const may = mayDo(kind, by, facts.policy);
  return may.ok ? undefined : only(run, 'role_missing', rolesMissing(may.missing));
}

function approved(run: Run, approval: Approval, course: Course): Stepped {
  const { now } = course.facts;
  const given = withApproval(run, { ...approval, status: 'approved', decidedAt: now });
  const by = approval.decisions.filter(({ verdict }) => verdict === 'approve').map((decision) => decision.by.name);
  const noted = withUnit(waited(given, approval.askedAt, now), approval.step, {
    status: 'succeeded',
    endedAt: now,
    note: `approved by ${by.join(' and ')}`,
  });
  return because(inTime(advance(noted, course), course), 'approved', unitOf(run, approval.step).name);
}

/** People took their time, which does not count. */
export function waited(run: Run, since: number, now: number): Run {
  const { waitedMs, ending } = run;
  if (ending) return { ...run, ending: { ...ending, at: ending.at + now - since } };
  return { ...run, waitedMs: waitedMs + now - since };
}

/** That came on top, so the run's end is set anew. */
export function inTime<P extends { readonly run: Run; readonly effects: Stepped['effects'] }>(
  next: P,
  course: Course,
): P {
  const { run, effects } = next;
  if (isOver(run) || run.endedAt !== undefined) return next;
  const { facts, playbook } = course;
  // An effect is opened once: one for the very moment of the deadline may have come and gone while people were asked.
  const dueAt = Math.max(facts.now, deadlineOf(run, playbook.timeoutMs)) + 1;
  return { ...next, effects: [...effects, timeOut(run, dueAt)] };
}

interface TurnedDown {
  readonly course: Course;
  readonly reason: Reason;
  readonly note: string;
}

/** Expiry and rejection both fail the step: there is no way to go on. */
function turnedDown(run: Run, approval: Approval, { course, reason, note }: TurnedDown): Stepped {
  return because(fail(withApproval(run, approval), approval.step, { note, course }), reason, note);
}

export function onApprovalExpired(run: Run, event: Event<'approval_expired'>, course: Course): Stepped {
  const approval = run.approvals.find(({ id }) => id === event.approval);
  const { now } = course.facts;
  if (approval?.status !== 'waiting') return only(run, 'approval_already_decided');
  if (now < approval.expiresAt) return only(run, 'not_due');
  const expired: Approval = { ...approval, status: 'expired', decidedAt: now };
  return turnedDown(run, expired, { course, reason: 'approval_expired', note: 'nobody approved in time' });
}

export function onPreviewed(run: Run, { approval: id, previews }: Event<'plan_previewed'>): Stepped {
  const approval = run.approvals.find((candidate) => candidate.id === id);
  if (!approval || !Object.keys(previews).length) return only(run, 'nothing_new');
  // Each pool says it of its own steps.
  return only(withApproval(run, { ...approval, previews: { ...approval.previews, ...previews } }), 'plan_previewed');
}

/** What a unit was to do is asked for again. */
export const askedAgain = (run: Run, again: Again, course: Course): Stepped =>
  because(asksAgain(run, again, course), again.why, coveringOf(again.unit.id, course.playbook)?.name);

/** A person wants it done again: that needs its approvals anew. */
export function askedForRetry(run: Run, unit: StepRun, course: Course): Stepped | undefined {
  const asking = coveringOf(unit.id, course.playbook);
  if (!asking || unitOf(run, asking.id).status === 'skipped') return undefined;
  return askedAgain(run, { unit, why: 'approval_asked' }, course);
}
