/** What a guard says: go ahead and write this, or no, and why. */
import { type Claim, guardKey } from '../claim.ts';
import type { Facts } from '../facts.ts';
import type { Course } from '../plan.ts';
import { scopeOf } from '../plan.ts';
import type { Reason } from '../reason.ts';
import type { Run } from '../run.ts';

export type Verdict =
  | { readonly ok: true; readonly claims: readonly Claim[] }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

export const passed: Verdict = { ok: true, claims: [] };

export const counted = (...claims: readonly Claim[]): Verdict => ({ ok: true, claims });

export const refused = (reason: Reason, detail: string): Verdict => ({ ok: false, reason, detail });

/** The first refusal, or the claims of all. */
export function all(guards: readonly (() => Verdict)[]): Verdict {
  const claims: Claim[] = [];
  for (const guard of guards) {
    const verdict = guard();
    if (!verdict.ok) return verdict;
    claims.push(...verdict.claims);
  }
  return counted(...claims);
}

/** A guard's claim, as read: `raw` is what must still be there when it is written. */
export interface Read<Value> {
  readonly key: string;
  readonly raw: string | null;
  readonly value: Value | undefined;
}

export function read<Value>(key: string, { held }: Pick<Facts, 'held'>): Read<Value> {
  const raw = held(key);
  return { key, raw, value: raw === null ? undefined : (JSON.parse(raw) as Value) };
}

/** Written only over what was read, so that of two at once the later one decides again. */
export const written = <Value>({ key, raw }: Read<Value>, value: Value, ttlMs?: number): Claim => ({
  key,
  expect: raw,
  again: true,
  set: JSON.stringify(value),
  ...(ttlMs !== undefined && { ttlMs }),
});

/** What people can type after `/automation unlock`, in quotes where it has spaces; anything else is hashed. */
const isTypable = (text: string): boolean =>
  /^[\p{L}\p{N}\p{P}\p{S} ]{1,120}$/u.test(text) && !/["“”'`]/.test(text) && text.trim() === text;

/** Names the counter that a run counts in; undefined where `per` cannot be worked out. */
export function counterKey(run: Run, { kind, per }: { kind: string; per: string }, course: Course): string | undefined {
  const { pure } = course.facts;
  const rendered = pure.render(per, scopeOf(run, course));
  if (!rendered.ok) return undefined;
  const text = typeof rendered.value === 'string' ? rendered.value : JSON.stringify(rendered.value);
  const name = isTypable(text) ? text : pure.digest(text).slice(0, 32);
  return guardKey(`${kind}/${run.playbook.id}/${name}`);
}
