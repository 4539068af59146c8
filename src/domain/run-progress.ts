/** A run on its way to be committed: what it became, and what that asks for. */
import type { Claim } from './claim.ts';
import type { Effect } from './effect.ts';
import type { Reason } from './reason.ts';
import type { Run } from './run.ts';

export interface Progress {
  readonly run: Run;
  readonly effects: readonly Effect[];
  readonly claims: readonly Claim[];
}

export const progress = (run: Run, effects: readonly Effect[] = [], claims: readonly Claim[] = []): Progress => ({
  run,
  effects,
  claims,
});

/** One thing after the other, in one commit. */
export function andThen(first: Progress, next: (run: Run) => Progress): Progress {
  const second = next(first.run);
  return {
    run: second.run,
    effects: [...first.effects, ...second.effects],
    claims: [...first.claims, ...second.claims],
  };
}

export const and = (claims: readonly Claim[], of: Progress): Progress => ({ ...of, claims: [...claims, ...of.claims] });

/** With why it came to that. */
export type Stepped = Progress & { readonly reason: Reason; readonly detail?: string };

export const because = (of: Progress, reason: Reason, detail?: string): Stepped => ({
  ...of,
  reason,
  ...(detail !== undefined && { detail }),
});

export const only = (run: Run, reason: Reason, detail?: string): Stepped => because(progress(run), reason, detail);
