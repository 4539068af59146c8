/** Effects of a run, with ids that are the same whenever the same thing is asked for. */
import type { Approval } from './approval.ts';
import type { Effect, Urgency } from './effect.ts';
import type { Instant } from './ids.ts';
import { effect } from './incident-effects.ts';
import { type Actor, actorName } from './person.ts';
import { isOver, type Run, type StepRun } from './run.ts';

const act: Urgency = 1;
const show: Urgency = 2;

export const runStep = (run: Run, step: StepRun, dueAt?: Instant): Effect =>
  effect(
    { kind: 'run_step', run: run.id, step: step.id, attempt: step.attempt },
    {
      id: run.id,
      urgency: act,
      more: `${step.id}.${step.attempt}`,
      ...(dueAt !== undefined && { dueAt }),
    },
  );

export const verifyStep = (
  run: Run,
  step: StepRun,
  { check, poll, dueAt }: { check: number; poll: number; dueAt: Instant },
): Effect =>
  effect(
    { kind: 'verify_step', run: run.id, step: step.id, attempt: step.attempt, check, poll },
    {
      id: run.id,
      urgency: act,
      more: `${step.id}.${step.attempt}.${check}.${poll}`,
      dueAt,
    },
  );

export const endWait = (run: Run, step: StepRun, dueAt: Instant): Effect =>
  effect({ kind: 'end_wait', run: run.id, step: step.id }, { id: run.id, urgency: act, more: step.id, dueAt });

export const expireApproval = (run: Run, { id, expiresAt }: Approval): Effect =>
  effect(
    { kind: 'expire_approval', run: run.id, approval: id },
    { id: run.id, urgency: act, more: id, dueAt: expiresAt },
  );

export const timeOut = (run: Run, dueAt: Instant): Effect =>
  effect({ kind: 'time_out_run', run: run.id }, { id: run.id, urgency: act, more: String(dueAt), dueAt });

export const postProgress = (run: Run): Effect =>
  effect({ kind: 'post_progress', run: run.id }, { id: run.id, urgency: show });

export const postApproval = (run: Run, { id }: Approval): Effect =>
  effect({ kind: 'post_approval', run: run.id, approval: id }, { id: run.id, urgency: 2, more: id });

const refreshApproval = (run: Run, { id }: Approval): Effect =>
  effect({ kind: 'refresh_approval', run: run.id, approval: id }, { id: run.id, urgency: 2, more: id });

/** The run's one message, and the card of each approval that is another than before. */
export function refreshRun(before: Run, run: Run): readonly Effect[] {
  const changed = run.approvals.filter((approval, at) => approval.message && approval !== before.approvals[at]);
  return [
    ...(run.progress ? [effect({ kind: 'refresh_progress', run: run.id }, { id: run.id, urgency: show })] : []),
    ...changed.map((approval) => refreshApproval(run, approval)),
  ];
}

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
