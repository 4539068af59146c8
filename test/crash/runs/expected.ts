/** What must be true of each case, by the target's own books: the table of outcomes. */
import type { Played } from './play.ts';
import type { Deed, Story } from './stories.ts';

export interface Wrong {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/**
 * | effect         | acted on the target                   | attempts | a person is asked                       |
 * | -------------- | ------------------------------------- | -------- | --------------------------------------- |
 * | `idempotent`   | once, or twice after a kill           | one      | never                                   |
 * | `reattachable` | once; never, where they said it failed | one     | only where it was not yet written down  |
 * | `once`         | once; never, where they said it failed | one     | only where a worker died in the middle  |
 */
export function judged(story: Story, played: Played, wasKilled: boolean): Wrong {
  const lost: string[] = [];
  const doubled: string[] = [];
  if (played.isLate) lost.push(`it did not end: ${played.runs.map(({ status }) => status).join(', ')}`);
  for (const deed of story.deeds) judgeDeed(deed, { played, wasKilled, lost, doubled });
  const known = story.deeds.map(({ step }) => step);
  for (const line of played.ledger)
    if (!known.includes(line.split(' ')[0] ?? '')) doubled.push(`what nobody asked for: ${line}`);
  if (played.locksLeft.length) lost.push(`locks that nobody holds: ${played.locksLeft.join(', ')}`);
  const wanted = Object.values(played.asked).includes('failed') ? 'failed' : story.ends;
  for (const { status, playbook, outcome } of played.runs)
    if (!played.isLate && status !== wanted) lost.push(`${playbook.id} ${status} instead of ${wanted}: ${outcome}`);
  return { lost, doubled };
}

interface Books {
  readonly played: Played;
  readonly wasKilled: boolean;
  readonly lost: string[];
  readonly doubled: string[];
}

function judgeDeed({ step, effect }: Deed, { played, wasKilled, lost, doubled }: Books): void {
  const lines = played.ledger.filter((line) => line.startsWith(`${step} `));
  const verdict = played.asked[step];
  const hasEnded = Object.values(played.asked).includes('failed');
  const most = effect === 'idempotent' && wasKilled ? 2 : 1;
  if (lines.length > most || new Set(lines).size > 1) doubled.push(`${step}: ${lines.join(' | ')}`);
  if (lines.length === 0 && verdict !== 'failed' && !hasEnded) lost.push(`${step} was never done`);
  const mayAsk = wasKilled && effect !== 'idempotent';
  if (verdict !== undefined && !mayAsk) lost.push(`a person was asked how ${step} ended`);
}
