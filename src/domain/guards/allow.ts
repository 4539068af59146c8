/** `policy.allow`: one rule of the server's and one of the playbook's must fit what a change touches. */
import type { JsonObject } from '../json.ts';
import type { Course } from '../plan.ts';
import type { AllowRule, Step } from '../playbook.ts';
import { passed, refused, type Verdict } from './verdict.ts';

export type Target = Readonly<Record<string, string>>;

export function allowed(
  { step, args }: { readonly step: Step; readonly args: JsonObject },
  { playbook, facts }: Course,
): Verdict {
  const target = facts.action(step.action)?.targetOf(args) ?? {};
  const { allow } = facts.policy.guardrails;
  if (allow && !fitsOne(allow, target))
    return refused('target_forbidden', `${worded(target)} is not in policy.allow of tocsin.yml`);
  if (playbook.allow && !fitsOne(playbook.allow, target))
    return refused('target_forbidden', `${worded(target)} is not in policy.allow of the playbook`);
  return passed;
}

const fitsOne = (rules: readonly AllowRule[], target: Target): boolean => rules.some((rule) => fits(rule, target));

/** A field that the rule names and the target lacks does not fit; a field that it does not name may be anything. */
const fits = (rule: AllowRule, target: Target): boolean =>
  Object.entries(rule).every(([field, patterns]) => {
    const value = Object.hasOwn(target, field) ? target[field] : undefined;
    return value !== undefined && patterns.some((pattern) => globs(pattern, value));
  });

/** `*` stands for any text and `?` for one character; anything else for itself. Takes pattern × text steps at most. */
export function globs(pattern: string, text: string): boolean {
  let reached = new Set([0]);
  for (const sign of pattern) reached = sign === '*' ? allFrom(reached, text) : after(sign, reached, text);
  return reached.has(text.length);
}

/** From the first place on, any: the others come after it. */
function allFrom(places: ReadonlySet<number>, text: string): Set<number> {
  const [first = text.length + 1] = places;
  return new Set(Array.from({ length: text.length + 1 - first }, (_, more) => first + more));
}

function after(sign: string, places: ReadonlySet<number>, text: string): Set<number> {
  const next = new Set<number>();
  for (const place of places) if (place < text.length && (sign === '?' || sign === text[place])) next.add(place + 1);
  return next;
}

const worded = (target: Target): string =>
  Object.entries(target)
    .map(([field, value]) => `${field} ${value}`)
    .join(', ') || 'a change without a target';
