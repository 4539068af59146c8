/** Steps: the attempt is written before the act, and the outcome after it. */
import type { RunEffectBody } from '../../domain/effect.ts';
import type { EventId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { actorName } from '../../domain/person.ts';
import { argumentsOf } from '../../domain/plan.ts';
import type { Playbook, Step } from '../../domain/playbook.ts';
import type { Run, StepOutcome } from '../../domain/run.ts';
import { explain } from '../announce/explain.ts';
import type { Received } from '../commit.ts';
import { factsAround } from '../gather.ts';
import { remember } from '../rewound.ts';
import type { World } from '../world.ts';
import type { Learned, Performers, Work } from './performer.ts';
import { incidentOf, runOf, whereOf } from './read.ts';

type StepEffect = Extract<RunEffectBody, { kind: 'run_step' }>;
type VerifyEffect = Extract<RunEffectBody, { kind: 'verify_step' }>;

/** While the global stop is set, or somebody else is at work on the target. */
const blockedMs = 2_000;
/** Node: a longer timer fires at once. */
const longestTimerMs = 2_147_483_647;
/** How long an action gets to notice that it was told to stop. */
const courtesyMs = 3_000;

export const runPerformers = {
  tell_run: async ({ run, request, id }, { world, receive, hold }) => {
    const received = await receive.run(run, { id: id as string as EventId, kind: 'run_requested', request });
    if (received.reason === 'automation_stopped') return { againInMs: blockedMs };
    const refused =
      received.reason !== 'run_started' && received.reason !== 'run_exists' && received.reason !== 'repeated';
    if (!refused) return 'done';
    const playbook = await world.store.library.get(request.playbook);
    world.telemetry.log.warn('a run was refused', {
      run,
      reason: received.reason,
      detail: received.detail,
      attempt: hold.n,
    });
    const text = `Tocsin did not run ${playbook?.name ?? 'a playbook'} for ${actorName(request.requestedBy)}: ${explain(received.reason, received.detail)}`;
    return { to: request.incident, event: { kind: 'add_note', by: { kind: 'tocsin' }, text } };
  },
  run_step: async (effect, work) => {
    const { world, receive, hold } = work;
    const event = {
      id: `${effect.id}#${hold.n}` as EventId,
      kind: 'step_started',
      step: effect.step,
      attempt: effect.attempt,
    } as const;
    const received = await receive.run(effect.run, event, [{ kind: 'holding', hold }]);
    if (received.blocked) return await blocked(effect, work, received);
    if (received.reason !== 'step_started') return 'done';
    await remember(world);
    const outcome = await act(effect, work);
    world.telemetry.metrics.count('steps_total', { outcome: outcome.kind });
    world.telemetry.log.info('a step ended', {
      run: effect.run,
      step: effect.step,
      attempt: effect.attempt,
      outcome: outcome.kind,
    });
    return { to: effect.run, event: { kind: 'step_finished', step: effect.step, attempt: effect.attempt, outcome } };
  },
  verify_step: async (effect, work) => {
    const outcome = await look(effect, work);
    const { step, attempt, check, poll } = effect;
    return { to: effect.run, event: { kind: 'step_verified', step, attempt, check, poll, outcome } };
  },
} satisfies Partial<Performers>;

async function blocked(
  { run, step, attempt, ...effect }: StepEffect & { readonly id: string },
  { receive, hold }: Work,
  { blocked: by, reason }: Received,
): Promise<Learned> {
  const why = reason === 'automation_stopped' ? reason : 'target_busy';
  await receive.run(run, {
    id: `${effect.id}!${hold.n}` as EventId,
    kind: 'step_blocked',
    step,
    attempt,
    why,
    by: by?.by.split('/')[0] ?? 'another run',
  });
  return { againInMs: blockedMs };
}

/** Runs the action with the arguments that the attempt was written for. */
async function act(effect: StepEffect, work: Work): Promise<StepOutcome> {
  const found = await specOf(work.world, effect);
  if (!found) return failed('the run or its playbook is gone');
  const { run, step } = found;
  const args = argumentsOf(step, run, await factsAround(work.world));
  if (!args.ok) return failed(args.problem);
  const begins = {
    attempt: `${run.id}.${step.id}.${effect.attempt}`,
    timeoutMs: step.timeoutMs,
    repeated: (run.steps.find(({ id }) => id === step.id)?.begins ?? 1) > 1,
  };
  return await executed(work, { run, action: step.action, args: args.args, ...begins, isRead: step.effect === 'read' });
}

async function look(effect: VerifyEffect, work: Work): Promise<StepOutcome> {
  const found = await specOf(work.world, effect);
  const check = found?.step.verify[effect.check];
  if (!found || !check) return failed('the run or its playbook is gone');
  const args = argumentsOf(check, found.run, await factsAround(work.world));
  if (!args.ok) return failed(args.problem);
  const attempt = `${effect.run}.${effect.step}.${effect.attempt}.${effect.check}.${effect.poll}`;
  return await executed(work, {
    run: found.run,
    action: check.action,
    args: args.args,
    attempt,
    timeoutMs: Math.min(check.withinMs, 30_000),
    repeated: false,
    isRead: true,
  });
}

interface Execution {
  readonly run: Run;
  readonly action: string;
  readonly args: JsonObject;
  readonly attempt: string;
  readonly timeoutMs: number;
  readonly repeated: boolean;
  readonly isRead: boolean;
}

async function executed({ world, signal }: Work, { run, action: id, args, ...how }: Execution): Promise<StepOutcome> {
  const action = world.actions.get(id);
  if (!action) return failed(`this worker knows no action \`${id}\``);
  const problems = action.check(args, false);
  if (problems.length) return failed(problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(Math.min(how.timeoutMs, longestTimerMs))]);
  const log = (line: string): void =>
    world.telemetry.log.info('step output', { run: run.id, attempt: how.attempt, line });
  const channel = whereOf(await incidentOf(world, run.incident)) ?? '';
  const context = { attempt: how.attempt, run: run.id, signal: deadline, log, channel, repeated: how.repeated };
  try {
    return await Promise.race([action.execute(args, context), overdue(deadline, how)]);
  } catch (error) {
    return {
      kind: how.isRead ? 'failed' : 'unknown',
      message: `${id}: ${error instanceof Error ? error.message : String(error)}`,
      when: 'after_dispatch',
    } as StepOutcome;
  }
}

/** An action that does not come back when told to is not waited for; what it did, nobody knows. */
function overdue(
  deadline: AbortSignal,
  { timeoutMs, isRead }: Pick<Execution, 'timeoutMs' | 'isRead'>,
): Promise<StepOutcome> {
  const message = `no end within ${timeoutMs / 1000} s`;
  const outcome: StepOutcome = isRead
    ? { kind: 'failed', message, when: 'after_dispatch' }
    : { kind: 'unknown', message };
  return new Promise((resolve) => {
    deadline.addEventListener('abort', () => setTimeout(() => resolve(outcome), courtesyMs).unref(), { once: true });
  });
}

const failed = (message: string): StepOutcome => ({ kind: 'failed', message, when: 'before_dispatch' });

async function specOf(
  world: World,
  { run: id, step: wanted }: { run: StepEffect['run']; step: string },
): Promise<{ run: Run; step: Step; playbook: Playbook } | undefined> {
  const run = await runOf(world, id);
  const playbook = run && (await world.store.library.get(run.playbook.hash));
  const step = playbook?.steps.find((candidate) => candidate.id === wanted);
  return run && playbook && step ? { run, step, playbook } : undefined;
}
