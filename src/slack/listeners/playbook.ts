/** `/playbook`: runs playbooks, and approves, rejects and cancels runs; without a run, the only one that can be meant. */
import { firstWord, wordsOf } from '../words.ts';
import { type Asked, helpOn, incidentOf, incidentTyped, type Read } from './asked.ts';

export const playbookCommand = '/playbook';

export const readPlaybook: Read = (text, channel) => {
  const { word, rest } = firstWord(text);
  const asked = Object.hasOwn(verbs, word) ? verbs[word]?.(rest, channel) : undefined;
  return asked ?? helpOn('playbook', text.trim());
};

/** Nothing where the words make no sense. */
const verbs: Readonly<Record<string, (rest: string, channel: string) => Asked | undefined>> = {
  list: () => ({ question: { kind: 'list_playbooks' } }),
  run: (rest, channel) => run(rest, channel),
  status: (rest) => status(rest),
  approve: (rest) => decide('approve', rest),
  reject: (rest) => decide('reject', rest),
  cancel: (rest) => ofRun(rest, (of) => ({ intent: { kind: 'cancel_run', run: of } })),
};

/** `run <playbook> [inc-12] key=value…` */
function run(rest: string, channel: string): Asked | undefined {
  const { plain, named } = wordsOf(rest, 'any');
  const [playbook, second, ...more] = plain;
  const typed = incidentTyped(second);
  if (!playbook || more.length || (second && !typed)) return undefined;
  return { intent: { kind: 'run_playbook', playbook, incident: typed ?? incidentOf(channel), inputs: named } };
}

function status(rest: string): Asked {
  const [typed] = wordsOf(rest, []).plain;
  return { question: typed ? { kind: 'show_run', run: typed } : { kind: 'list_runs' } };
}

/** Typed, not clicked: no card was seen, so there is neither an approval's id nor a digest. */
const decide = (kind: 'approve' | 'reject', rest: string): Asked | undefined =>
  ofRun(rest, (of) => ({ intent: { kind, run: of, approval: '' } }));

/** An empty run is the one that waits: the engine knows which. */
function ofRun(rest: string, asked: (run: string) => Asked): Asked | undefined {
  const { plain } = wordsOf(rest, []);
  return plain.length > 1 ? undefined : asked(plain[0] ?? '');
}
