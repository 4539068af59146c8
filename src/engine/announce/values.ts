/** Values as people see them: a secret, however deep it stands, by its reference. */
import type { Json, JsonObject } from '../../domain/json.ts';

/** `{secret: 'env:NAME'}` is the reference of a secret. */
export function secretOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { secret, ...more } = value as JsonObject;
  return typeof secret === 'string' && !Object.keys(more).length ? secret : undefined;
}

/** Nobody but its step ever sees the value. */
const covered = (reference: string): string => `•••• (${reference})`;

/** A text as it is, anything else as JSON. */
export function shown(value: Json): string {
  const secret = secretOf(value);
  if (secret !== undefined) return covered(secret);
  return typeof value === 'string' ? value : JSON.stringify(value, withoutSecrets);
}

function withoutSecrets(_key: string, value: unknown): unknown {
  const secret = secretOf(value);
  return secret === undefined ? value : covered(secret);
}
