/** `tocsin playbook plan`: what would run, rendered as an approver would see it, with its digest; nothing is done. */
import type { AlertGroup } from '../domain/alert.ts';
import { approversNamed } from '../domain/approval.ts';
import { decideRun } from '../domain/decide-run.ts';
import type { Facts } from '../domain/facts.ts';
import { type EventId, incidentId, type RunId, type UserRef } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { argumentsOf, type Course, planOf, scopeOf } from '../domain/plan.ts';
import type { Playbook, Step } from '../domain/playbook.ts';
import type { Run } from '../domain/run.ts';
import { withChildren } from '../domain/units.ts';
import { startersOf } from './people.ts';
import type { Setting } from './setting.ts';

export interface Planning extends Setting {
  readonly playbook: Playbook;
  readonly playbooks: readonly Playbook[];
  readonly alert: AlertGroup;
  readonly inputs: JsonObject;
  readonly now: number;
}

export interface PlanShown {
  /** Why it would be refused. */
  readonly refused?: string;
  readonly inputs: JsonObject;
  readonly lines: readonly string[];
}

export function planPlaybook(planning: Planning): PlanShown {
  const { playbook } = planning;
  const facts = factsOf(planning);
  const { state, reason, detail } = decideRun('run-plan' as RunId, undefined, { event: requestOf(planning), facts });
  if (!state) return { refused: `${reason}${detail ? `: ${detail}` : ''}`, inputs: planning.inputs, lines: [] };
  const course = { playbook, facts };
  const lines = playbook.steps.flatMap(withChildren).flatMap((step) => shown(step, state, course));
  return { inputs: state.inputs, lines };
}

function requestOf({ playbook, alert, inputs, now, policy }: Planning) {
  const [first] = alert.alerts;
  const incident = { id: incidentId(1), number: 1, title: 'a plan', severity: policy.defaultSeverity, service: '' };
  const by = {
    kind: 'person' as const,
    user: 'UPLAN' as UserRef,
    name: 'you',
    roles: [...policy.roles, ...startersOf(playbook), 'responder'],
    groups: [],
    standing: 'member' as const,
    askedAt: now,
  };
  const subject = { incident, ...(first && Object.keys(first.labels).length && { alert: first }) };
  const request = {
    playbook: playbook.hash,
    incident: incident.id,
    mode: 'manual' as const,
    requestedBy: by,
    subject,
    inputs,
  };
  return { id: 'plan' as EventId, kind: 'run_requested' as const, request };
}

const factsOf = ({ playbooks, actions, policy, pure, now }: Planning): Facts => ({
  now,
  policy,
  alerts: new Map(),
  over: new Set(),
  routes: new Set(),
  number: 1,
  serviceHeldBy: null,
  playbooks,
  playbook: (hash) => playbooks.find((one) => one.hash === hash),
  action: (id) => actions.find((one) => one.id === id),
  held: () => null,
  pure,
});

function shown(step: Step, run: Run, course: Course): readonly string[] {
  const condition = step.if === undefined ? [] : [`    if ${step.if}`];
  if (step.action === 'parallel') return [`${step.id}  side by side:`];
  if (step.action === 'approval') return [`${step.id}  approval`, ...condition, ...approvalLines(step, run, course)];
  const each = step.foreach ? [`    for each of ${step.foreach.in}`] : [];
  return [`${step.id}  ${step.action} (${step.effect})`, ...condition, ...each, ...actionLines(step, run, course)];
}

function actionLines(step: Step, run: Run, course: Course): readonly string[] {
  const rendered = argumentsOf(step, scopeOf(run, course), course);
  if (!rendered.ok) return [`    not known yet: ${rendered.problem}`];
  const action = course.facts.action(step.action);
  const target = step.effect === 'read' ? undefined : action?.lockOf(rendered.args);
  return [
    `    ${action?.describe(rendered.args) ?? step.action}${target ? ` (locks ${target})` : ''}`,
    `    ${JSON.stringify(rendered.args)}`,
    ...step.verify.map(({ name }) => `    then looks: ${name}`),
  ];
}

function approvalLines(step: Step, run: Run, course: Course): readonly string[] {
  const rendered = argumentsOf(step, scopeOf(run, course), course);
  if (!rendered.ok) return [`    not known yet: ${rendered.problem}`];
  const spec = course.facts.pure.approvalSpec(rendered.args);
  const plan = planOf(step.id, run, course);
  return [
    `    ${spec.minApprovals} of ${approversNamed(spec)}`,
    ...(plan.ok
      ? [`    covers plan ${plan.digest}`, ...plan.steps.map(({ id, change }) => `      ${id}: ${change}`)]
      : [`    the plan is not known yet: ${plan.problem}`]),
  ];
}

/** For people. */
export const printedPlan = ({ refused, inputs, lines }: PlanShown): readonly string[] =>
  refused ? [`refused: ${refused}`] : [`inputs ${JSON.stringify(inputs)}`, ...lines];
