/** Units of a run: each thing that runs by itself, named so that its entry in the playbook is found again. */
import type { Playbook, Step } from './playbook.ts';

/** Parts of a run, in the order in which they come. */
export const phases = ['steps', 'rollback', 'on_failure', 'on_cancel', 'finally'] as const;
export type Phase = (typeof phases)[number];

/** `a`, `a[2]` (an item of a foreach), `a.rollback[0]`, `a[2].rollback[0]`, `finally[0]`. */
export const itemId = (step: string, index: number): string => `${step}[${index}]`;
export const rollbackId = (unit: string, rollback: string): string => `${unit}.${rollback}`;

/** The unit that a rollback undoes. */
export const ownerOf = (id: string): string | undefined => /^(.+)\.rollback\[\d+\]$/.exec(id)?.[1];

/** The entry of the playbook that a unit runs; items run theirs without `foreach`. */
export function specOf(id: string, playbook: Playbook): Step {
  const spec = find(id, playbook);
  if (!spec) throw new Error(`playbook \`${playbook.id}\` has no step \`${id}\``);
  return spec;
}

export function find(id: string, playbook: Playbook): Step | undefined {
  const [, owner, rollback] = /^(.+)\.(rollback\[\d+\])$/.exec(id) ?? [];
  if (owner !== undefined) return find(owner, playbook)?.rollback.find((step) => step.id === rollback);
  const own = allSteps(playbook).find((step) => step.id === id);
  if (own) return own;
  const [, step] = /^(.+)\[\d+\]$/.exec(id) ?? [];
  const each = step === undefined ? undefined : allSteps(playbook).find((candidate) => candidate.id === step);
  return each?.foreach ? single(each) : undefined;
}

function single({ foreach: _, ...step }: Step): Step {
  return step;
}

/** Every entry, those of `parallel` and of the closing parts included, rollbacks not. */
export const allSteps = (playbook: Playbook): readonly Step[] =>
  [...playbook.steps, ...playbook.onFailure, ...playbook.onCancel, ...playbook.finally].flatMap(withChildren);

export const withChildren = (step: Step): readonly Step[] => [step, ...(step.parallel ?? [])];
