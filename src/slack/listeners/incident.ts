/** `/incident`: opens, lists, shows and moves incidents; without an id, the one whose channel it is typed in. */
import { isSeverity } from '../../domain/policy.ts';
import { firstWord, wordsOf } from '../words.ts';
import { type Asked, helpOn, incidentOf, incidentTyped, type Read } from './asked.ts';

export const incidentCommand = '/incident';

export const readIncident: Read = (text, channel) => {
  const { word, rest } = firstWord(text);
  const asked = Object.hasOwn(verbs, word) ? verbs[word]?.(rest, channel) : undefined;
  return asked ?? helpOn('incident', text.trim());
};

/** Nothing where the words make no sense. */
const verbs: Readonly<Record<string, (rest: string, channel: string) => Asked | undefined>> = {
  open: (rest) => open(rest),
  list: (rest) => ({ question: { kind: 'list_incidents', all: rest.trim().toLowerCase() === 'all' } }),
  show: (rest, channel) => about(rest, channel, (incident) => ({ question: { kind: 'show_incident', incident } })),
  timeline: (rest, channel) => about(rest, channel, (incident) => ({ question: { kind: 'timeline', incident } })),
  ack: (rest, channel) => about(rest, channel, (incident) => ({ intent: { kind: 'acknowledge', incident } })),
  resolve: (rest, channel) => about(rest, channel, (incident) => ({ intent: { kind: 'resolve', incident } })),
  sev: (rest, channel) => severity(rest, channel),
  note: (rest, channel) => note(rest, channel),
};

/** At most one word follows, and it is an incident. */
function about(rest: string, channel: string, asked: (incident: string) => Asked): Asked | undefined {
  const { plain } = wordsOf(rest, []);
  const typed = incidentTyped(plain[0]);
  if (plain.length > 1 || (plain.length && !typed)) return undefined;
  return asked(typed ?? incidentOf(channel));
}

function open(rest: string): Asked | undefined {
  const { plain, named } = wordsOf(rest, ['sev', 'service']);
  const title = plain.join(' ').trim();
  const { service } = named;
  const sev = named.sev?.toLowerCase();
  if (!title || (sev !== undefined && !isSeverity(sev))) return undefined;
  return { intent: { kind: 'open_incident', title, ...(sev && { severity: sev }), ...(service && { service }) } };
}

/** `sev2`, `inc-12 sev2` or `sev2 inc-12`. */
function severity(rest: string, channel: string): Asked | undefined {
  const words = wordsOf(rest.toLowerCase(), []).plain;
  const wanted = words.find(isSeverity);
  const others = words.filter((word) => !isSeverity(word));
  const typed = incidentTyped(others[0]);
  if (!wanted || others.length > 1 || (others.length && !typed)) return undefined;
  return { intent: { kind: 'set_severity', incident: typed ?? incidentOf(channel), severity: wanted } };
}

/** Only a full `inc-12` is an incident here: a note may begin with a number. */
function note(rest: string, channel: string): Asked | undefined {
  const first = firstWord(rest);
  const typed = first.word.startsWith('inc-') ? incidentTyped(first.word) : undefined;
  const text = (typed ? first.rest : rest).trim();
  return text ? { intent: { kind: 'add_note', incident: typed ?? incidentOf(channel), text } } : undefined;
}
