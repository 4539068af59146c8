/** Small turns that the loader takes everywhere between YAML and the domain. */
import { durationMs } from '../domain/duration.ts';

/** Checked by the shape already. */
export const msOf = (text: string): number => durationMs(text) ?? 0;

export const mapped = <T, R>(values: Readonly<Record<string, T>>, turn: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, turn(value)]));

type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/** Keys that were not written are not there: the playbook's hash is taken over what is. */
export const withoutUndefined = <T extends object>(values: T): Partial<Given<T>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Given<T>>;
