/** What people, and the lack of them, do to a run: approve, reject, let expire, cancel, settle what is unknown. */
import { type Approval, judgeApproval } from './approval.ts';
import type { Effect } from './effect.ts';
import type { EventId } from './ids.ts';
import { actorName, mayAct } from './person.ts';
import type { Reason } from './reason.ts';
import { deadlineOf, isOver, type Run, type RunEventBody, waitingApproval } from './run.ts';
import { advance, type Course, end, failStep, free, progress, stepOf, withStep } from './run-advance.ts';
import { timeOut, verifyStep } from './run-effects.ts';
import { done, loseStep, type Stepped, specOf } from './run-steps.ts';

type Event<Kind extends RunEventBody['kind']> = Extract<RunEventBody, { kind: Kind }> & { readonly id: EventId };

const only = (run: Run, reason: Reason): Stepped => ({ ...progress(run), reason });

export function onVote(run: Run, event: Event<'approve'> | Event<'reject'>, course: Course): Stepped {
  const approval = event.approval ? run.approvals.find(({ id }) => id === event.approval) : waitingApproval(run);
  if (!approval) return only(run, 'no_such_approval');
  const { now } = course.facts;
  const reason = judgeApproval(approval, {
    by: event.by,
    verdict: event.kind,
    digest: event.digest,
    requestedBy: run.requestedBy,
    now,
  });
  if (event.by.kind !== 'person') return only(run, 'not_a_member');
  const decisions = [...approval.decisions, { by: event.by, verdict: event.kind, at: now }];
  if (reason === 'approval_counted') return { ...progress(withApproval(run, { ...approval, decisions })), reason };
  if (reason === 'approved') return approved(run, { ...approval, decisions }, course);
  if (reason === 'rejected')
    return turnedDown(
      run,
      { ...approval, decisions, status: 'rejected', decidedAt: now },
      { course, reason, note: `rejected by ${actorName(event.by)}` },
    );
  return only(run, reason);
}

function approved(run: Run, approval: Approval, course: Course): Stepped {
  const { now } = course.facts;
  const given = withApproval(run, { ...approval, status: 'approved', decidedAt: now });
  const by = approval.decisions.filter(({ verdict }) => verdict === 'approve').map((decision) => decision.by.name);
  const step = { status: 'succeeded', endedAt: now, note: `approved by ${by.join(' and ')}` } as const;
  const noted = withStep(waited(given, approval.askedAt, now), approval.step, step);
  const next = advance(noted, course);
  return {
    ...next,
    effects: [...next.effects, ...endsInTime(next.run, course)],
    reason: 'approved',
    detail: stepOf(run, approval.step).name,
  };
}

/** It goes on after people took their time. */
const waited = (run: Run, since: number, now: number): Run => ({
  ...run,
  status: 'running',
  waitedMs: run.waitedMs + now - since,
});

/** The time that people took came on top, so the run's end is set anew. */
const endsInTime = (run: Run, { playbook, facts }: Course): readonly Effect[] =>
  isOver(run) ? [] : [timeOut(run, Math.max(facts.now, deadlineOf(run, playbook.timeoutMs)))];

interface TurnedDown {
  readonly course: Course;
  readonly reason: Reason;
  readonly note: string;
}

/** Expiry and rejection both fail the step: there is no way to go on. */
function turnedDown(run: Run, approval: Approval, { course, reason, note }: TurnedDown): Stepped {
  return {
    ...failStep(withApproval(run, approval), approval.step, { note, now: course.facts.now }),
    reason,
    detail: note,
  };
}

export function onApprovalExpired(run: Run, event: Event<'approval_expired'>, course: Course): Stepped {
  const approval = run.approvals.find(({ id }) => id === event.approval);
  const { now } = course.facts;
  if (approval?.status !== 'waiting') return only(run, 'approval_already_decided');
  if (now < approval.expiresAt) return only(run, 'not_due');
  return turnedDown(
    run,
    { ...approval, status: 'expired', decidedAt: now },
    { course, reason: 'approval_expired', note: 'nobody approved in time' },
  );
}

export function onCancel(run: Run, event: Event<'cancel_run'>, course: Course): Stepped {
  if (!mayAct(event.by)) return only(run, 'not_a_member');
  return cancel(run, { by: actorName(event.by), why: `cancelled by ${actorName(event.by)}` }, course);
}

/** What is running at this moment is not torn off: the run ends when it is known how that went. */
function cancel(run: Run, { by, why }: { by: string; why: string }, { facts }: Course): Stepped {
  if (run.status === 'needs_attention' || run.steps.some(({ status }) => status === 'running')) {
    return { ...progress({ ...run, cancelledBy: by }), reason: 'cancel_waits', detail: why };
  }
  return {
    ...end(run, { status: 'cancelled', outcome: why, now: facts.now }),
    reason: 'run_cancelled',
    detail: why,
  };
}

/** `on_alert_resolved: cancel_pending` stops before the next step, and never kills a running one. */
const alertOver = 'the alert, which resolved meanwhile';

export function onAlertOver(run: Run, course: Course): Stepped {
  if (course.playbook.onAlertResolved !== 'cancel_pending' || run.cancelledBy !== undefined)
    return only(run, 'nothing_new');
  const acting = run.steps.some(({ status }) => status === 'verifying');
  if (acting) return { ...progress({ ...run, cancelledBy: alertOver }), reason: 'cancel_waits', detail: alertOver };
  return cancel(run, { by: alertOver, why: `cancelled by ${alertOver}` }, course);
}

/** Waiting for people does not count; what runs at that moment is unknown, unless it only reads. */
export function onTimedOut(run: Run, course: Course): Stepped {
  if (run.status === 'needs_attention') return only(run, 'not_due');
  const { now } = course.facts;
  // When the approval is given, the end is set anew; when it is not, the run ends by that.
  if (waitingApproval(run)) return only(run, 'not_due');
  if (now < deadlineOf(run, course.playbook.timeoutMs))
    return { ...progress(run, endsInTime(run, course)), reason: 'not_due' };
  const running = run.steps.find(({ status }) => status === 'running');
  if (running && specOf(running.id, course).effect !== 'read') {
    return {
      ...loseStep(run, running.id, {
        message: 'the run’s time was over while it ran: whether it took effect is not known',
        now,
      }),
      reason: 'step_unknown',
    };
  }
  const current = run.steps.find(({ status }) => status !== 'succeeded' && status !== 'skipped');
  const note = 'the run’s time was over';
  const failing = current
    ? failStep(run, current.id, { note, now })
    : end(run, { status: 'failed', outcome: note, now });
  return { ...failing, reason: 'run_timed_out', detail: note };
}

/** A person says how it ended; only then is the lock free. */
export function onSettled(run: Run, event: Event<'settle_unknown'>, course: Course): Stepped {
  if (!mayAct(event.by)) return only(run, 'not_a_member');
  const at = run.steps.find(({ id }) => id === event.step);
  if (at?.status !== 'unknown') return only(run, 'step_superseded');
  const { now } = course.facts;
  const said = `${actorName(event.by)} says that it ${event.verdict === 'worked' ? 'worked' : 'failed'}`;
  if (event.verdict === 'failed') {
    const given = free(run, at.id);
    const failing = failStep(given.run, at.id, { note: said, now });
    return { ...failing, claims: [...given.claims, ...failing.claims], reason: 'unknown_settled', detail: said };
  }
  const noted: Run = { ...waited(withStep(run, at.id, { note: said }), at.endedAt ?? now, now), outcome: '' };
  if (!specOf(at.id, course).verify.length) {
    const next = done(noted, at.id, { course, reason: 'unknown_settled' });
    return { ...next, effects: [...next.effects, ...endsInTime(next.run, course)], detail: said };
  }
  const verifying = withStep(noted, at.id, {
    status: 'verifying',
    verify: { check: 0, poll: 0, since: now, last: '' },
  });
  return {
    ...progress(verifying, [
      verifyStep(verifying, stepOf(verifying, at.id), { check: 0, poll: 0, dueAt: now }),
      ...endsInTime(verifying, course),
    ]),
    reason: 'unknown_settled',
    detail: said,
  };
}

const withApproval = (run: Run, approval: Approval): Run => ({
  ...run,
  approvals: run.approvals.map((other) => (other.id === approval.id ? approval : other)),
});
