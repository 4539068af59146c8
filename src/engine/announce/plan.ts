/** What an approver is shown of a plan: each change with its arguments, what is known of it now, and what it says that it would do. */
import type { Approval, PlannedStep } from '../../domain/approval.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { bold, code, plain, type Rich, type Section } from '../../domain/message.ts';
import { shown } from './values.ts';
import { cut } from './words.ts';

/** Slack takes 3000 characters a block and about 13 000 a message: what else stands on the card needs room, too. */
const longestLine = 300;
const longestBlock = 1500;
const previewsTogether = 4000;
const shownTogether = 2000;
const stepsABlock = 10;

export function planSections({ covers, shown: known, previews }: Approval): readonly Section[] {
  return [
    ...blocksOf(covers).map((items): Section => ({ kind: 'list', items: items.map(stepLine) })),
    ...covers.flatMap(longArguments),
    ...(known.length
      ? [title('Known now'), ...known.flatMap((text) => block(text, shownTogether / known.length))]
      : []),
    ...previewSections(covers, previews ?? {}),
  ];
}

const title = (text: string): Section => ({ kind: 'text', text: [bold(text)] });

const blocksOf = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / stepsABlock) }, (_, at) =>
    all.slice(at * stepsABlock, (at + 1) * stepsABlock),
  );

function stepLine({ id, name, change, args }: PlannedStep): Rich {
  const given = compact(args);
  return [
    bold(name),
    ...(name === id ? [] : [{ text: ' ' }, code(id)]),
    { text: ': ' },
    code(cut(change, longestLine)),
    ...(given && fits(args) ? [{ text: '\n      ' }, code(given)] : []),
  ];
}

const fits = (args: JsonObject): boolean => {
  const given = compact(args);
  return given.length <= longestLine && !given.includes('\n');
};

/** `host=shop-1 unit=shop.service`. */
const compact = (args: JsonObject): string =>
  Object.entries(args)
    .map(([name, value]) => `${name}=${argument(value)}`)
    .join(' ');

function argument(value: Json): string {
  if (typeof value !== 'string') return shown(value);
  return /^[^\s"'=]+$/.test(value) || value.includes('\n') ? value : JSON.stringify(value);
}

/** Scripts and the like: each argument on lines of its own. */
function longArguments({ name, args }: PlannedStep): readonly Section[] {
  if (fits(args)) return [];
  const lines = Object.entries(args).map(([key, value]) => {
    const text = argument(value);
    return text.includes('\n') ? `${key}:\n${text.replace(/^/gm, '  ')}` : `${key}: ${text}`;
  });
  return [title(`${name}, with`), ...block(lines.join('\n'), longestBlock)];
}

function previewSections(
  covers: readonly PlannedStep[],
  previews: Readonly<Record<string, string>>,
): readonly Section[] {
  const said = covers.filter(({ id }) => previews[id]?.trim());
  return said.flatMap(({ id, name }) => [
    title(`${name} would`),
    ...block(previews[id] ?? '', Math.min(longestBlock, previewsTogether / said.length)),
  ]);
}

/** Cut at the end of a line where there is one; what is not shown is counted, so that nobody takes it for the whole. */
function block(text: string, most: number): readonly Section[] {
  const whole = text.trim();
  if (whole.length <= most) return [{ kind: 'code', text: whole || '(nothing)' }];
  const part = cut(whole, Math.max(100, Math.floor(most)));
  const first = part.slice(0, part.lastIndexOf('\n') > most / 2 ? part.lastIndexOf('\n') : undefined);
  const note = `✂️ Cut: ${first.length} of ${whole.length} characters are shown.`;
  return [
    { kind: 'code', text: first },
    { kind: 'small', text: plain(note) },
  ];
}
