/** Looks into data whose shape may be wrong, so that every other problem is still found. */
import type { Json, JsonObject } from '../domain/json.ts';
import type { Path } from './document.ts';

export const asObject = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

export const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** What a table holds under a word of an author's: `constructor` is in none. */
export const own = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const closingParts = ['on_failure', 'on_cancel', 'finally'] as const;
export type Part = 'steps' | (typeof closingParts)[number];

/** Anything that has an action, or runs others that have. */
export interface RawStep {
  readonly path: Path;
  readonly part: Part;
  /** Its place in its part; those of a `parallel` and rollbacks have that of what they belong to. */
  readonly index: number;
  readonly id: string | undefined;
  readonly raw: JsonObject;
  /** The step whose `parallel` it stands in. */
  readonly group?: RawStep;
  /** The step that it undoes. */
  readonly undoes?: RawStep;
}

/** All steps wherever they stand: the main part with what is inside of it, then the closing parts. */
export function stepsOf(data: unknown): readonly RawStep[] {
  const parts: readonly Part[] = ['steps', ...closingParts];
  return parts.flatMap((part) =>
    asList(asObject(data)[part]).flatMap((step, index) => withInner(rawStep(step, [part, index], { part, index }))),
  );
}

const rawStep = (value: Json, path: Path, rest: Pick<RawStep, 'part' | 'index' | 'group' | 'undoes'>): RawStep => {
  const raw = asObject(value);
  return { ...rest, path, raw, id: rest.undoes ? undefined : asText(raw.id) };
};

function withInner(step: RawStep): readonly RawStep[] {
  const { path, part, index, raw } = step;
  const children = step.group ? [] : asList(raw.parallel);
  return [
    step,
    ...children.flatMap((child, at) =>
      withInner(rawStep(child, [...path, 'parallel', at], { part, index, group: step })),
    ),
    ...asList(raw.rollback).map((undo, at) => rawStep(undo, [...path, 'rollback', at], { part, index, undoes: step })),
  ];
}

/** Whether it runs once for each entry of a list: a rollback does where what it undoes did. */
export const isEach = ({ raw, undoes }: RawStep): boolean => (undoes ?? { raw }).raw.foreach !== undefined;

export interface TextAt {
  readonly path: Path;
  readonly text: string;
}

/** Every text inside a value. */
export function textsIn(value: Json | undefined, path: Path): readonly TextAt[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]));
}

/** What the action gets: `env` of the step is `env` under its `with`. */
export const argumentsIn = (raw: JsonObject): JsonObject =>
  raw.env === undefined ? asObject(raw.with) : { ...asObject(raw.with), env: raw.env };
