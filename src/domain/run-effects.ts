/** Effects of a run, with ids that are the same whenever the same thing is asked for. */
import type { Approval } from './approval.ts';
import { guardName } from './claim.ts';
import type { Effect, RunRequest, Urgency } from './effect.ts';
import type { Instant, RunId } from './ids.ts';
import { effect } from './incident-effects.ts';
import { type Actor, actorName } from './person.ts';
import { defaultPool } from './pool.ts';
import { isOver, type Run, type StepRun } from './run.ts';
import { triesOf } from './run-units.ts';

const act: Urgency = 1;
const show: Urgency = 2;

export const runStep = (run: Run, step: StepRun, dueAt?: Instant): Effect =>
  effect(
    { kind: 'run_step', run: run.id, step: step.id, attempt: step.attempt },
    {
      id: run.id,
      urgency: act,
      more: `${step.id}.${step.attempt}`,
      pool: step.pool ?? defaultPool,
      ...(dueAt !== undefined && { dueAt }),
    },
  );

export const verifyStep = (
  run: Run,
  step: StepRun,
  { check, poll, dueAt, pool }: { check: number; poll: number; dueAt: Instant; pool: string },
): Effect =>
  effect(
    { kind: 'verify_step', run: run.id, step: step.id, attempt: step.attempt, check, poll },
    {
      id: run.id,
      urgency: act,
      more: `${step.id}.${step.attempt}.${check}.${poll}`,
      dueAt,
      pool,
    },
  );

export const timeOutStep = (run: Run, step: StepRun, dueAt: Instant): Effect =>
  effect(
    { kind: 'time_out_step', run: run.id, step: step.id, attempt: step.attempt },
    { id: run.id, urgency: act, more: `${step.id}.${step.attempt}`, dueAt },
  );

export const startQueued = (run: Run, dueAt: Instant): Effect =>
  effect({ kind: 'start_queued', run: run.id }, { id: run.id, urgency: act, dueAt });

export const endWait = (run: Run, step: StepRun, dueAt: Instant): Effect =>
  effect(
    { kind: 'end_wait', run: run.id, step: step.id },
    // A wait that is begun anew has an end of its own.
    { id: run.id, urgency: act, more: `${step.id}.${dueAt}`, dueAt },
  );

export const postQuestion = (run: Run, { id }: StepRun): Effect =>
  effect({ kind: 'post_question', run: run.id, step: id }, { id: run.id, urgency: show, more: id });

export const expireAnswer = (run: Run, { id }: StepRun, dueAt: Instant): Effect =>
  effect({ kind: 'expire_answer', run: run.id, step: id }, { id: run.id, urgency: act, more: id, dueAt });

export const expireApproval = (run: Run, { id, expiresAt }: Approval): Effect =>
  effect(
    { kind: 'expire_approval', run: run.id, approval: id },
    { id: run.id, urgency: act, more: id, dueAt: expiresAt },
  );

/** A quarter of the time is left. */
export const remindApproval = (run: Run, { id, askedAt, expiresAt }: Approval): Effect =>
  effect(
    { kind: 'remind_approval', run: run.id, approval: id },
    { id: run.id, urgency: show, more: id, dueAt: expiresAt - (expiresAt - askedAt) / 4 },
  );

/** Each pool says it of its own steps. */
export function previewPlan(run: Run, { id, covers }: Approval): readonly Effect[] {
  const pools = [...new Set(covers.map(({ pool = defaultPool }) => pool))];
  return pools.map((pool) =>
    effect(
      { kind: 'preview_plan', run: run.id, approval: id },
      { id: run.id, urgency: show, more: pool === defaultPool ? id : `${id}.${pool}`, pool },
    ),
  );
}

export const tellRun = (run: Run, child: RunId, request: RunRequest): Effect =>
  effect({ kind: 'tell_run', run: child, request }, { id: run.id, urgency: act, more: child });

export const cancelChild = (run: Run, child: RunId): Effect =>
  effect(
    { kind: 'tell_run_cancelled', run: child, by: run.cancelledBy ?? `the end of ${run.id}` },
    { id: run.id, urgency: act, more: child },
  );

/** Whoever started it hears how it ended. */
export function tellParent({ id, parent, status, outcome }: Run): readonly Effect[] {
  if (!parent) return [];
  const news = { step: parent.step, child: id, status, outcome };
  return [effect({ kind: 'tell_parent', run: parent.run, news }, { id, urgency: act })];
}

export const uploadLog = (run: Run, step: StepRun, log: string): Effect =>
  effect(
    { kind: 'upload_log', run: run.id, step: step.id, attempt: triesOf(step), log },
    { id: run.id, urgency: 5, more: `${step.id}.${step.attempt}` },
  );

export const timeOut = (run: Run, dueAt: Instant): Effect =>
  effect({ kind: 'time_out_run', run: run.id }, { id: run.id, urgency: act, more: `${run.phase}.${dueAt}`, dueAt });

export const postProgress = (run: Run): Effect =>
  effect({ kind: 'post_progress', run: run.id }, { id: run.id, urgency: show });

export const postApproval = (run: Run, { id }: Approval): Effect =>
  effect({ kind: 'post_approval', run: run.id, approval: id }, { id: run.id, urgency: 2, more: id });

const refreshApproval = (run: Run, { id }: Approval): Effect =>
  effect({ kind: 'refresh_approval', run: run.id, approval: id }, { id: run.id, urgency: 2, more: id });

const refreshQuestion = (run: Run, { id }: StepRun): Effect =>
  effect({ kind: 'refresh_question', run: run.id, step: id }, { id: run.id, urgency: show, more: id });

/** The run's one message, and the card of each approval and question that is another than before. */
export function refreshRun(before: Run, run: Run): readonly Effect[] {
  const changed = run.approvals.filter((approval, at) => approval.message && approval !== before.approvals[at]);
  const answered = run.steps.filter(
    (unit) => unit.question?.message && unit !== before.steps.find(({ id }) => id === unit.id),
  );
  return [
    ...answered.map((unit) => refreshQuestion(run, unit)),
    ...(run.progress ? [effect({ kind: 'refresh_progress', run: run.id }, { id: run.id, urgency: show })] : []),
    ...changed.map((approval) => refreshApproval(run, approval)),
  ];
}

/** Said in the incident's channel, once for each time that it opens. */
export const tellBreaker = (
  { id, incident, playbook }: Run,
  { key, runs }: { readonly key: string; readonly runs: readonly string[] },
  now: Instant,
): Effect =>
  effect(
    {
      kind: 'notify',
      incident,
      notice: { about: 'breaker_opened', name: guardName(key), playbook: playbook.name, runs },
    },
    { id: incident, urgency: show, more: `${id}.breaker.${now}` },
  );

export const tellBreakerClosed = (
  { id, incident, playbook }: Run,
  { key }: { readonly key: string },
  now: Instant,
): Effect =>
  effect(
    {
      kind: 'notify',
      incident,
      notice: { about: 'breaker_closed', name: guardName(key), playbook: playbook.name, run: id },
    },
    { id: incident, urgency: show, more: `${id}.breaker.closed.${now}` },
  );

/** An edited message calls nobody: its owners hear of a step whose outcome nobody knows by one of its own. */
export const tellOwners = (
  { id, incident, playbook }: Run,
  { id: unit, name, attempt }: StepRun,
  { why, owners }: { readonly why: string; readonly owners: readonly string[] },
): Effect =>
  effect(
    {
      kind: 'notify',
      incident,
      notice: { about: 'outcome_unknown', playbook: playbook.name, step: name, why, owners },
    },
    { id: incident, urgency: show, more: `${id}.${unit}.${attempt}.unknown` },
  );

/** Once for each attempt that nobody takes. */
export const callForWorker = (
  { id, incident, playbook }: Run,
  { id: unit, name, attempt }: StepRun,
  { pool, owners }: { readonly pool: string; readonly owners: readonly string[] },
): Effect =>
  effect(
    {
      kind: 'notify',
      incident,
      notice: { about: 'step_stranded', playbook: playbook.name, step: name, pool, owners },
    },
    { id: incident, urgency: show, more: `${id}.${unit}.${attempt}.stranded` },
  );

/** The incident hears how the run stands. */
export function tellIncident(run: Run, now: Instant): Effect {
  const note = {
    run: run.id,
    playbook: run.playbook.id,
    name: run.playbook.name,
    status: run.status,
    at: now,
    by: byWhom(run.requestedBy),
  };
  return effect(
    { kind: 'tell_incident', incident: run.incident, note },
    { id: run.id, urgency: act, more: `${run.status}.${isOver(run) ? 'end' : now}` },
  );
}

const byWhom = (actor: Actor): string => actorName(actor);
