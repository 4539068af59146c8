/** What all actions have in common: one declaration gives the check, the editor's schema and the typed arguments. */
import { z } from 'zod';
import { durationPattern } from '../domain/duration.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { EffectClass } from '../domain/playbook.ts';
import type { FailureClass, StepOutcome } from '../domain/run.ts';
import type { StepAction, StepContext } from '../engine/ports.ts';

export type Issue = ReturnType<StepAction['check']>[number];

interface Definition<S extends z.ZodObject> {
  readonly id: string;
  /** Raised when the same arguments begin to mean something else: approvals given before are void then. */
  readonly version: number;
  readonly summary: string;
  /** The first is the default. */
  readonly effects: readonly EffectClass[];
  readonly effectsOf?: (args: JsonObject) => readonly EffectClass[];
  readonly params: S;
  readonly outputs: readonly string[];
  readonly codeFields?: readonly string[];
  /** A name here may be a map: each of its values is a reference then. */
  readonly secretFields?: readonly string[];
  readonly describe: (params: z.infer<S>) => string;
  /** `host/shop-1`: two changes of the same thing never run at once. */
  readonly lockOf?: (params: z.infer<S>) => string | undefined;
  readonly targetOf?: (params: z.infer<S>) => Readonly<Record<string, string>>;
  readonly plan?: (params: z.infer<S>, context: StepContext) => Promise<string>;
  readonly reattach?: (params: z.infer<S>, handle: JsonObject, context: StepContext) => Promise<StepOutcome>;
  /** What a schema cannot say. `partial`: values may still hold `${{ }}`. */
  readonly alsoCheck?: (args: JsonObject, partial: boolean) => readonly Issue[];
  readonly execute: (params: z.infer<S>, context: StepContext) => Promise<StepOutcome>;
}

export function defineAction<S extends z.ZodObject>(definition: Definition<S>): StepAction {
  const { params, describe, lockOf, targetOf, effectsOf, alsoCheck, plan, reattach, execute } = definition;
  const typed = (args: JsonObject): z.infer<S> | undefined => params.safeParse(args).data;
  return {
    id: definition.id,
    version: definition.version,
    summary: definition.summary,
    effects: definition.effects,
    ...(effectsOf ? { effectsOf } : {}),
    outputs: definition.outputs,
    codeFields: definition.codeFields ?? [],
    secretFields: definition.secretFields ?? [],
    schema: z.toJSONSchema(params, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as JsonObject,
    check: (args, partial) => [...shapeIssues(params, { args, partial }), ...(alsoCheck?.(args, partial) ?? [])],
    describe: (args) => given(typed(args), describe) ?? definition.id,
    lockOf: (args) => given(typed(args), (value) => lockOf?.(value)),
    targetOf: (args) => given(typed(args), (value) => targetOf?.(value)) ?? {},
    ...(plan ? { plan: async (args, context) => plan(params.parse(args), context) } : {}),
    ...(reattach ? { reattach: async (args, handle, context) => reattach(params.parse(args), handle, context) } : {}),
    execute: async (args, context) => {
      const parsed = params.safeParse(args);
      if (!parsed.success) return failedBefore(`Its arguments are wrong: ${z.prettifyError(parsed.error)}`, 'refused');
      if (context.signal.aborted) return failedBefore('It was stopped before it began: nothing was done.');
      return execute(parsed.data, context);
    },
  };
}

const given = <T, R>(value: T | undefined, use: (value: T) => R): R | undefined =>
  value === undefined ? undefined : use(value);

function shapeIssues(params: z.ZodObject, { args, partial }: { args: JsonObject; partial: boolean }): readonly Issue[] {
  const parsed = params.safeParse(args);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap(explain);
  return issues.filter(({ path }) => !(partial && holdsExpression(valueAt(args, path))));
}

function explain(issue: z.core.$ZodIssue): readonly Issue[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], message: `\`${key}\` is not an argument of this action.` }));
}

const valueAt = (args: Json, path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, Json>)[key] : undefined),
    args,
  );

/** Whether a value is not known before it is rendered. */
export const holdsExpression = (value: Json | undefined): boolean =>
  typeof value === 'string' && value.includes('$' + '{{');

export const DurationText = z
  .string()
  .regex(durationPattern, 'Write a time like `30s`, `5m` or `1h30m`.')
  .describe('A time: 30s, 5m, 1h30m');

/** For a line that describes a step. */
export const inShort = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** Nothing has happened. The class is for `retry_on`. */
export const failedBefore = (message: string, failure?: FailureClass): StepOutcome => ({
  kind: 'failed',
  message,
  when: 'before_dispatch',
  ...(failure ? { class: failure } : {}),
});

export const failedAfter = (message: string, failure?: FailureClass): StepOutcome => ({
  kind: 'failed',
  message,
  when: 'after_dispatch',
  ...(failure ? { class: failure } : {}),
});

/** For the steps that the engine decides: nobody may take them for actions. */
export const decidedOnly = (id: string) => async (): Promise<StepOutcome> => {
  throw new Error(`\`${id}\` is decided, never executed: this is a fault of Tocsin.`);
};

export const unknown = (message: string): StepOutcome => ({ kind: 'unknown', message });
