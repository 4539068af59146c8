/** From a step as an author writes it to the domain's: defaults filled in, times in milliseconds. */
import type { Json, JsonObject } from '../domain/json.ts';
import type { ForeachSpec, Playbook, Step, VerifySpec } from '../domain/playbook.ts';
import type { StepAction } from '../engine/ports.ts';
import type { ClosingYaml, RollbackYaml, StepYaml } from './shape/playbook.ts';
import { hasExpression, opening } from './templates.ts';
import { msOf } from './to-fields.ts';

export interface StepContext {
  readonly action: (id: string) => StepAction | undefined;
  readonly risk: Playbook['risk'];
}

export function toStep({ parallel, ...step }: StepYaml, context: StepContext): Step {
  const own = parallel ? groupOf(step) : doing({ ...step, action: step.action ?? '' }, step.id, context);
  return {
    ...own,
    outputs: step.outputs,
    rollback: step.rollback.map((undo, index) => doing(undo, `rollback[${index}]`, context)),
    ...(step.foreach === undefined ? {} : { foreach: toForeach(step.foreach) }),
    ...(parallel && { parallel: parallel.map((child) => toStep(inPoolOf(step, child), context)) }),
    continueOnError: step.continue_on_error,
  };
}

/** What stands at the group is meant for each of its steps. */
const inPoolOf = <Child extends object>({ pool }: Pick<StepYaml, 'pool'>, child: Child): Child =>
  pool === undefined ? child : { pool, ...child };

/** Without an id of its own it is named by its place. */
export const toClosing = ({ id, ...step }: ClosingYaml, place: string, context: StepContext): Step =>
  toStep({ ...step, id: id ?? place, rollback: [] }, context);

/** Runs its children and does nothing itself. */
const groupOf = (step: Omit<StepYaml, 'parallel'>): Step => ({
  ...base(step, step.id, 'parallel'),
  with: {},
  effect: 'read',
});

function doing(step: RollbackYaml, id: string, { action, risk }: StepContext): Step {
  const used = action(step.action);
  const args = argumentsOf(step, risk);
  return {
    ...base(step, id, step.action),
    with: args,
    effect: step.effect ?? (used?.effectsOf?.(args) ?? used?.effects)?.[0] ?? 'once',
  };
}

const base = (step: Omit<RollbackYaml, 'action'>, id: string, action: string): Omit<Step, 'with' | 'effect'> => ({
  id,
  name: step.name ?? (id.includes('[') ? action : id),
  action,
  ...(step.if === undefined ? {} : { if: step.if }),
  ...(step.assert === undefined ? {} : { assert: step.assert }),
  ...(step.pool === undefined ? {} : { pool: step.pool }),
  outputs: {},
  timeoutMs: msOf(step.timeout),
  retry: toRetry(step.retry),
  verify: step.verify.map(toVerify),
  rollback: [],
  continueOnError: false,
});

function argumentsOf({ action, with: given, env }: RollbackYaml, risk: Playbook['risk']): JsonObject {
  const args: JsonObject = { ...(given as JsonObject), ...(env && { env }) };
  if (action !== 'approval') return args;
  const shown = Array.isArray(args.show) ? { ...args, show: args.show.map(asExpression) } : args;
  return risk === 'high' ? byTwo(shown) : shown;
}

/** `show: [steps.a.outputs.diff]` names values: each is an expression with or without its braces. */
const asExpression = (shown: Json): Json =>
  typeof shown === 'string' && !hasExpression(shown) ? `${opening} ${shown} }}` : shown;

/** `risk: high` implies two approvals and none by the requester. */
const byTwo = (args: JsonObject): JsonObject => ({ min_approvals: 2, ...args, allow_requester: false });

const toForeach = (given: Exclude<StepYaml['foreach'], undefined>): ForeachSpec =>
  typeof given === 'string'
    ? { in: given, maxParallel: 1, maxItems: 50 }
    : { in: given.in, maxParallel: given.max_parallel, maxItems: given.max_items };

const toRetry = ({ max_attempts, retry_on, backoff }: StepYaml['retry']): Step['retry'] => ({
  maxAttempts: max_attempts,
  retryOn: retry_on,
  initialMs: msOf(backoff.initial),
  factor: backoff.factor,
  maxMs: msOf(backoff.max),
  jitter: backoff.jitter,
});

const toVerify = (check: StepYaml['verify'][number]): VerifySpec => ({
  name: check.name ?? check.action,
  action: check.action,
  with: check.with as JsonObject,
  expect: check.expect,
  withinMs: msOf(check.within),
  intervalMs: msOf(check.interval),
  stableForMs: msOf(check.stable_for),
});
