/** What the covered steps say that they would do, for whoever is asked to approve them: nothing is changed, nothing is waited for long. */
import type { PlannedStep } from '../../domain/approval.ts';
import type { Json } from '../../domain/json.ts';
import { defaultPool } from '../../domain/pool.ts';
import type { Run } from '../../domain/run.ts';
import { createMasker, type Masker } from '../masking.ts';
import type { StepAction, StepContext } from '../ports.ts';
import type { Performers, Work } from './performer.ts';
import { incidentOf, runIn, secretNamed, secretsOf, whereOf } from './read.ts';

const deadlineMs = 20_000;
const atOnce = 4;
/** A card shows no more of them, and the run's state stays small. */
const mostSteps = 20;
const longestTogether = 8_000;
const longest = 2_000;

export const previewPerformers = {
  preview_plan: async ({ approval: wanted, pool: own = defaultPool }, work) => {
    const run = runIn(work.about);
    const approval = run?.approvals.find((candidate) => candidate.id === wanted);
    if (!run || approval?.status !== 'waiting') return 'done';
    const steps = approval.covers.filter(isOurs(own, work)).slice(0, mostSteps);
    if (steps.every(({ id: step }) => approval.previews?.[step] !== undefined)) return 'done';
    const around = await aroundOf(run, work);
    const said = await inTurn(steps, async (step) => [step.id, await preview(step, around)] as const);
    const previews = Object.fromEntries(said.map(([step, text]) => [step, bounded(text, steps.length)]));
    return { to: run.id, event: { kind: 'plan_previewed', approval: wanted, previews } };
  },
} satisfies Partial<Performers>;

/** Those of its pool that can say. */
const isOurs =
  (own: string, { world }: Work) =>
  ({ action, pool = defaultPool }: PlannedStep): boolean =>
    pool === own && world.actions.get(action)?.plan !== undefined;

interface Around {
  readonly run: Run;
  readonly work: Work;
  readonly masker: Masker;
  readonly channel: string;
}

async function aroundOf(run: Run, work: Work): Promise<Around> {
  const { world } = work;
  const playbook = await world.store.library.get(run.playbook.hash);
  // One that cannot be read is said where a step asks for it.
  const values = await Promise.all(
    secretsOf(run, playbook).map((reference) => world.secrets.read(reference).catch(() => '')),
  );
  const channel = whereOf(await incidentOf(world, run.incident)) ?? '';
  return { run, work, masker: createMasker(values), channel };
}

/** A few at a time: the targets are production. */
async function inTurn<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  const rest = all.entries();
  const lane = async (): Promise<void> => {
    for (const [at, one] of rest) answers[at] = await ask(one);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return answers;
}

/** Never throws: what cannot be foreseen is said in a line, and keeps nobody from deciding. */
async function preview({ id, action: named, args }: PlannedStep, around: Around): Promise<string> {
  const { work, masker } = around;
  const action = work.world.actions.get(named);
  const problems = action?.check(args, false) ?? [];
  if (!action || problems.length) return `⚠️ ${problems.map(({ message }) => message).join('; ') || 'unknown action'}`;
  const signal = AbortSignal.any([work.signal, AbortSignal.timeout(deadlineMs)]);
  try {
    return masker.mask(await Promise.race([planned(action, args, contextOf(id, signal, around)), overdue(signal)]));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return masker.mask(`⚠️ It cannot be foreseen: ${why.split('\n', 1)[0] ?? ''}`);
  }
}

const planned = async (action: StepAction, args: PlannedStep['args'], context: StepContext): Promise<string> =>
  (await action.plan?.(args, context)) ?? '';

const overdue = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const late = (): void => reject(new Error(`no answer within ${deadlineMs / 1000} s`));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });

/** As for a step that acts, but that leaves no trace: a plan changes nothing, and there is nothing to find again. */
function contextOf(step: string, signal: AbortSignal, { run, work, masker, channel }: Around): StepContext {
  const { world, hold } = work;
  return {
    ...{ attempt: `${run.id}.${step}.plan`, run: run.id, signal, channel },
    ...{ repeated: false, timeoutMs: deadlineMs, fence: hold.n },
    log: () => undefined,
    checkpoint: async () => undefined,
    tell: async () => undefined,
    async secret(reference: Json | undefined) {
      const value = await world.secrets.read(secretNamed(reference));
      masker.learn(value);
      return value;
    },
  };
}

function bounded(text: string, of: number): string {
  const most = Math.min(longest, Math.floor(longestTogether / of));
  const whole = text.trim();
  return whole.length <= most ? whole : `${whole.slice(0, most).toWellFormed()}\n… (${whole.length} characters in all)`;
}
