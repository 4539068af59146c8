/** A secret that a person chooses: by its reference, for what is typed into a chat is no secret any more. */
import type { Json } from '../domain/json.ts';
import type { InputSpec } from '../domain/playbook.ts';
import type { Checked } from './input-bounds.ts';
import { asObject } from './raw.ts';
import { secretReference } from './shape/basics.ts';

/** It becomes what `${{ secrets.NAME }}` is, so that it can stand in the same places and nowhere else. */
export function secretInput({ enum: allowed }: InputSpec, given: Json): Checked {
  const reference = typeof given === 'string' ? given : asObject(given).secret;
  // Whatever was given is not repeated: it may be the secret itself.
  if (typeof reference !== 'string' || !secretReference.test(reference))
    return { problem: 'must be a reference to a secret, `env:NAME` or `file:name`, and never the secret itself.' };
  if (allowed && !allowed.includes(reference)) return { problem: `must be one of ${allowed.join(', ')}.` };
  return { value: { secret: reference } };
}
