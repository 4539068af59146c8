/** Every place where the process is killed: each kind of effect at each of its boundaries, webhooks, and people's clicks. */
import { effectKinds } from '../../src/engine/perform.ts';
import { calls } from './calls.ts';
import { kindsOfRuns } from './runs/matrix.ts';

export const moments = ['before_claim', 'after_claim', 'after_act', 'after_commit'] as const;
export type Moment = (typeof moments)[number] | 'attempt_written';

export type Cut =
  /** `step`: only where the effect is about this step. */
  | { readonly at: 'effect'; readonly kind: string; readonly moment: Moment; readonly step?: string }
  | { readonly at: 'inbox'; readonly moment: 'before_put' | 'after_put' | 'after_202' | 'after_decide' }
  | { readonly at: 'click'; readonly moment: 'before_commit' | 'after_commit' }
  /** Slack has done it and answered; whatever should follow in the same chain never comes. */
  | { readonly at: 'call'; readonly call: string; readonly moment: 'answered' };

/** The step of the playbook that may not be repeated. */
export const onceStep = 'switch';

const stepMoments: readonly Moment[] = [...moments, 'attempt_written'];

/** Those of runs have a matrix of their own. */
export const kindsOfStory = effectKinds.filter((kind) => !kindsOfRuns.includes(kind));

/** From the table of performers: a new kind of effect is here by itself, and fails the suite where the story never comes to it. */
export const cuts: readonly Cut[] = [
  ...(['before_put', 'after_put', 'after_202', 'after_decide'] as const).map(
    (moment): Cut => ({ at: 'inbox', moment }),
  ),
  ...(['before_commit', 'after_commit'] as const).map((moment): Cut => ({ at: 'click', moment })),
  ...kindsOfStory.flatMap((kind) => moments.map((moment): Cut => ({ at: 'effect', kind, moment }))),
  { at: 'effect', kind: 'run_step', moment: 'attempt_written' },
  ...stepMoments.map((moment): Cut => ({ at: 'effect', kind: 'run_step', moment, step: onceStep })),
  ...calls.map((call): Cut => ({ at: 'call', call, moment: 'answered' })),
];

export function nameOf(cut: Cut): string {
  if (cut.at === 'effect') return `${cut.kind}${cut.step ? `(${cut.step})` : ''}/${cut.moment}`;
  return `${cut.at === 'call' ? cut.call : cut.at}/${cut.moment}`;
}

export function cutNamed(name: string): Cut {
  const found = cuts.find((cut) => nameOf(cut) === name);
  if (!found) throw new Error(`There is no boundary ${name}.`);
  return found;
}
