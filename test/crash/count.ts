/** Counts what was lost and what was doubled, by the other side's books alone. */
import { type Cut, onceStep } from './cuts.ts';
import { allOf, isNone, type Kind, kinds, logsOf, pictures } from './sights.ts';
import type { Told } from './story.ts';

export interface Count {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

export interface Killed {
  readonly cut: Cut | undefined;
  /** Steps whose attempt was written and whose outcome was not, when the process was killed. */
  readonly leftOpen: string;
}

/** Where not everything can be once, and why: honest, and nothing else is let pass. */
export const byDesign: readonly string[] = [
  'A step that may be repeated, when its worker dies between the attempt and the outcome: called again, as the same attempt.',
  'A step that may not be repeated, likewise: its outcome is unknown, a person is asked, looks at the target, and says so.',
  'An approval or a question that expires before it could be shown: its card never appears.',
];

/** Nobody decides it, so it may be over before a second process is there to show it. */
const mayBeMissed: ReadonlySet<Kind> = new Set<Kind>([
  'approval of Expires',
  'reminder of Expires',
  'question of Asks',
]);

/** Where an outcome is unknown, and nowhere else: it may be known again before somebody asks. */
const called: Kind = 'call for help';

export function count({ sight, webhooks, wasAsked, waitedFor }: Told, killed: Killed): Count {
  const lost: string[] = [];
  const doubled: string[] = [];
  const between = (what: string, found: number, [least, most]: readonly [number, number]): void => {
    if (found < least) lost.push(what);
    if (found > most) doubled.push(`${what} (${found} times)`);
  };
  const once = [1, 1] as const;
  between('the channel', sight.channels.length, once);
  between('the summary', sight.summaries.length, once);
  between('the picture', pictures(sight).length, once);
  const isOpen = (step: string): boolean => killed.leftOpen.includes(`.${step}.`);
  for (const kind of Object.keys(kinds) as Kind[])
    between(
      kind,
      allOf(sight, kind).length,
      mayBeMissed.has(kind) ? [0, 1] : kind === called ? [wasAsked ? 1 : 0, isOpen(onceStep) ? 1 : 0] : once,
    );
  doubled.push(...sight.messages.filter(isNone).map(({ text }) => `a message that nobody expects: ${text}`));
  for (const [at, { status }] of webhooks.entries()) if (status !== 202) lost.push(`webhook ${at + 1}: ${status}`);
  const linesOf = (step: string) => sight.target.filter((line) => line.startsWith(`${step} `));
  const nudged = linesOf('nudge');
  between('the step that may be repeated', nudged.length, [1, isOpen('nudge') ? 2 : 1]);
  between('the attempt of the step that may be repeated', new Set(nudged).size, once);
  between('the step that may not be repeated', linesOf(onceStep).length, [wasAsked && isOpen(onceStep) ? 0 : 1, 1]);
  between('the log of the step that may be repeated', logsOf(sight, 'nudge').length, once);
  between('the log of the other', logsOf(sight, onceStep).length, [isOpen(onceStep) ? 0 : 1, 1]);
  between('the question how the step ended', wasAsked ? 1 : 0, questions(killed, isOpen(onceStep)));
  if (waitedFor) lost.push(`the story waited in vain for ${waitedFor}`);
  return { lost, doubled };
}

/** Asked for certain where the process was killed there on purpose; perhaps, where it happened to be there. */
function questions({ cut }: Killed, isOpen: boolean): readonly [number, number] {
  const isWritten = cut?.at === 'effect' && (cut.moment === 'attempt_written' || cut.moment === 'after_act');
  return [isWritten && cut.step === onceStep ? 1 : 0, isOpen ? 1 : 0];
}
