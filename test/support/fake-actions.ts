/** Actions that do nothing but remember: one of each kind of effect, each as the test tells it to go. */
import type { JsonObject } from '../../src/domain/json.ts';
import type { EffectClass } from '../../src/domain/playbook.ts';
import type { StepOutcome } from '../../src/domain/run.ts';
import type { StepAction, StepContext } from '../../src/engine/ports.ts';
import { approval } from '../../src/steps/approval.ts';
import { ask } from '../../src/steps/ask.ts';
import { playbookRun } from '../../src/steps/playbook-run.ts';
import { wait } from '../../src/steps/wait.ts';

export interface Dispatch {
  readonly action: string;
  readonly attempt: string;
  readonly repeated: boolean;
  readonly args: JsonObject;
}

export interface FakeActions {
  readonly actions: readonly StepAction[];
  readonly dispatched: Dispatch[];
  /** How the next ones go, by action; the last one stays. */
  readonly goes: Record<string, ((args: JsonObject, context: StepContext) => Promise<StepOutcome>)[]>;
  /** What an action says that it would do, by action; those that are not here cannot say. */
  readonly plans: Record<string, (args: JsonObject, context: StepContext) => Promise<string>>;
  /** What a worker finds of what another began, by action. */
  readonly found: Record<string, NonNullable<StepAction['reattach']>>;
  /** Attempts of an action. */
  attempts(action: string): readonly string[];
}

export const worked =
  (outputs: JsonObject = {}) =>
  async (): Promise<StepOutcome> => ({ kind: 'succeeded', outputs });
export const refused =
  (message: string, when: 'before_dispatch' | 'after_dispatch' = 'before_dispatch') =>
  async (): Promise<StepOutcome> => ({ kind: 'failed', message, when });

export function fakeActions(): FakeActions {
  const dispatched: Dispatch[] = [];
  const goes: FakeActions['goes'] = {
    'shop.restart': [worked()],
    'shop.exec': [worked()],
    'shop.look': [worked({ value: 1 })],
  };
  const plans: FakeActions['plans'] = {};
  const found: FakeActions['found'] = {};
  const act = (id: string, effects: readonly EffectClass[]): StepAction => ({
    id,
    version: 1,
    effects,
    summary: id,
    schema: { type: 'object' },
    codeFields: [],
    secretFields: [],
    outputs: ['value'],
    check: () => [],
    lockOf: ({ host }) => (typeof host === 'string' && effects[0] !== 'read' ? `host/${host}` : undefined),
    targetOf: ({ host }) => (typeof host === 'string' ? { host } : {}),
    describe: ({ host }) => `${id} on ${String(host ?? 'nothing')}`,
    get plan() {
      return plans[id] as NonNullable<StepAction['plan']>;
    },
    execute: async (args, context) => {
      dispatched.push({ action: id, attempt: context.attempt, repeated: context.repeated, args });
      const list = goes[id] ?? [];
      const next = list.length > 1 ? list.shift() : list[0];
      return next ? await next(args, context) : { kind: 'succeeded', outputs: {} };
    },
    ...(effects[0] === 'reattachable' && {
      reattach: async (args: JsonObject, handle: JsonObject, context: StepContext) =>
        (await found[id]?.(args, handle, context)) ?? { kind: 'unknown', message: 'it is not to be found' },
    }),
  });
  return {
    actions: [
      act('shop.restart', ['idempotent']),
      act('shop.exec', ['once', 'idempotent']),
      act('shop.look', ['read']),
      act('shop.script', ['reattachable']),
      approval,
      ask,
      playbookRun,
      wait,
    ],
    dispatched,
    found,
    goes,
    plans,
    attempts: (action) => dispatched.filter((one) => one.action === action).map(({ attempt }) => attempt),
  };
}
