/** Every place of a playbook that is filled in: what its text must be, and what it may speak of. */
import { isChange as countsAsChange } from '../domain/guards/change.ts';
import type { StepAction } from '../engine/ports.ts';
import type { Path } from './document.ts';
import { argumentsIn, asList, asObject, asText, isEach, type RawStep, textsIn } from './raw.ts';

/** Where an expression stands decides what it may speak of. */
export interface Standing {
  /** Anything else than a `value` is one whole expression. */
  readonly wants: 'value' | 'condition' | 'list' | 'number';
  /** Whether a step has ended by then. */
  readonly knows: (step: RawStep) => boolean;
  /** The outputs of `result`, where there is one. */
  readonly result?: readonly string[];
  /** Whether there is an `item`. */
  readonly each: boolean;
  /** Whether it is known how the run ended. */
  readonly closing: boolean;
  /** An argument of an action: which one, below `with`. */
  readonly argument?: Argument;
}

export interface Argument {
  readonly action: StepAction | undefined;
  readonly inside: Path;
}

export type ActionOf = (id: unknown) => StepAction | undefined;
type Places = ReadonlyMap<string, Standing>;
type Entry = readonly [path: Path, standing: Standing];

export const keyOf = (path: Path): string => JSON.stringify(path);

export function placesOf(steps: readonly RawStep[], action: ActionOf): Places {
  const entries = [...ofTheWhole(steps, action), ...steps.flatMap((step) => ofStep(step, action))];
  return new Map(entries.map(([path, standing]) => [keyOf(path), standing]));
}

const nothingYet: Standing = { wants: 'value', knows: () => false, each: false, closing: false };

/** Limits are looked at before the first change: what was read by then may be compared. */
function ofTheWhole(steps: readonly RawStep[], action: ActionOf): readonly Entry[] {
  const change =
    steps.find(({ part, raw }) => part === 'steps' && isGuarded(action(raw.action), raw))?.index ?? steps.length;
  const number: Standing = {
    ...nothingYet,
    wants: 'number',
    knows: (step) => step.part === 'steps' && step.index < change,
  };
  const counted = ['cooldown', 'max_runs', 'circuit_breaker'].map(
    (limit): Entry => [['limits', limit, 'per'], nothingYet],
  );
  return [
    [['concurrency', 'group'], nothingYet],
    ...counted,
    [['limits', 'max_change', 'from'], number],
    [['limits', 'max_change', 'to'], number],
  ];
}

function ofStep(step: RawStep, actionOf: ActionOf): readonly Entry[] {
  const { raw, path } = step;
  const action = actionOf(raw.action);
  const before: Standing = {
    wants: 'value',
    knows: (other) => (step.undoes ? endedWith(step.undoes, other) : endedBefore(step, other)),
    each: isEach(step),
    closing: step.part !== 'steps',
  };
  const condition: Standing = { ...before, wants: 'condition' };
  const result = { result: outputsOf(action) };
  const list: Standing = { ...before, wants: 'list', each: false };
  return [
    [[...path, 'if'], condition],
    [[...path, 'assert'], { ...condition, ...(!action || isRead(action, raw) ? result : {}) }],
    [[...path, 'foreach'], list],
    [[...path, 'foreach', 'in'], list],
    ...ofArguments(step, { standing: before, action }),
    ...textsIn(raw.outputs, [...path, 'outputs']).map((text): Entry => [text.path, { ...before, ...result }]),
    ...asList(raw.verify).flatMap((check, at) =>
      ofVerify(asObject(check), [...path, 'verify', at], { step, before, actionOf }),
    ),
  ];
}

interface Within {
  readonly standing: Standing;
  readonly action: StepAction | undefined;
}

function ofArguments({ path, raw }: Pick<RawStep, 'path' | 'raw'>, { standing, action }: Within): readonly Entry[] {
  return [raw.with, raw.env].flatMap((given, isEnv) =>
    textsIn(given, []).map((text): Entry => {
      const inside = isEnv ? ['env', ...text.path] : text.path;
      const wants = action?.id === 'assert' && inside[0] === 'that' ? 'condition' : standing.wants;
      return [[...path, isEnv ? 'env' : 'with', ...text.path], { ...standing, wants, argument: { action, inside } }];
    }),
  );
}

interface Checking {
  readonly step: RawStep;
  readonly before: Standing;
  readonly actionOf: ActionOf;
}

/** By then the step itself has ended. */
function ofVerify(raw: RawStep['raw'], path: Path, { step, before, actionOf }: Checking): readonly Entry[] {
  const action = actionOf(raw.action);
  const standing: Standing = { ...before, knows: (other) => before.knows(other) || endedWith(step, other) };
  const expect: Standing = { ...standing, wants: 'condition', result: outputsOf(action) };
  return [
    [[...path, 'expect'], expect],
    ...ofArguments({ path, raw: { with: raw.with ?? null } }, { standing, action }),
  ];
}

function endedBefore(step: RawStep, other: RawStep): boolean {
  if (step.part === other.part) return other.index < step.index;
  return other.part === 'steps' || step.part === 'finally';
}

/** What an item of a `foreach` gave is known by its place in the list only. */
const endedWith = (step: RawStep, other: RawStep): boolean =>
  endedBefore(step, other) || (other === step && !isEach(step));

export const outputsOf = (action: StepAction | undefined): readonly string[] => action?.outputs ?? ['*'];

export const effectOf = (action: StepAction | undefined, raw: RawStep['raw']): string | undefined =>
  asText(raw.effect) ?? (action?.effectsOf?.(argumentsIn(raw)) ?? action?.effects)?.[0];

export const isRead = (action: StepAction | undefined, raw: RawStep['raw']): boolean =>
  (action?.effectsOf?.(argumentsIn(raw)) ?? action?.effects)?.[0] === 'read';

/** Known to change something that the guards watch over: to wait, to ask and to tell is no change. */
export const isGuarded = (action: StepAction | undefined, raw: RawStep['raw']): boolean =>
  action !== undefined && countsAsChange({ action: action.id, effect: isRead(action, raw) ? 'read' : 'once' });

/** Known to do more than to read. */
export const isChange = (action: StepAction | undefined, raw: RawStep['raw']): boolean =>
  action !== undefined && !isRead(action, raw);

/** Whether a place below `with` is the field, or holds it: `argv[0]`, `query`, `headers.*`. */
export function isField(field: string, inside: Path): boolean {
  const names = namesOf(field);
  return names.every((name, at) => at >= inside.length || name === '*' || name === String(inside[at]));
}

/** Whether a place below `with` is the field, or in it: of a map of secrets, each value is one. */
export const isInField = (field: string, inside: Path): boolean =>
  namesOf(field).length <= inside.length && isField(field, inside);

const namesOf = (field: string): readonly string[] => field.replace(/\[(\d+)\]/g, '.$1').split('.');
