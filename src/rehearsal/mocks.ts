/** Actions that act on nothing: only `execute` is another; check, describe, lock and target stay as in production. */
import type { JsonObject } from '../domain/json.ts';
import type { FailureClass, StepOutcome } from '../domain/run.ts';
import type { StepAction, StepContext } from '../engine/ports.ts';
import type { StepMock, TestCase } from '../playbooks/test-file.ts';

export interface Dispatch {
  /** `restart`, `each[2]`; of a playbook that the step `heal` runs: `heal/restart`. */
  readonly unit: string;
  readonly action: string;
  /** The same for each repetition of one attempt. */
  readonly attempt: string;
  readonly args: JsonObject;
  /** A look whether a step helped: which check. */
  readonly check?: number;
}

export interface Mocked {
  readonly actions: readonly StepAction[];
  readonly dispatches: readonly Dispatch[];
}

export interface Mocking {
  readonly mocks: TestCase['mocks'];
  readonly crash?: TestCase['crash'];
  /** Called once, where the process is to die. */
  onCrash(): void;
  /** What stands before the units of a run that another one started: `heal/`. */
  prefixOf(run: string): Promise<string>;
  /** Instead of the mocks. */
  act?(action: StepAction, dispatch: Dispatch, context: StepContext): Promise<StepOutcome>;
}

/** Decided by the engine; nobody executes them anyway. */
const flow: ReadonlySet<string> = new Set(['approval', 'ask', 'wait', 'playbook.run', 'assert']);

export function mockedActions(actions: readonly StepAction[], mocking: Mocking): Mocked {
  const dispatches: Dispatch[] = [];
  const answers = createAnswers(mocking.mocks);
  const crash = createCrash(mocking);
  const execute = (action: StepAction) => async (args: JsonObject, context: StepContext) => {
    const dispatch = dispatchOf(action, args, { context, prefix: await mocking.prefixOf(context.run) });
    await crash(dispatch, 'before_effect');
    // As every such action must: what cannot be found again is not let go.
    if (action.reattach && dispatch.check === undefined) await context.checkpoint({ rehearsed: dispatch.attempt });
    dispatches.push(dispatch);
    const outcome = (await mocking.act?.(action, dispatch, context)) ?? answers(dispatch);
    await crash(dispatch, 'after_effect');
    return outcome;
  };
  /** It was begun before, and is only followed. */
  const reattach = (action: StepAction) => async (args: JsonObject, _handle: JsonObject, context: StepContext) =>
    answers(dispatchOf(action, args, { context, prefix: await mocking.prefixOf(context.run) }));
  return {
    dispatches,
    actions: actions.map((action) => {
      if (flow.has(action.id)) return action;
      const { plan: _plan, ...rest } = action;
      return { ...rest, execute: execute(action), ...(action.reattach && { reattach: reattach(action) }) };
    }),
  };
}

interface Sent {
  readonly context: StepContext;
  readonly prefix: string;
}

function dispatchOf({ id }: StepAction, args: JsonObject, { context: { attempt, run }, prefix }: Sent): Dispatch {
  const [, unit = '', , check] = /^(.+?)\.(\d+)(?:\.(\d+)\.(\d+))?$/.exec(attempt.slice(run.length + 1)) ?? [];
  return { unit: `${prefix}${unit}`, action: id, attempt, args, ...(check !== undefined && { check: Number(check) }) };
}

/** Of a list, one after the other; the last one stays. */
function createAnswers(mocks: TestCase['mocks']): (dispatch: Dispatch) => StepOutcome {
  const used = new Map<string, number>();
  return ({ unit, check }) => {
    const name = check === undefined ? unit : lookName(unit, check);
    const key = [name, baseOf(name)].find((candidate) => Object.hasOwn(mocks, candidate));
    if (key === undefined) return { kind: 'succeeded', outputs: {} };
    const given = mocks[key];
    const list = Array.isArray(given) ? given : [given];
    const at = used.get(key) ?? 0;
    used.set(key, at + 1);
    return outcomeOf(list[Math.min(at, list.length - 1)] ?? {});
  };
}

export const lookName = (unit: string, check: number): string => `${unit}.verify[${check}]`;

/** What is said of a `foreach` holds for each of its items. */
export const baseOf = (name: string): string => name.replace(/((?:^|\/)[^[./]+)\[\d+\]/, '$1');

function outcomeOf(mock: StepMock): StepOutcome {
  if ('unknown' in mock && typeof mock.unknown === 'string' && Object.keys(mock).length === 1)
    return { kind: 'unknown', message: mock.unknown };
  if (!isFailing(mock)) return { kind: 'succeeded', outputs: mock as JsonObject };
  const kind = mock.class === undefined ? {} : { class: mock.class as FailureClass };
  return { kind: 'failed', message: mock.fail, when: mock.when, ...kind };
}

const isFailing = (
  mock: StepMock,
): mock is { fail: string; when: 'before_dispatch' | 'after_dispatch'; class?: string } =>
  'fail' in mock && typeof mock.fail === 'string' && 'when' in mock;

function createCrash({ crash, onCrash }: Mocking) {
  let crashed = false;
  return async ({ unit, check }: Dispatch, when: 'before_effect' | 'after_effect'): Promise<void> => {
    if (crashed || check !== undefined || crash?.when !== when || (crash.at !== unit && crash.at !== baseOf(unit)))
      return;
    crashed = true;
    onCrash();
    // Whoever is dead says nothing any more.
    await new Promise(() => undefined);
  };
}
