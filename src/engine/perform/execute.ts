/** Lets an action act: with a deadline, its log, its secrets, and a way to be found again. */
import type { EventId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Run, StepOutcome, StepRun } from '../../domain/run.ts';
import { createMasker, type Masker } from '../masking.ts';
import { boundedOutputs, maskedJson, maskedOutcome } from '../outcome.ts';
import type { StepAction, StepContext } from '../ports.ts';
import { openStepLog, type StepLog } from '../steplog.ts';
import { surely } from '../surely.ts';
import type { Work } from './performer.ts';
import { incidentOf, secretNamed, spokenIn } from './read.ts';

/** Node: a longer timer fires at once. */
const longestTimerMs = 2_147_483_647;
/** How long an action gets to notice that it was told to stop. */
const courtesyMs = 3_000;

export interface Execution {
  readonly run: Run;
  readonly unit: StepRun;
  readonly action: string;
  readonly args: JsonObject;
  /** The same for every repetition. */
  readonly attempt: string;
  readonly timeoutMs: number;
  readonly isRead: boolean;
  /** An earlier worker may have acted. */
  readonly repeated: boolean;
  /** References of the whole run: what another step was given may turn up in this one's output. */
  readonly secrets: readonly string[];
  /** What an earlier worker recorded, so that it is followed and not begun anew. */
  readonly handle?: JsonObject;
  /** Its lines are kept and shown. */
  readonly logged?: { readonly step: string; readonly attempt: number };
}

/** Never throws. What it answers holds no secret that the step was given. */
export async function executed(work: Work, execution: Execution): Promise<StepOutcome> {
  const action = work.world.actions.get(execution.action);
  if (!action) return notSent(`this worker knows no action \`${execution.action}\``);
  const problems = action.check(execution.args, false);
  if (problems.length) return notSent(problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const masker = await maskerOf(work, execution);
  const log = execution.logged && openStepLog(work.world, { run: execution.run.id, ...execution.logged, masker });
  const outcome = await acted(action, { work, execution, masker, log });
  if (log) await closed(work, { execution, log });
  return await boundedOutputs(work.world, maskedOutcome(outcome, masker));
}

/** A secret that cannot be read is said where the step asks for it. */
async function maskerOf({ world }: Work, { secrets }: Execution): Promise<Masker> {
  return createMasker(await Promise.all(secrets.map((reference) => world.secrets.read(reference).catch(() => ''))));
}

interface Acting {
  readonly work: Work;
  readonly execution: Execution;
  readonly masker: Masker;
  readonly log: StepLog | undefined;
}

async function acted(action: StepAction, acting: Acting): Promise<StepOutcome> {
  const { work, execution } = acting;
  const { args, handle, timeoutMs, isRead } = execution;
  const deadline = AbortSignal.any([work.signal, AbortSignal.timeout(Math.min(timeoutMs, longestTimerMs))]);
  try {
    const context = await contextOf(acting, deadline);
    const acts = handle && action.reattach ? action.reattach(args, handle, context) : action.execute(args, context);
    return await Promise.race([acts, overdue(deadline, execution)]);
  } catch (error) {
    const message = `${action.id}: ${error instanceof Error ? error.message : String(error)}`;
    return isRead ? { kind: 'failed', message, when: 'after_dispatch' } : { kind: 'unknown', message };
  }
}

async function contextOf({ work, execution, masker, log }: Acting, signal: AbortSignal): Promise<StepContext> {
  const { world, receive, hold } = work;
  const { run, unit, attempt, timeoutMs, repeated } = execution;
  // Where its progress is shown, people follow it.
  const channel = run.progress?.channel ?? spokenIn(world, await incidentOf(world, run.incident)) ?? '';
  let told = 0;
  return {
    attempt,
    run: run.id,
    signal,
    repeated,
    timeoutMs,
    fence: hold.n,
    channel,
    log: (line, stream) => log?.log(line, stream),
    async checkpoint(open) {
      const handle = maskedJson(open, masker) as JsonObject;
      const event = { kind: 'step_checkpointed', step: unit.id, attempt: unit.attempt, handle } as const;
      const id = `${attempt}#${hold.n}!checkpoint` as EventId;
      const { reason } = await receive.run(run.id, { id, ...event }, { causes: [{ kind: 'holding', hold }] });
      if (reason !== 'step_checkpointed') throw new Error('another worker has this step by now');
    },
    async secret(reference) {
      const name = secretNamed(reference);
      const value = await world.secrets.read(name);
      masker.learn(value);
      return value;
    },
    async tell(news) {
      told += 1;
      const id = `${attempt}!${told}` as EventId;
      const by = { kind: 'tocsin' } as const;
      const event =
        news.kind === 'note'
          ? ({ kind: 'add_note', by, text: masker.mask(news.text) } as const)
          : ({ kind: 'set_severity', by, severity: news.severity } as const);
      await receive.incident(run.incident, { id, ...event }, { causes: [{ kind: 'event', event: id }] });
    },
  };
}

/** An action that does not come back when told to is not waited for; what it did, nobody knows. */
function overdue(deadline: AbortSignal, { timeoutMs, isRead }: Execution): Promise<StepOutcome> {
  const message = `no end within ${timeoutMs / 1000} s`;
  const outcome: StepOutcome = isRead
    ? { kind: 'failed', message, when: 'after_dispatch', class: 'timeout' }
    : { kind: 'unknown', message };
  return new Promise((resolve) => {
    const giveUp = (): void => void setTimeout(() => resolve(outcome), courtesyMs).unref();
    // It may be over before the action was even asked.
    if (deadline.aborted) giveUp();
    else deadline.addEventListener('abort', giveUp, { once: true });
  });
}

/** The whole log is an artefact; the run names it. */
async function closed(
  { world, receive }: Work,
  { execution, log }: { readonly execution: Execution; readonly log: StepLog },
): Promise<void> {
  const { key } = await log.close();
  if (key === undefined) return;
  const { run, unit, attempt } = execution;
  const event = { kind: 'step_logged', step: unit.id, attempt: unit.attempt, log: key } as const;
  const id = `${attempt}!log!${key}` as EventId;
  const named = surely(world, { run: run.id, step: unit.id }, () => receive.run(run.id, { id, ...event }));
  await named.catch((error: unknown) => {
    world.telemetry.log.warn('the log of a step could not be named in its run', { run: run.id, error });
  });
}

/** Nothing was let loose. */
export const notSent = (message: string): StepOutcome => ({ kind: 'failed', message, when: 'before_dispatch' });
