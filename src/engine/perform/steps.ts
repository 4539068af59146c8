/** Steps: the attempt is written before the act, and the outcome after it. */
import type { RunEffectBody } from '../../domain/effect.ts';
import { StoreDown } from '../../domain/failures.ts';
import type { EventId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { argumentsOf, scopeOf, unitArguments } from '../../domain/plan.ts';
import type { StepOutcome } from '../../domain/run.ts';
import { triesOf } from '../../domain/run-units.ts';
import type { Received } from '../commit.ts';
import { remember } from '../rewound.ts';
import { type Execution, executed, notSent } from './execute.ts';
import { beganBy, type Learned, type Performers, type Work } from './performer.ts';
import { type Found, foundUnit, secretsOf } from './read.ts';

type StepEffect = Extract<RunEffectBody, { kind: 'run_step' }> & { readonly id: string };
type VerifyEffect = Extract<RunEffectBody, { kind: 'verify_step' }>;

/** While the global stop is set, or somebody else is at work on the target. */
const blockedMs = 2_000;
const longestLookMs = 30_000;

export const stepPerformers = {
  run_step: async (effect, work) => {
    const { world, receive, hold, about } = work;
    const { run, step, attempt } = effect;
    const event = { id: beganBy(effect.id, hold), kind: 'step_started', step, attempt } as const;
    const received = await receive.run(run, event, { causes: [{ kind: 'holding', hold }], loaded: about });
    if (received.blocked) return await blocked(effect, work, received);
    if (received.reason !== 'step_started' || !received.after) return 'done';
    await remember(world);
    const outcome = (await forgettable(work)) ?? (await act(effect, { ...work, about: received.after }));
    world.telemetry.metrics.count('steps_total', { outcome: outcome.kind });
    world.telemetry.log.info('a step ended', { run, step, attempt, outcome: outcome.kind });
    return { to: run, event: { kind: 'step_finished', step, attempt, outcome } };
  },
  verify_step: async (effect, work) => {
    const { run, step, attempt, check, poll } = effect;
    const outcome = await look(effect, work);
    return { to: run, event: { kind: 'step_verified', step, attempt, check, poll, outcome } };
  },
} satisfies Partial<Performers>;

async function blocked(
  { run, step, attempt, id }: StepEffect,
  { receive, hold }: Work,
  { blocked: by, reason }: Received,
): Promise<Learned> {
  await receive.run(run, {
    id: `${id}!${hold.n}` as EventId,
    kind: 'step_blocked',
    step,
    attempt,
    why: reason === 'automation_stopped' ? reason : 'target_busy',
    by: by?.by.split('/')[0] ?? 'another run',
  });
  return { againInMs: blockedMs };
}

/** The attempt must outlive a fail-over: else the step would be done once more there. */
async function forgettable({ world }: Work): Promise<StepOutcome | undefined> {
  try {
    await world.store.replicated();
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreDown)) throw error;
    return notSent(`nothing was done, for it could have been forgotten. ${error.message}`);
  }
}

/** Runs the action with the arguments that the attempt was written for. */
async function act(effect: StepEffect, work: Work): Promise<StepOutcome> {
  const found = await foundUnit(work, effect.step);
  if (!found) return notSent('the run or its playbook is gone');
  const { run, unit, spec, course } = found;
  const args = unitArguments(unit, spec, { run, course });
  if (!args.ok) return notSent(args.problem);
  return await executed(work, {
    ...executionOf(found, args.args),
    action: spec.action,
    attempt: `${run.id}.${unit.id}.${effect.attempt}`,
    timeoutMs: spec.timeoutMs,
    isRead: spec.effect === 'read',
    repeated: (unit.begins ?? 1) > 1,
    ...(spec.effect === 'reattachable' && unit.handle && { handle: unit.handle }),
    logged: { step: unit.id, attempt: triesOf(unit) },
  });
}

const executionOf = (
  { run, unit, course }: Found,
  args: JsonObject,
): Pick<Execution, 'run' | 'unit' | 'args' | 'secrets'> => ({
  run,
  unit,
  args,
  secrets: secretsOf(run, course.playbook),
});

async function look(effect: VerifyEffect, work: Work): Promise<StepOutcome> {
  const found = await foundUnit(work, effect.step);
  const check = found?.spec.verify[effect.check];
  if (!found || !check) return notSent('the run or its playbook is gone');
  const { run, unit, course } = found;
  const args = argumentsOf(check, scopeOf(run, course, unit), course);
  if (!args.ok) return notSent(args.problem);
  return await executed(work, {
    ...executionOf(found, args.args),
    action: check.action,
    attempt: `${run.id}.${unit.id}.${effect.attempt}.${effect.check}.${effect.poll}`,
    timeoutMs: Math.min(check.withinMs, longestLookMs),
    isRead: true,
    repeated: false,
  });
}
