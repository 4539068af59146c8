/** Decides what a run becomes, and what should be done about it, whatever happens to it. */
import { type Decision, type Facts, unchanged } from './facts.ts';
import type { RunId } from './ids.ts';
import { type Actor, tocsin } from './person.ts';
import type { Course } from './plan.ts';
import { isNews } from './reason.ts';
import { isOver, type Run, type RunEvent, type StepRun } from './run.ts';
import { onApprovalExpired, onPreviewed, onVote, refusal } from './run-approvals.ts';
import { onChildEnded } from './run-children.ts';
import { refreshRun, tellIncident } from './run-effects.ts';
import { close } from './run-end.ts';
import { milestones } from './run-milestones.ts';
import { onAlertOver, onAnswer, onAnswerExpired, onCancel, onSettled, onTimedOut } from './run-people.ts';
import { because, only, type Stepped } from './run-progress.ts';
import { onDequeued, onRunRequested } from './run-request.ts';
import { onStoreWentBack } from './run-rewound.ts';
import {
  done,
  onCheckpoint,
  onLogged,
  onStepBlocked,
  onStepFinished,
  onStepStarted,
  onStepTimedOut,
} from './run-steps.ts';
import { onStepUnclaimed } from './run-unclaimed.ts';
import { isGroupOf, isStuck, unitOf, withStatus, withUnit } from './run-units.ts';
import { onStepVerified } from './run-verify.ts';
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
  const stepped = playbook ? happens(run, event, { playbook, facts }) : withoutPlaybook(run, event, facts);
  return decided(run, { event, facts, stepped });
}

/** Its version is in no library any more: nothing can go on, and nobody should wait for it. */
function withoutPlaybook(run: Run, event: Later, facts: Facts): Stepped {
  const detail = 'this version of the playbook is not in the library any more';
  const reason = 'playbook_unknown';
  if (isOver(run)) return only(run, reason);
  const acting = run.steps.filter((unit) => unit.status === 'running' && !isGroupOf(run, unit));
  if (acting.length) return only({ ...acting.reduce(lost(detail, facts), run), outcome: detail }, reason, detail);
  // Whatever a person says of what is unknown, nothing can come after it.
  const isSaid = event.kind === 'settle_unknown' && !refusal(run, event, { facts });
  if (isStuck(run) && !isSaid) return only(run, reason);
  return because(close(run, { status: 'failed', outcome: detail, at: facts.now }), reason, detail);
}

const lost =
  (note: string, { now }: Facts) =>
  (run: Run, { id }: StepRun): Run =>
    withUnit(run, id, { status: 'unknown', note, endedAt: now });

type Later = Exclude<RunEvent, { kind: 'run_requested' }>;

function happens(run: Run, event: Later, course: Course): Stepped {
  const noted = notes(run, event);
  if (noted) return noted;
  if (isOver(run)) {
    const isVote = event.kind === 'approve' || event.kind === 'reject';
    return only(run, isVote ? 'approval_already_decided' : 'run_over');
  }
  if ('step' in event && event.step !== '' && !run.steps.some(({ id }) => id === event.step))
    return only(run, 'step_superseded');
  return moves(run, event, course);
}

/** What is only written down, also when the run is over. */
function notes(run: Run, event: Later): Stepped | undefined {
  switch (event.kind) {
    case 'progress_posted':
      return only({ ...run, progress: event.message }, 'progress_posted');
    case 'approval_posted':
      return only(withMessage(run, event), 'approval_posted');
    case 'question_posted':
      return only(withQuestion(run, event), 'question_posted');
    case 'step_logged':
      return onLogged(run, event);
    case 'plan_previewed':
      return onPreviewed(run, event);
    case 'effect_given_up':
      return only(run, 'effect_given_up', `${event.effect}: ${event.why}`);
    default:
      return undefined;
  }
}

type Move = (run: Run, event: never, course: Course) => Stepped;

const moving = {
  step_started: onStepStarted,
  step_blocked: onStepBlocked,
  step_unclaimed: onStepUnclaimed,
  step_finished: onStepFinished,
  step_verified: onStepVerified,
  step_checkpointed: onCheckpoint,
  step_timed_out: onStepTimedOut,
  wait_ended: onWaitEnded,
  run_dequeued: (run, _event, course) => onDequeued(run, course),
  child_ended: onChildEnded,
  approve: onVote,
  reject: onVote,
  approval_expired: onApprovalExpired,
  answer: onAnswer,
  answer_expired: onAnswerExpired,
  run_timed_out: (run, _event, course) => onTimedOut(run, course),
  cancel_run: onCancel,
  settle_unknown: onSettled,
  alert_over: (run, _event, course) => onAlertOver(run, course),
  store_went_back: (run, _event, course) => onStoreWentBack(run, course),
} satisfies Partial<Record<Later['kind'], Move>>;

/** The table maps each kind to its own decision; the union cannot be followed by the compiler. */
const moves = (run: Run, event: Later, course: Course): Stepped =>
  (moving as unknown as Readonly<Record<string, (run: Run, event: Later, course: Course) => Stepped>>)[event.kind]?.(
    run,
    event,
    course,
  ) ?? only(run, 'nothing_new');

function onWaitEnded(run: Run, event: Extract<RunEvent, { kind: 'wait_ended' }>, course: Course): Stepped {
  const unit = unitOf(run, event.step);
  if (unit.status !== 'waiting') return only(run, 'step_superseded');
  return done(withUnit(run, unit.id, { note: 'waited' }), unit.id, { course, reason: 'wait_ended' });
}

const withQuestion = (run: Run, { step, message }: Extract<RunEvent, { kind: 'question_posted' }>): Run => {
  const question = run.steps.find(({ id }) => id === step)?.question;
  return question ? withUnit(run, step, { question: { ...question, message } }) : run;
};

const withMessage = (run: Run, { approval, message }: Extract<RunEvent, { kind: 'approval_posted' }>): Run => ({
  ...run,
  approvals: run.approvals.map((other) => (other.id === approval ? { ...other, message } : other)),
});

function decided(
  before: Run,
  { event, facts, stepped }: { event: Later; facts: Facts; stepped: Stepped },
): Decision<Run> {
  const { effects, claims, reason, detail } = stepped;
  const state = withStatus(stepped.run);
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
