/** `/playbook`: runs playbooks, approves, rejects, answers and cancels; without a run, the only one that can be meant. */
import { longestComment } from '../../domain/form.ts';
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
  runs: () => ({ question: { kind: 'list_runs' } }),
  show: (rest) => show(rest),
  status: (rest) => show(rest) ?? { question: { kind: 'list_runs' } },
  run: (rest, channel) => run(rest, channel),
  approve: (rest) => decide('approve', rest),
  reject: (rest) => decide('reject', rest),
  answer: (rest) => answer(rest),
  cancel: (rest) => cancel(rest),
};

/** `run <playbook> [inc-12] key=value…` */
function run(rest: string, channel: string): Asked | undefined {
  const { plain, named } = wordsOf(rest, 'any');
  const [playbook, second, ...more] = plain;
  const typed = incidentTyped(second);
  if (!playbook || more.length || (second && !typed)) return undefined;
  return { intent: { kind: 'run_playbook', playbook, incident: typed ?? incidentOf(channel), inputs: named } };
}

/** A run by its id, else a playbook. */
function show(rest: string): Asked | undefined {
  const [typed, ...more] = wordsOf(rest, []).plain;
  if (!typed || more.length) return undefined;
  return { question: isRun(typed) ? { kind: 'show_run', run: typed } : { kind: 'show_playbook', playbook: typed } };
}

/** Typed, not clicked: there is no approval's id, and a digest only where they type it, as the card shows it. */
function decide(kind: 'approve' | 'reject', rest: string): Asked {
  const { run: of, text } = runFirst(rest);
  const [, digest = '', said = ''] = /^(?:([0-9a-f]{8})(?=\s|$))?\s*([\s\S]*)$/.exec(text) ?? [];
  const comment = said.slice(0, longestComment);
  return { intent: { kind, run: of, approval: '', ...(digest && { digest }), ...(comment && { comment }) } };
}

/** Without a value, it is asked for in a form. */
function answer(rest: string): Asked {
  const { run: of, text } = runFirst(rest);
  return { intent: { kind: 'answer', run: of, step: '', value: text } };
}

function cancel(rest: string): Asked | undefined {
  const { run: of, text } = runFirst(rest);
  return text ? undefined : { intent: { kind: 'cancel_run', run: of } };
}

/** An empty run is the one that waits: the engine knows which. What is no run belongs to the text. */
function runFirst(rest: string): { readonly run: string; readonly text: string } {
  const { word, rest: text } = firstWord(rest);
  return isRun(word) ? { run: word, text: text.trim() } : { run: '', text: rest.trim() };
}

const isRun = (word: string): boolean => word.startsWith('run-');
