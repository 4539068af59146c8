/** Kinds of values in words: "a list", "a whole number". */
import { own } from './raw.ts';

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};
export const article = (kind: string): string => own(kinds, kind) ?? kind;

/** Of a value that stands somewhere. */
export function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map of keys' : `\`${String(value)}\``;
}
