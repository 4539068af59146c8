/** A neutral message as Slack's text and blocks, within every limit that Slack has for them. */
import type { KnownBlock } from '@slack/types';
import type { Button, Message, Rich, Section } from '../domain/message.ts';
import { slackButton, uniqueActionIds } from './buttons.ts';
import { escapedFit, mrkdwn } from './spans.ts';
import { clean, cutTo, oneLine, withoutBackticks } from './text.ts';

export interface Rendered {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Slack: 50 blocks a message, and about 13 200 characters in all of them. */
const mostBlocks = 50;
const mostCharacters = 12_000;
const longestText = 3000;
const longestHeading = 150;
const longestField = 2000;
const mostFields = 10;
const mostButtons = 25;
const lights = { alarm: '🔴', warning: '🟠', good: '🟢', calm: '⚪' } as const;

export function render(message: Message): Rendered {
  const actionId = uniqueActionIds();
  const sections = message.tone ? lit(message.sections, lights[message.tone]) : message.sections;
  const blocks = withinMessage(sections.flatMap((section) => blocksOf(section, actionId)));
  return { text: escapedFit(oneLine(message.summary), longestText) || '…', blocks };
}

/** A colour bar would need an attachment, which Slack folds away when it is long: the tone is a light before the first
 *  words, unless those begin with a sign of their own. */
function lit(sections: readonly Section[], light: string): readonly Section[] {
  const at = sections.findIndex(({ kind }) => kind === 'heading' || kind === 'text' || kind === 'small');
  return sections.map((section, i) => (i === at && !hasSign(section) ? withLight(section, light) : section));
}

function hasSign(section: Section): boolean {
  if (!('text' in section)) return false;
  const first = typeof section.text === 'string' ? section.text : section.text[0];
  const words = typeof first === 'object' && 'text' in first ? first.text : first;
  return typeof words === 'string' && /^\s*\p{Extended_Pictographic}/u.test(words);
}

function withLight(section: Section, light: string): Section {
  if (section.kind === 'heading') return { ...section, text: `${light} ${section.text}` };
  if (section.kind !== 'text' && section.kind !== 'small') return section;
  return { ...section, text: [{ text: `${light} ` }, ...section.text] };
}

function blocksOf(section: Section, actionId: (action: string) => string): KnownBlock[] {
  switch (section.kind) {
    case 'heading':
      return heading(section.text);
    case 'text':
      return paragraph(mrkdwn(section.text, longestText));
    case 'small':
      return small(mrkdwn(section.text, longestText));
    case 'fields':
      return chunks(section.fields, mostFields).map(fields);
    case 'list':
      return paragraph(list(section.items));
    case 'code':
      return code(section.text);
    case 'buttons':
      return buttons(section.buttons, actionId);
    case 'line':
      return [{ type: 'divider' }];
  }
}

function heading(text: string): KnownBlock[] {
  const shown = cutTo(oneLine(text), longestHeading);
  return shown ? [{ type: 'header', text: { type: 'plain_text', text: shown, emoji: true } }] : [];
}

/** `verbatim`: Slack makes no links or mentions of its own out of the text. */
const markup = (text: string) => ({ type: 'mrkdwn' as const, text, verbatim: true });

const paragraph = (text: string): KnownBlock[] => (text.trim() ? [{ type: 'section', text: markup(text) }] : []);

const small = (text: string): KnownBlock[] => (text.trim() ? [{ type: 'context', elements: [markup(text)] }] : []);

const fields = (some: readonly { readonly label: string; readonly value: Rich }[]): KnownBlock => ({
  type: 'section',
  fields: some.map(({ label, value }) => {
    const name = mrkdwn([{ text: cutTo(label, 100), style: 'bold' }], 1000);
    return markup(`${name}\n${mrkdwn(value, longestField - name.length - 1).trim() || '–'}`);
  }),
});

function list(items: readonly Rich[]): string {
  const longestMore = '\n…and 1000000 more'.length;
  const lines = items.map((item) => `• ${mrkdwn(item, 1000)}`);
  let text = '';
  for (const [i, line] of lines.entries()) {
    const next = text ? `${text}\n${line}` : line;
    if (next.length > longestText - longestMore) return `${text}\n…and ${lines.length - i} more`;
    text = next;
  }
  return text;
}

function code(text: string): KnownBlock[] {
  const fence = '```';
  const shown = escapedFit(withoutBackticks(clean(text)), longestText - 2 * fence.length - 2);
  return shown.trim() ? paragraph(`${fence}\n${shown}\n${fence}`) : [];
}

const buttons = (some: readonly Button[], actionId: (action: string) => string): KnownBlock[] =>
  chunks(
    some.flatMap((button) => slackButton(button, actionId)),
    mostButtons,
  ).map((elements) => ({
    type: 'actions',
    elements: [...elements],
  }));

function chunks<T>(all: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most));
}

/** Buttons stay whatever else has to go: a card without them is of no use. */
function withinMessage(blocks: KnownBlock[]): KnownBlock[] {
  const isKept = keeper(blocks);
  const kept = blocks.filter(isKept);
  if (kept.length === blocks.length) return blocks;
  return [...kept, ...small(`…and ${blocks.length - kept.length} more parts that do not fit into one message`)];
}

function keeper(blocks: readonly KnownBlock[]): (block: KnownBlock) => boolean {
  const isActions = (block: KnownBlock): boolean => block.type === 'actions';
  const actions = blocks.filter(isActions).slice(0, mostBlocks - 1);
  let roomBlocks = mostBlocks - actions.length - (blocks.length > mostBlocks ? 1 : 0);
  let roomCharacters = mostCharacters - actions.reduce((sum, block) => sum + textSize(block), 0);
  const others = blocks.filter((block) => {
    if (isActions(block)) return false;
    roomBlocks -= 1;
    roomCharacters -= textSize(block);
    return roomBlocks >= 0 && roomCharacters >= 0;
  });
  const kept = new Set([...actions, ...others]);
  return (block) => kept.has(block);
}

const textSize = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textSize(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const own = 'text' in value && typeof value.text === 'string' ? value.text.length : 0;
  return own + Object.values(value).reduce<number>((sum, one) => sum + textSize(one), 0);
};
