/** What a run would do from here on: each step's arguments as they stand, and the digest that an approval is bound to. */
import type { PlannedStep } from './approval.ts';
import type { Facts, Rendered, Scope } from './facts.ts';
import type { PlanDigest } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Playbook, Step } from './playbook.ts';
import type { Run } from './run.ts';

/** What `${{ }}` may speak of. */
export function scopeOf(run: Run, result?: JsonObject): Scope {
  const outputs = run.steps.map(({ id, outputs }) => [id, { outputs }] as const);
  return {
    inputs: run.inputs,
    ...(run.subject.alert && { alert: asJson(run.subject.alert) }),
    incident: asJson(run.subject.incident),
    run: { id: run.id, mode: run.mode },
    steps: Object.fromEntries(outputs),
    playbook: { id: run.playbook.id, name: run.playbook.name },
    ...(result && { result }),
  };
}

const asJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

export type Arguments =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly problem: string };

export function argumentsOf(step: Pick<Step, 'with'>, run: Run, { pure }: Facts): Arguments {
  const rendered: Rendered = pure.render(step.with, scopeOf(run));
  return rendered.ok ? { ok: true, args: rendered.value as JsonObject } : rendered;
}

/** Whether a condition holds; not a boolean is a problem. */
export function holds(
  expression: string,
  scope: Scope,
  { pure }: Pick<Facts, 'pure'>,
): { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly problem: string } {
  const rendered = pure.render(expression, scope);
  if (!rendered.ok) return rendered;
  if (typeof rendered.value !== 'boolean') return { ok: false, problem: `\`${expression}\` is not true or false` };
  return { ok: true, value: rendered.value };
}

/** An approval covers the steps after it, up to the next approval or the end. */
export function coveredBy(approvalStep: string, playbook: Playbook): readonly Step[] {
  const after = playbook.steps.slice(playbook.steps.findIndex(({ id }) => id === approvalStep) + 1);
  const next = after.findIndex(({ action }) => action === 'approval');
  return next < 0 ? after : after.slice(0, next);
}

export type Plan =
  | { readonly ok: true; readonly steps: readonly PlannedStep[]; readonly digest: PlanDigest }
  | { readonly ok: false; readonly problem: string };

/** The covered steps as they would run now, and the digest over all of it. */
export function planOf(
  approvalStep: string,
  run: Run,
  { playbook, facts }: { readonly playbook: Playbook; readonly facts: Facts },
): Plan {
  const steps: PlannedStep[] = [];
  const hashed: Json[] = [];
  for (const step of coveredBy(approvalStep, playbook)) {
    const rendered = argumentsOf(step, run, facts);
    if (!rendered.ok) return { ok: false, problem: `step \`${step.id}\`: ${rendered.problem}` };
    const action = facts.action(step.action);
    steps.push({
      id: step.id,
      name: step.name,
      action: step.action,
      change: action?.describe(rendered.args) ?? step.action,
    });
    hashed.push({
      id: step.id,
      action: step.action,
      version: action?.version ?? 0,
      effect: step.effect,
      target: action?.lockOf(rendered.args) ?? '',
      arguments: rendered.args,
    });
  }
  return {
    ok: true,
    steps,
    digest: facts.pure.digest({ playbook: playbook.hash, inputs: run.inputs, steps: hashed }) as PlanDigest,
  };
}
