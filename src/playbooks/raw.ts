/** Looks into data whose shape may be wrong, so that every other problem is still found. */
import type { Json, JsonObject } from '../domain/json.ts';
import type { Path } from './document.ts';

export const asObject = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

export const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export interface RawStep {
  readonly path: Path;
  readonly index: number;
  readonly id: string | undefined;
  readonly raw: JsonObject;
}

export const stepsOf = (data: unknown): readonly RawStep[] =>
  asList(asObject(data).steps).map((step, index) => {
    const raw = asObject(step);
    return { path: ['steps', index], index, id: asText(raw.id), raw };
  });

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
