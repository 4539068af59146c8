/** Pools: which workers perform a step, by what it acts upon and by what its author says. */
import type { Facts } from './facts.ts';
import type { JsonObject } from './json.ts';
import type { Step } from './playbook.ts';

/** Of steps and workers that name none. */
export const defaultPool = 'default';

export type Pooled = { readonly ok: true; readonly pool: string } | { readonly ok: false; readonly problem: string };

export interface Around {
  readonly facts: Pick<Facts, 'action' | 'policy'>;
  /** Of what it undoes, or looks after. */
  readonly pool?: string | undefined;
}

/** Where the target's credentials are; where it says nothing, what the step says, else the pool of what it belongs to. */
export function poolOf(step: Pick<Step, 'action' | 'pool'>, args: JsonObject, { facts, pool }: Around): Pooled {
  const host = facts.action(step.action)?.targetOf(args).host;
  const ofTarget = facts.policy.guardrails.hosts.find(({ name }) => name === host)?.pool;
  if (ofTarget !== undefined && step.pool !== undefined && step.pool !== ofTarget)
    return {
      ok: false,
      problem: `the step is for the pool \`${step.pool}\`, and its host ${host} is in the pool \`${ofTarget}\``,
    };
  return { ok: true, pool: ofTarget ?? step.pool ?? pool ?? defaultPool };
}
