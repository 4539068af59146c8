/** Counts what was lost and what was doubled, by the other side's books alone. */
import { type Cut, nameOf, onceStep } from './cuts.ts';
import { allOf, isNone, type Kind, kinds, pictures, type Sight } from './sights.ts';
import type { Told } from './story.ts';

export interface Count {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** Where not everything can be once, and why: honest, and nothing else is let pass. */
export const exceptions: Readonly<Record<string, string>> = {
  [`run_step(${onceStep})/attempt_written`]:
    'Killed between writing the attempt and acting: nobody can know, so a person is asked, looks, and says that it failed.',
  [`run_step(${onceStep})/after_act`]:
    'Killed between acting and writing the outcome: nobody can know, so a person is asked, looks, and says that it worked.',
};

export function count({ sight, webhooks, wasAsked, waitedFor }: Told, cut: Cut | undefined): Count {
  const lost: string[] = [];
  const doubled: string[] = [];
  const exactly = (what: string, found: number, wanted = 1): void => {
    if (found < wanted) lost.push(what);
    if (found > wanted) doubled.push(`${what} (${found} times)`);
  };
  exactly('the channel', sight.channels.length);
  exactly('the summary', sight.summaries.length);
  exactly('the picture', pictures(sight).length);
  for (const kind of Object.keys(kinds) as Kind[]) exactly(kind, allOf(sight, kind).length);
  doubled.push(...sight.messages.filter(isNone).map(({ text }) => `a message that nobody expects: ${text}`));
  for (const [at, { status }] of webhooks.entries()) if (status !== 202) lost.push(`webhook ${at + 1}: ${status}`);
  countSteps({ sight, cut, wasAsked }, { lost, doubled });
  if (waitedFor) lost.push(`the story waited in vain for ${waitedFor}`);
  return { lost, doubled };
}

interface Steps {
  readonly sight: Sight;
  readonly cut: Cut | undefined;
  readonly wasAsked: boolean;
}

function countSteps({ sight, cut, wasAsked }: Steps, { lost, doubled }: { lost: string[]; doubled: string[] }): void {
  const name = cut ? nameOf(cut) : '';
  const linesOf = (step: string) => sight.target.filter((line) => line.startsWith(`${step} `));
  const nudged = linesOf('nudge');
  if (!nudged.length) lost.push('the step that may be repeated');
  if (new Set(nudged).size > 1) doubled.push(`the step that may be repeated, as another attempt: ${nudged.join(', ')}`);
  const mayRepeat = name === 'run_step/after_act';
  if (nudged.length > (mayRepeat ? 2 : 1)) doubled.push(`the step that may be repeated (${nudged.length} times)`);
  const switched = linesOf(onceStep);
  const isUnknown = name in exceptions;
  if (switched.length > 1) doubled.push(`the step that may not be repeated (${switched.length} times)`);
  if (!switched.length && !(isUnknown && wasAsked)) lost.push('the step that may not be repeated');
  if (isUnknown && !wasAsked) lost.push('the question how the step ended');
  if (!isUnknown && wasAsked) lost.push('the outcome of a step that was known');
}
