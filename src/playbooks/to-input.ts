/** From an input as an author writes it to the domain's. */
import type { InputSpec } from '../domain/playbook.ts';
import type { InputYaml } from './shape/playbook.ts';
import { msOf, withoutUndefined } from './to-fields.ts';

export function toInput({ min_length, max_length, minimum, maximum, from, ...input }: InputYaml): InputSpec {
  const { type, optional, secret, description, ...given } = input;
  const bounds = { minimum: boundOf(minimum), maximum: boundOf(maximum), minLength: min_length, maxLength: max_length };
  const where = typeof from === 'object' ? withoutUndefined(from) : from;
  return {
    type,
    optional,
    secret,
    description,
    ...withoutUndefined({ ...given, from: where, ...bounds }),
  } as InputSpec;
}

/** Times are bounds in milliseconds. */
const boundOf = (bound: number | string | undefined): number | undefined =>
  typeof bound === 'string' ? msOf(bound) : bound;
