/** `tocsin playbook run --dry-run`: reads for real, and of each change only what it would do. */
import type { Run, StepOutcome } from '../domain/run.ts';
import type { StepAction, StepContext } from '../engine/ports.ts';
import type { TestCase } from '../playbooks/test-file.ts';
import type { Dispatch } from './mocks.ts';
import { type Rehearsing, rehearse } from './rehearse.ts';

export interface DryStep {
  readonly unit: string;
  readonly action: string;
  /** "restart shop.service on shop-1" */
  readonly change: string;
  /** What was read, or what the action says it would do; without secrets. */
  readonly found: string;
}

export interface DryRun {
  readonly steps: readonly DryStep[];
  readonly state: string;
  readonly outcome: string;
}

export type DryRunning = Omit<Rehearsing, 'act'> & Pick<TestCase, 'inputs' | 'answers'>;

/** Approvals count as given, looks after a change as good: nothing was changed that they could look at. */
export async function dryRun({ inputs, answers, ...rehearsing }: DryRunning): Promise<DryRun> {
  const changes: Pick<DryStep, 'unit' | 'action' | 'change'>[] = [];
  const act = async (action: StepAction, { unit, args, check }: Dispatch, context: StepContext) => {
    if (check !== undefined) return looked;
    changes.push({ unit, action: action.id, change: action.describe(args) });
    return onlyReads(action, args) ? await action.execute(args, context) : await planned(action, args, context);
  };
  const { run, refused } = await rehearse(
    { ...dryCase, inputs, answers, at: new Date().toISOString() },
    { ...rehearsing, act },
  );
  const state = refused ? `refused: ${refused.reason}` : (run?.status ?? 'never began');
  const steps = changes.map((change) => ({ ...change, found: foundBy(change.unit, run) }));
  return { steps, state, outcome: refused?.said ?? (asksIn(run) || run?.outcome || '') };
}

/** What it goes on with is not known here. */
function asksIn(run: Run | undefined): string {
  const asking = run?.steps.find(({ question, status }) => question && status !== 'succeeded');
  return asking?.question ? `${asking.question.spec.question} Answer it with --answer ${asking.id}=…` : '';
}

const looked: StepOutcome = { kind: 'succeeded', outputs: {} };

const onlyReads = (action: StepAction, args: Dispatch['args']): boolean =>
  (action.effectsOf?.(args) ?? action.effects)[0] === 'read';

async function planned(action: StepAction, args: Dispatch['args'], context: StepContext): Promise<StepOutcome> {
  const note = await action.plan?.(args, context).catch((error: unknown) => `it cannot say: ${String(error)}`);
  return { kind: 'succeeded', outputs: {}, note: note ?? 'it would be done; this action cannot say more' };
}

/** As the run has it, where secrets are masked. */
function foundBy(id: string, run: Run | undefined): string {
  const unit = run?.steps.find((one) => one.id === id);
  const outputs = Object.keys(unit?.outputs ?? {}).length ? JSON.stringify(unit?.outputs) : '';
  return [unit?.note, outputs].filter(Boolean).join('\n');
}

const dryCase: Omit<TestCase, 'inputs' | 'answers' | 'at'> = {
  name: 'dry run',
  mode: 'manual',
  frozen: [],
  mocks: {},
  approvals: {},
  settle: {},
  expect: {},
};

/** For people. */
export const printedDryRun = ({ steps, state, outcome }: DryRun): readonly string[] => [
  ...steps.flatMap(({ unit, action, change, found }) => [
    `${unit}  ${action}: ${change}`,
    ...found.split('\n').map((line) => `    ${line}`),
  ]),
  `${state}${outcome ? ` (${outcome})` : ''}; nothing was changed`,
];
