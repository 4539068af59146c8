/** `limits.circuit_breaker`: after so many failures it is open, and stays so until a person resets it. */
import type { Claim } from '../claim.ts';
import type { Course } from '../plan.ts';
import type { Run } from '../run.ts';
import { counterKey, passed, read, refused, type Verdict, written } from './verdict.ts';
import { at, unlocking } from './words.ts';

export interface Breaker {
  /** Runs that failed or whose end is unknown, and when. */
  readonly failures: readonly (readonly [run: string, at: number])[];
  /** Since then nothing passes. */
  readonly openedAt?: number;
}

const breakerKey = (run: Run, { per }: { readonly per: string }, course: Course): string | undefined =>
  counterKey(run, { kind: 'breaker', per }, course);

/** Where its name cannot be worked out yet, nothing was ever written under it. */
export function breaker(run: Run, course: Course): Verdict {
  const { circuitBreaker } = course.playbook.limits;
  const key = circuitBreaker && breakerKey(run, circuitBreaker, course);
  if (key === undefined) return passed;
  const { value } = read<Breaker>(key, course.facts);
  if (value?.openedAt === undefined) return passed;
  const runs = value.failures.map(([id]) => id).join(', ');
  return refused('breaker_open', `since ${at(value.openedAt)}, after ${runs}; ${unlocking(key)} resets it`);
}

/** What the breaker keeps of this ending, and the key of one that it opens, or that it closes again. */
export interface Noted {
  readonly claims: readonly Claim[];
  readonly opened?: { readonly key: string; readonly runs: readonly string[] };
  readonly closed?: { readonly key: string };
}

const nothing: Noted = { claims: [] };

/** Enough to tell which of them opened it, should one be taken back. */
const mostKept = 20;

export function failureNoted(run: Run, ended: string, course: Course): Noted {
  const { circuitBreaker } = course.playbook.limits;
  if (!circuitBreaker || (ended !== 'failed' && ended !== 'unknown')) return nothing;
  const key = breakerKey(run, circuitBreaker, course);
  if (key === undefined) return nothing;
  const { now } = course.facts;
  const known = read<Breaker>(key, course.facts);
  // Unknown first, and failed when a person said so: that is one failure.
  const before = othersThan(run, known.value, { windowMs: circuitBreaker.windowMs, now });
  const failures = [...before, [run.id, now] as const].slice(-Math.max(mostKept, circuitBreaker.failures));
  const openedAt = known.value?.openedAt ?? (failures.length >= circuitBreaker.failures ? now : undefined);
  if (openedAt === undefined) return { claims: [written<Breaker>(known, { failures }, circuitBreaker.windowMs)] };
  // Open: kept until somebody resets it.
  const claims = [written<Breaker>(known, { failures, openedAt })];
  if (known.value?.openedAt !== undefined) return { claims };
  return { claims, opened: { key, runs: failures.map(([id]) => id) } };
}

/** It was unknown and is known to be no failure: what stays would not have opened it alone, or it is open still. */
export function failureTakenBack(run: Run, course: Course): Noted {
  const { circuitBreaker } = course.playbook.limits;
  if (!circuitBreaker) return nothing;
  const key = breakerKey(run, circuitBreaker, course);
  if (key === undefined) return nothing;
  const known = read<Breaker>(key, course.facts);
  const { value, raw } = known;
  if (!value?.failures.some(([id]) => id === run.id)) return nothing;
  const { windowMs, failures: most } = circuitBreaker;
  const failures = othersThan(run, value, { windowMs, now: course.facts.now });
  const { openedAt } = value;
  if (openedAt !== undefined && failures.length >= most)
    return { claims: [written<Breaker>(known, { failures, openedAt })] };
  const claim: Claim = failures.length
    ? written<Breaker>(known, { failures }, windowMs)
    : { key, expect: raw, set: null, again: true };
  return { claims: [claim], ...(openedAt !== undefined && { closed: { key } }) };
}

interface Window {
  readonly windowMs: number;
  readonly now: number;
}

/** Once it is open, those that opened it are kept, however old. */
const othersThan = (run: Run, value: Breaker | undefined, { windowMs, now }: Window): Breaker['failures'] =>
  value?.failures.filter(([id, when]) => id !== run.id && (value.openedAt !== undefined || now < when + windowMs)) ??
  [];
