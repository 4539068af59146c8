/** How a unit begins: with an approval, a wait, a question, a run of another playbook, or its first attempt. */
import type { Approval } from './approval.ts';
import type { Parent, RunRequest } from './effect.ts';
import { isCovered } from './guards/change.ts';
import type { RunId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import { type Course, contentsOf, coveringOf, planOf, scopeOf, unitArguments } from './plan.ts';
import type { ApprovalSpec, Playbook, Step } from './playbook.ts';
import { defaultPool } from './pool.ts';
import type { Run, StepRun } from './run.ts';
import {
  endWait,
  expireAnswer,
  expireApproval,
  postApproval,
  postQuestion,
  previewPlan,
  remindApproval,
  runStep,
  tellRun,
} from './run-effects.ts';
import { pooled } from './run-pools.ts';
import { type Progress, progress } from './run-progress.ts';
import { unitOf, without, withUnit } from './run-units.ts';

export type Entered = Progress | { readonly problem: string };

interface Entering {
  readonly spec: Step;
  readonly course: Course;
}

type Gate = (run: Run, unit: StepRun, entering: Entering & { readonly args: JsonObject }) => Entered;

/** Steps that nobody executes. */
const gates: Readonly<Record<string, Gate>> = {
  approval: (run, _unit, { spec, course, args }) =>
    askApproval(run, { step: spec, spec: { ...course.facts.pure.approvalSpec(args), show: shownBy(spec) } }, course),
  wait: (run, unit, { course, args }) => {
    const { now, pure } = course.facts;
    const until = now + pure.waitMs(args);
    const waiting = withUnit(run, unit.id, { status: 'waiting', startedAt: now, until });
    return progress(waiting, [endWait(waiting, unitOf(waiting, unit.id), until)]);
  },
  ask,
  'playbook.run': startChild,
};

export function gateOf(run: Run, unit: StepRun, entering: Entering): Entered | undefined {
  const gate = gates[entering.spec.action];
  if (!gate) return undefined;
  const rendered = unitArguments(unit, withoutShow(entering.spec), { run, course: entering.course });
  return rendered.ok ? gate(run, unit, { ...entering, args: rendered.args }) : rendered;
}

/** What approvers are shown is filled in by itself, and once: what an alert says there is not looked into again. */
export function withoutShow(step: Step): Step {
  if (step.action !== 'approval') return step;
  const { show: _, ...rest } = step.with;
  return { ...step, with: rest };
}

/** As the author wrote it. */
const shownBy = ({ with: { show } }: Step): readonly Json[] => (Array.isArray(show) ? show : []);

/** Its next attempt is to be made. */
export function ready(run: Run, unit: StepRun, { spec, course }: Entering): Entered {
  const rendered = unitArguments(unit, spec, { run, course });
  if (!rendered.ok) return rendered;
  const { args } = rendered;
  const placed = pooled(run, unit, { spec, args, course });
  if (!placed.ok) return placed;
  const change = course.facts.action(spec.action)?.describe(args) ?? '';
  const next = withUnit(without(run, unit.id, 'unclaimed'), unit.id, {
    status: 'ready',
    attempt: unit.attempt + 1,
    change,
    ...((placed.pool !== defaultPool || unit.pool !== undefined) && { pool: placed.pool }),
  });
  return progress(next, [runStep(next, unitOf(next, unit.id))]);
}

/** Nobody waits in a job: the run rests in the store until a click or the expiry. */
export function askApproval(
  run: Run,
  { step, spec }: { readonly step: Step; readonly spec: ApprovalSpec },
  course: Course,
): Entered {
  const { now } = course.facts;
  const plan = planOf(step.id, run, course);
  if (!plan.ok) return plan;
  const approval: Approval = {
    id: `${step.id}.${run.approvals.length + 1}`,
    step: step.id,
    digest: plan.digest,
    covers: plan.steps,
    spec: asStrictAs(course.playbook, spec),
    status: 'waiting',
    askedAt: now,
    expiresAt: now + spec.expiresInMs,
    decisions: [],
    shown: shownIn(spec, run, course),
    ...beyondIn(course.playbook),
  };
  const asked: Run = {
    ...withUnit(run, step.id, { status: 'waiting_approval', startedAt: now }),
    approvals: [...run.approvals, approval],
  };
  return progress(asked, [
    postApproval(asked, approval),
    ...previewPlan(asked, approval),
    remindApproval(asked, approval),
    expireApproval(asked, approval),
  ]);
}

/** What is done when the main part is over, whatever people decide here. */
function beyondIn({ onFailure, onCancel, finally: last }: Playbook): Pick<Approval, 'beyond'> {
  const parts = { on_failure: onFailure, on_cancel: onCancel, finally: last };
  const beyond = Object.entries(parts).flatMap(([part, steps]) =>
    steps.filter(isCovered).map(({ name, action }) => `${part}: ${name === action ? name : `${name} (${action})`}`),
  );
  return beyond.length ? { beyond } : {};
}

/** High risk: two people, and not who asked, whatever the playbook says. */
const asStrictAs = ({ risk }: Playbook, spec: ApprovalSpec): ApprovalSpec =>
  risk === 'high' ? { ...spec, minApprovals: Math.max(2, spec.minApprovals), allowRequester: false } : spec;

/** What cannot be shown says why, and keeps nobody from deciding. */
const shownIn = ({ show }: ApprovalSpec, run: Run, course: Course): readonly string[] =>
  show.map((value) => {
    const rendered = course.facts.pure.render(asExpression(value), scopeOf(run, course));
    return rendered.ok ? asText(rendered.value) : rendered.problem;
  });

/** `steps.target.outputs.diff` and `${{ steps.target.outputs.diff }}` are the same. */
const asExpression = (value: Json): Json =>
  typeof value === 'string' && /^[a-z]+(\.\w+)+$/.test(value) ? `\${{ ${value} }}` : value;

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));

function ask(run: Run, unit: StepRun, { course, args }: Parameters<Gate>[2]): Entered {
  const { now, pure } = course.facts;
  const spec = pure.askSpec(args);
  const question = { spec, askedAt: now, expiresAt: now + spec.expiresInMs };
  const asked = withUnit(run, unit.id, { status: 'waiting_answer', startedAt: now, question });
  const asking = unitOf(asked, unit.id);
  return progress(asked, [postQuestion(asked, asking), expireAnswer(asked, asking, question.expiresAt)]);
}

const deepest = 3;

function startChild(run: Run, unit: StepRun, { course, args }: Parameters<Gate>[2]): Entered {
  const wanted = course.facts.playbooks.find(({ id }) => id === args.playbook);
  if (!wanted) return { problem: `there is no enabled playbook \`${String(args.playbook)}\`` };
  const above = [...(run.parent?.above ?? []), { run: run.id, playbook: run.playbook.id }];
  const playbooks = above.map(({ playbook }) => playbook);
  if (playbooks.includes(wanted.id))
    return { problem: `\`${wanted.id}\` would run itself: ${[...playbooks, wanted.id].join(' → ')}` };
  if (above.length > deepest) return { problem: `playbooks run each other at most ${deepest} deep` };
  const covered = coveredVersions(run, unit, { wanted, course });
  if (covered && !covered.includes(wanted.hash))
    return { problem: `\`${wanted.id}\` is another version by now than the one that was approved` };
  const attempt = unit.attempt + 1;
  const child = `run-${course.facts.pure.digest(`${run.id}/${unit.id}/${attempt}`).slice(0, 10)}` as RunId;
  const started = withUnit(run, unit.id, {
    status: 'waiting_run',
    attempt,
    startedAt: course.facts.now,
    child,
    change: `run ${wanted.name}`,
  });
  const parent: Parent = { run: run.id, step: unit.id, above, ...(covered && { covered }) };
  return progress(started, [tellRun(run, child, requestOf(run, { wanted, args, parent }))]);
}

/** An approval of its own covers what there is now: that was looked at just before. */
function coveredVersions(
  run: Run,
  unit: StepRun,
  { wanted, course }: { readonly wanted: Playbook; readonly course: Course },
): Parent['covered'] {
  const asking = coveringOf(unit.id, course.playbook);
  const isAsked = asking !== undefined && unitOf(run, asking.id).status !== 'skipped';
  return isAsked ? contentsOf(wanted.id, course.facts) : run.parent?.covered;
}

interface Child {
  readonly wanted: Playbook;
  readonly args: JsonObject;
  readonly parent: Parent;
}

const requestOf = (run: Run, { wanted, args, parent }: Child): RunRequest => ({
  playbook: wanted.hash,
  incident: run.incident,
  mode: run.mode,
  requestedBy: run.requestedBy,
  subject: run.subject,
  inputs: (typeof args.inputs === 'object' && args.inputs !== null ? args.inputs : {}) as JsonObject,
  parent,
});
