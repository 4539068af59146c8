/** `/automation`: the global stop, and what it sets free. What is typed after that is why. */
import { firstWord, wordsOf } from '../words.ts';
import { type Asked, helpOn, type Read } from './asked.ts';

export const automationCommand = '/automation';

export const readAutomation: Read = (text) => {
  const { word, rest } = firstWord(text);
  const asked = Object.hasOwn(verbs, word) ? verbs[word]?.(rest) : undefined;
  return asked ?? helpOn('automation', text.trim());
};

const verbs: Readonly<Record<string, (rest: string) => Asked>> = {
  stop: (why) => ({ intent: { kind: 'stop_automation', why } }),
  resume: (why) => ({ intent: { kind: 'resume_automation', why } }),
  unlock: unlocked,
  status: () => ({ question: { kind: 'automation_status' } }),
};

/** A name with spaces stands in quotes. Without a name, what there is is shown. */
function unlocked(rest: string): Asked {
  const [key = '', ...why] = wordsOf(rest, []).plain;
  return key ? { intent: { kind: 'unlock', key, why: why.join(' ') } } : { question: { kind: 'automation_status' } };
}
