/** Efficacy: how the last runs of a playbook that changed something ended; where too few went well, `auto` no longer holds. */
import { type Claim, guardKey } from '../claim.ts';
import type { Course } from '../plan.ts';
import type { Policy } from '../policy.ts';
import type { Run } from '../run.ts';
import { passed, read, refused, type Verdict, written } from './verdict.ts';
import { unlocking } from './words.ts';

export interface Outcome {
  readonly run: string;
  readonly at: number;
  readonly ended: 'succeeded' | 'failed' | 'unknown';
  /** Whether its checks came true; absent where it has none, or did not come so far. */
  readonly verified?: boolean;
}

const remembered = 20;

export const efficacyKey = (playbook: string): string => guardKey(`efficacy/${playbook}`);

export function demoted(run: Run, { facts }: Course): Verdict {
  if (run.mode !== 'auto') return passed;
  const key = efficacyKey(run.playbook.id);
  const outcomes = read<readonly Outcome[]>(key, facts).value ?? [];
  if (!isBelow(outcomes, facts.policy)) return passed;
  return refused('auto_demoted', `${rateOf(outcomes, facts.policy)}; ${unlocking(key)} forgets them`);
}

/** Runs that were not yet made count as good ones: a first failure demotes nothing. */
export function isBelow(outcomes: readonly Outcome[], { guardrails }: Pick<Policy, 'guardrails'>): boolean {
  const { atLeast, ofLast } = guardrails.efficacy;
  const bad = outcomes.slice(-ofLast).filter(({ ended }) => ended !== 'succeeded').length;
  return ofLast - bad < atLeast * ofLast;
}

/** `worked 3 of 9 times, verified 3 of 7` */
export function rateOf(outcomes: readonly Outcome[], { guardrails }: Pick<Policy, 'guardrails'>): string {
  const last = outcomes.slice(-guardrails.efficacy.ofLast);
  const worked = last.filter(({ ended }) => ended === 'succeeded').length;
  const checked = last.filter(({ verified }) => verified !== undefined);
  const verified = checked.filter((outcome) => outcome.verified).length;
  return `worked ${worked} of ${last.length} times${checked.length ? `, verified ${verified} of ${checked.length}` : ''}`;
}

export function outcomeNoted(run: Run, ended: string, { playbook, facts }: Course): readonly Claim[] {
  if (ended !== 'succeeded' && ended !== 'failed' && ended !== 'unknown') return [];
  const known = read<readonly Outcome[]>(efficacyKey(playbook.id), facts);
  const verified = verifiedOf(run);
  const outcome: Outcome = { run: run.id, at: facts.now, ended, ...(verified !== undefined && { verified }) };
  // What was unknown is replaced by how it ended.
  return [written<readonly Outcome[]>(known, [...othersThan(run, known.value), outcome].slice(-remembered))];
}

/** It was unknown and is no longer: how the run ends will be noted then. */
export function outcomeTakenBack(run: Run, { playbook, facts }: Course): readonly Claim[] {
  const known = read<readonly Outcome[]>(efficacyKey(playbook.id), facts);
  const others = othersThan(run, known.value);
  return others.length === (known.value ?? []).length ? [] : [written<readonly Outcome[]>(known, others)];
}

const othersThan = (run: Run, outcomes: readonly Outcome[] = []): readonly Outcome[] =>
  outcomes.filter((other) => other.run !== run.id);

function verifiedOf({ steps }: Run): boolean | undefined {
  const checked = steps.filter(({ verify, status }) => verify && status !== 'verifying');
  return checked.length ? checked.every(({ status }) => status === 'succeeded') : undefined;
}
