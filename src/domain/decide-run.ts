/** Decides what a run becomes, and what should be done about it, whatever happens to it. */
import { type Decision, type Facts, unchanged } from './facts.ts';
import type { RunId } from './ids.ts';
import { type Actor, tocsin } from './person.ts';
import { isNews } from './reason.ts';
import { isOver, type Run, type RunEvent } from './run.ts';
import { type Course, end, failStep, progress, withStep } from './run-advance.ts';
import { refreshRun, tellIncident } from './run-effects.ts';
import { milestones } from './run-milestones.ts';
import { onAlertOver, onApprovalExpired, onCancel, onSettled, onTimedOut, onVote } from './run-people.ts';
import { onRunRequested } from './run-request.ts';
import { onStoreWentBack } from './run-rewound.ts';
import {
  done,
  loseStep,
  onStepBlocked,
  onStepFinished,
  onStepStarted,
  onStepVerified,
  type Stepped,
} from './run-steps.ts';
import { together } from './showing.ts';
import { entry } from './timeline.ts';

/** `id` is the run's own, which a request does not carry. */
export function decideRun(
  id: RunId,
  run: Run | undefined,
  { event, facts }: { readonly event: RunEvent; readonly facts: Facts },
): Decision<Run> {
  if (event.kind === 'run_requested') return onRunRequested(run, event, { facts, id });
  if (!run) return unchanged<Run>(run, 'no_such_run');
  const playbook = facts.playbook(run.playbook.hash);
  const stepped = playbook ? happens(run, event, { playbook, facts }) : withoutPlaybook(run, facts.now);
  return decided(run, { event, facts, stepped });
}

/** Its version is in no library any more: nothing can go on, and nobody should wait for it. */
function withoutPlaybook(run: Run, now: number): Stepped {
  const detail = 'this version of the playbook is not in the library any more';
  if (isOver(run) || run.status === 'needs_attention') return { ...progress(run), reason: 'playbook_unknown' };
  const acting = run.steps.find(({ status }) => status === 'running');
  const current = acting ?? run.steps.find(({ status }) => status !== 'succeeded' && status !== 'skipped');
  const next = acting
    ? loseStep(run, acting.id, { message: detail, now })
    : current
      ? failStep(run, current.id, { note: detail, now })
      : end(run, { status: 'failed', outcome: detail, now });
  return { ...next, reason: 'playbook_unknown', detail };
}

type Later = Exclude<RunEvent, { kind: 'run_requested' }>;

function happens(run: Run, event: Later, course: Course): Stepped {
  if (event.kind === 'progress_posted')
    return { ...progress({ ...run, progress: event.message }), reason: 'progress_posted' };
  if (event.kind === 'approval_posted') return { ...progress(withMessage(run, event)), reason: 'approval_posted' };
  if (event.kind === 'effect_given_up')
    return { ...progress(run), reason: 'effect_given_up', detail: `${event.effect}: ${event.why}` };
  if (isOver(run))
    return {
      ...progress(run),
      reason: event.kind === 'approve' || event.kind === 'reject' ? 'approval_already_decided' : 'run_over',
    };
  if ('step' in event && !run.steps.some(({ id }) => id === event.step))
    return { ...progress(run), reason: 'step_superseded' };
  switch (event.kind) {
    case 'step_started':
      return onStepStarted(run, event, course);
    case 'step_blocked':
      return onStepBlocked(run, event);
    case 'step_finished':
      return onStepFinished(run, event, course);
    case 'step_verified':
      return onStepVerified(run, event, course);
    case 'wait_ended':
      return onWaitEnded(run, event, course);
    case 'approve':
    case 'reject':
      return onVote(run, event, course);
    case 'approval_expired':
      return onApprovalExpired(run, event, course);
    case 'run_timed_out':
      return onTimedOut(run, course);
    case 'cancel_run':
      return onCancel(run, event, course);
    case 'settle_unknown':
      return onSettled(run, event, course);
    case 'alert_over':
      return onAlertOver(run, course);
    case 'store_went_back':
      return onStoreWentBack(run, course);
  }
}

function onWaitEnded(run: Run, event: Extract<RunEvent, { kind: 'wait_ended' }>, course: Course): Stepped {
  const step = run.steps.find(({ id }) => id === event.step);
  if (step?.status !== 'waiting') return { ...progress(run), reason: 'step_superseded' };
  return done(withStep(run, step.id, { note: 'waited' }), step.id, { course, reason: 'wait_ended' });
}

const withMessage = (run: Run, { approval, message }: Extract<RunEvent, { kind: 'approval_posted' }>): Run => ({
  ...run,
  approvals: run.approvals.map((other) => (other.id === approval ? { ...other, message } : other)),
});

function decided(
  before: Run,
  { event, facts, stepped }: { event: Later; facts: Facts; stepped: Stepped },
): Decision<Run> {
  const { run: state, effects, claims, reason, detail } = stepped;
  const at = { event: event.id, now: facts.now };
  const isMoved = state !== before;
  const isNoted = (isMoved || isNotedAnyway(event)) && isNews(reason);
  return {
    state,
    effects: [
      ...effects,
      ...(state.status === before.status ? [] : [tellIncident(state, facts.now)]),
      ...(isMoved ? together(refreshRun(before, state), facts.now) : []),
    ],
    claims,
    reason,
    history: [...(isNoted ? [entry(at, actorOf(event), reason, detail)] : []), ...milestones(before, state, at)],
    ...(detail !== undefined && { detail }),
  };
}

/** Whoever tried to decide on a change and might not, and what could not be done, is told of later. */
const isNotedAnyway = ({ kind }: Later): boolean =>
  kind === 'approve' || kind === 'reject' || kind === 'settle_unknown' || kind === 'effect_given_up';

const actorOf = (event: Later): Actor => ('by' in event && typeof event.by !== 'string' ? event.by : tocsin);
