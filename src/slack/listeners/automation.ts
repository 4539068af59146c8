/** `/automation`: the global stop. What is typed after it is why. */
import { firstWord } from '../words.ts';
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
  status: () => ({ question: { kind: 'automation_status' } }),
};
