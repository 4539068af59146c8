/** What could be meant by what is being typed: slash commands and their words, people, groups and channels. */
import type { Channel, Command, User, UserGroup } from './types.ts';

export interface Known {
  app: { commands: readonly Command[] };
  users: readonly User[];
  usergroups: readonly UserGroup[];
  channels: readonly Channel[];
}

export interface Suggestion {
  label: string;
  detail: string;
  hint: string;
  /** The text from `from` to the caret is replaced by this. */
  insert: string;
  from: number;
}

const MOST = 8;

export function suggestions(beforeCaret: string, known: Known): Suggestion[] {
  const command = /^\/\S*$/.exec(beforeCaret)?.[0];
  if (command !== undefined) return commandsLike(command, known.app.commands);
  const [, name, word] = /^(\/\S+) +(\S*)$/.exec(beforeCaret) ?? [];
  const words = name === undefined ? [] : wordsOf(known.app.commands.find((one) => one.command === name));
  if (words.length && word !== undefined) return wordsLike(word, { words, from: beforeCaret.length - word.length });
  const [, sign, start = ''] = /(?:^|\s)([@#])([\w.-]*)$/.exec(beforeCaret) ?? [];
  if (sign === undefined) return [];
  const from = beforeCaret.length - start.length - 1;
  return (sign === '@' ? peopleLike(start, known) : channelsLike(start, known))
    .slice(0, MOST)
    .map((one) => ({ hint: '', ...one, insert: `${one.label} `, from }));
}

const commandsLike = (start: string, commands: readonly Command[]): Suggestion[] =>
  commands
    .filter(({ command }) => command.startsWith(start))
    .map(({ command, description, usageHint }) => ({
      label: command,
      detail: description,
      hint: usageHint,
      insert: `${command} `,
      from: 0,
    }));

/** A hint such as `[open | list | show]` names the words that may follow. */
function wordsOf(command: Command | undefined): string[] {
  const [, choice = ''] = /^\[([^[\]]*\|[^[\]]*)\]/.exec(command?.usageHint ?? '') ?? [];
  return choice
    .split('|')
    .map((word) => word.trim())
    .filter((word) => /^[\w-]+$/.test(word));
}

const wordsLike = (start: string, { words, from }: { words: string[]; from: number }): Suggestion[] =>
  words
    .filter((word) => word.startsWith(start) && word !== start)
    .map((word) => ({ label: word, detail: '', hint: '', insert: `${word} `, from }));

const isLike = (start: string, ...names: string[]) =>
  names.some((name) => name.toLowerCase().startsWith(start.toLowerCase()));

function peopleLike(start: string, { users, usergroups }: Known) {
  const people = users.filter(({ name, real_name, deleted }) => !deleted && isLike(start, name, real_name));
  const groups = usergroups.filter(({ handle }) => isLike(start, handle));
  return [
    ...people.map(({ name, real_name }) => ({ label: `@${name}`, detail: real_name })),
    ...groups.map(({ handle, users: members }) => ({ label: `@${handle}`, detail: `${members.length} people` })),
  ];
}

const channelsLike = (start: string, { channels }: Known) =>
  channels
    .filter(({ name, kind, is_archived }) => kind === 'public' && !is_archived && isLike(start, name))
    .map(({ name, topic }) => ({ label: `#${name}`, detail: topic }));

/** What Slack's own client sends for a typed text: control characters escaped, names as references. */
export function toWire(text: string, { users, usergroups, channels }: Known): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(/(?<![\w&])([@#])([\w.-]*\w)/g, (whole, sign: string, name: string) => {
    if (sign === '#') {
      const channel = channels.find((one) => one.name === name);
      return channel ? `<#${channel.id}|${name}>` : whole;
    }
    if (['here', 'channel', 'everyone'].includes(name)) return `<!${name}>`;
    const user = users.find((one) => one.name === name);
    if (user) return `<@${user.id}>`;
    const group = usergroups.find(({ handle }) => handle === name);
    return group ? `<!subteam^${group.id}|@${name}>` : whole;
  });
}
