/** What an approver is shown of a plan: each change with its arguments, what is known of it now, and what it says that it would do. */
import type { Approval, PlannedStep } from '../../domain/approval.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { bold, code, plain, type Rich, type Section } from '../../domain/message.ts';
import { cut } from './words.ts';

/** Slack takes 3000 characters a block and about 13 000 a message: what else stands on the card needs room, too. */
const longestLine = 300;
const longestBlock = 1500;
const previewsTogether = 4000;
const shownTogether = 2000;
const stepsABlock = 10;

export function planSections({ covers, shown, previews }: Approval): readonly Section[] {
  return [
    ...blocksOf(covers).map((items): Section => ({ kind: 'list', items: items.map(stepLine) })),
    ...covers.flatMap(longArguments),
    ...(shown.length
      ? [title('Known now'), ...shown.flatMap((text) => block(text, shownTogether / shown.length))]
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

/** A secret is shown by its reference: nobody but its step ever sees the value. */
function argument(value: Json): string {
  const secret = secretShown(value);
  if (secret !== undefined) return `secret ${secret}`;
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^[^\s"'=]+$/.test(value) || value.includes('\n') ? value : JSON.stringify(value);
}

/** `{secret: 'env:NAME'}` is the reference of a secret. */
export function secretShown(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { secret, ...more } = value as JsonObject;
  return typeof secret === 'string' && !Object.keys(more).length ? secret : undefined;
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
  const shown = part.slice(0, part.lastIndexOf('\n') > most / 2 ? part.lastIndexOf('\n') : undefined);
  const note = `✂️ Cut: ${shown.length} of ${whole.length} characters are shown.`;
  return [
    { kind: 'code', text: shown },
    { kind: 'small', text: plain(note) },
  ];
}
