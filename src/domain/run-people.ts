/** What people, and the lack of them, do to a run: approve, reject, let expire, cancel, settle what is unknown. */
import { type Approval, judgeApproval } from './approval.ts';
import type { EventId } from './ids.ts';
import { type Actor, actorName, mayAct } from './person.ts';
import type { Reason } from './reason.ts';
import { isOver, type Run, type RunEventBody, waitingApproval } from './run.ts';
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
  const noted = withStep(
    { ...given, status: 'running', waitedMs: run.waitedMs + now - approval.askedAt },
    approval.step,
    {
      status: 'succeeded',
      endedAt: now,
      note: `approved by ${by.join(' and ')}`,
    },
  );
  return { ...advance(noted, course), reason: 'approved', detail: stepOf(run, approval.step).name };
}

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
  if (isOver(run)) return only(run, 'run_over');
  return cancel(run, { by: event.by, why: `cancelled by ${actorName(event.by)}` }, course);
}

/** What is running at this moment is not torn off: the run ends when it is known how that went. */
function cancel(run: Run, { by, why }: { by: Actor; why: string }, { facts }: Course): Stepped {
  if (run.status === 'needs_attention' || run.steps.some(({ status }) => status === 'running')) {
    return { ...progress({ ...run, cancelledBy: actorName(by) }), reason: 'cancel_waits', detail: why };
  }
  const approval = waitingApproval(run);
  const lapsed = approval ? withApproval(run, { ...approval, status: 'lapsed', decidedAt: facts.now }) : run;
  return {
    ...end(lapsed, { status: 'cancelled', outcome: why, now: facts.now }),
    reason: 'run_cancelled',
    detail: why,
  };
}

/** `on_alert_resolved: cancel_pending` stops before the next step, and never kills a running one. */
export function onAlertOver(run: Run, course: Course): Stepped {
  const begun = run.steps.some(({ status }) => status === 'running' || status === 'verifying' || status === 'unknown');
  if (isOver(run) || begun || course.playbook.onAlertResolved !== 'cancel_pending') return only(run, 'nothing_new');
  return cancel(run, { by: { kind: 'tocsin' }, why: 'the alert resolved meanwhile' }, course);
}

/** Waiting for people does not count; what runs at that moment is unknown, unless it only reads. */
export function onTimedOut(run: Run, course: Course): Stepped {
  if (isOver(run) || run.status === 'needs_attention') return only(run, 'run_over');
  const { now } = course.facts;
  const waiting = waitingApproval(run);
  const deadline = run.startedAt + course.playbook.timeoutMs + run.waitedMs + (waiting ? now - waiting.askedAt : 0);
  if (waiting || now < deadline) {
    const next = Math.max(deadline, waiting?.expiresAt ?? 0) + (waiting ? course.playbook.timeoutMs : 0);
    return { ...progress(run, [timeOut(run, next)]), reason: 'not_due' };
  }
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
  const noted: Run = { ...withStep(run, at.id, { note: said }), status: 'running', outcome: '' };
  if (!specOf(at.id, course).verify.length)
    return { ...done(noted, at.id, { course, reason: 'unknown_settled' }), detail: said };
  const verifying = withStep(noted, at.id, {
    status: 'verifying',
    verify: { check: 0, poll: 0, since: now, last: '' },
  });
  return {
    ...progress(verifying, [verifyStep(verifying, stepOf(verifying, at.id), { check: 0, poll: 0, dueAt: now })]),
    reason: 'unknown_settled',
    detail: said,
  };
}

const withApproval = (run: Run, approval: Approval): Run => ({
  ...run,
  approvals: run.approvals.map((other) => (other.id === approval.id ? approval : other)),
});
