/** What an approver is shown of a plan: each change with its arguments, what is known of it now, and what it says that it would do. */
import type { Approval, PlannedStep } from '../../domain/approval.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { bold, code, plain, type Rich, type Section } from '../../domain/message.ts';
import { sizeOf } from './units.ts';
import { shown } from './values.ts';
import { fitted, visible, weigh } from './visible.ts';
import { some } from './words.ts';

/** Slack takes 3000 characters a block and about 13 000 a message: what else stands on the card needs room, too. */
const longestLine = 300;
const longestBlock = 1500;
const shortestBlock = 300;
const linesTogether = 2500;
const argumentsTogether = 3000;
const shownTogether = 1500;
const previewsTogether = 2400;

export function planSections(approval: Approval): readonly Section[] {
  const { covers, shown: known, previews, beyond = [] } = approval;
  return [
    ...(covers.length || beyond.length ? [] : [small('No step after it changes anything.')]),
    ...(covers.length ? [{ kind: 'list', items: linesOf(covers) } as const] : []),
    ...shownArguments(covers).flatMap((step) => longArguments(step, blockOf(covers))),
    ...(isWhole(approval) ? [] : [small(elsewhere)]),
    ...(beyond.length
      ? [
          small(
            `Not covered, and done without an approval when its time comes: ${fitted(beyond.join(', '), longestLine)}`,
          ),
        ]
      : []),
    ...(known.length
      ? [title('Known now'), ...known.flatMap((text) => block(text, shownTogether / known.length))]
      : []),
    ...previewSections(covers, previews ?? {}),
  ];
}

/** Nobody approves what they could not see: what the card has no room for hangs below it as a file. */
const elsewhere =
  '✂️ Not all that would be done fits here: the whole plan is the file in this thread. Read it before you approve.';

/** Whether the card shows everything that would be done. */
export function isWhole({ covers }: Pick<Approval, 'covers'>): boolean {
  if (fittingLines(covers).length < covers.length || shownArguments(covers).length < withLong(covers).length)
    return false;
  return covers.every(
    ({ change, args }) =>
      weigh(visible(change)) <= longestLine && (fits(args) || weigh(written(args)) <= blockOf(covers)),
  );
}

const title = (text: string): Section => ({ kind: 'text', text: [bold(text)] });
const small = (text: string): Section => ({ kind: 'small', text: plain(text) });

const withLong = (covers: readonly PlannedStep[]): readonly PlannedStep[] => covers.filter(({ args }) => !fits(args));

const blockOf = (covers: readonly PlannedStep[]): number =>
  Math.max(shortestBlock, Math.min(longestBlock, Math.floor(argumentsTogether / withLong(covers).length)));

const shownArguments = (covers: readonly PlannedStep[]): readonly PlannedStep[] =>
  withLong(covers).slice(0, Math.floor(argumentsTogether / blockOf(covers)));

function linesOf(covers: readonly PlannedStep[]): readonly Rich[] {
  const fitting = fittingLines(covers);
  const more = covers.length - fitting.length;
  return more > 0 ? [...fitting, [{ text: `…and ${some(more, 'more change')}` }]] : fitting;
}

function fittingLines(covers: readonly PlannedStep[]): readonly Rich[] {
  let left = linesTogether;
  return covers.map(stepLine).filter((line) => {
    left -= sizeOf(line) + 12;
    return left >= 0;
  });
}

function stepLine({ id, name, change, args, pool }: PlannedStep): Rich {
  const given = compact(args);
  return [
    bold(name),
    ...(name === id ? [] : [{ text: ' ' }, code(id)]),
    { text: ': ' },
    code(fitted(visible(change), longestLine)),
    ...(pool === undefined ? [] : [{ text: ' in the pool ' }, code(pool)]),
    ...(given && fits(args) ? [{ text: '\n      ' }, code(given)] : []),
  ];
}

const fits = (args: JsonObject): boolean => {
  const given = compact(args);
  return weigh(given) <= longestLine && !given.includes('\n');
};

/** `host=shop-1 unit=shop.service`. */
const compact = (args: JsonObject): string =>
  Object.entries(args)
    .map(([name, value]) => `${name}=${argument(value)}`)
    .join(' ');

function argument(value: Json): string {
  if (typeof value !== 'string') return visible(shown(value));
  return visible(/^[^\s"'=]+$/.test(value) || value.includes('\n') ? value : JSON.stringify(value));
}

/** Scripts and the like: each argument on lines of its own. */
const longArguments = ({ name, args }: PlannedStep, most: number): readonly Section[] => [
  title(`${name}, with`),
  ...block(written(args), most),
];

export const written = (args: JsonObject): string =>
  Object.entries(args)
    .map(([key, value]) => {
      const text = argument(value);
      return text.includes('\n') ? `${key}:\n${text.replace(/^/gm, '  ')}` : `${key}: ${text}`;
    })
    .join('\n');

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
  if (weigh(whole) <= most) return [{ kind: 'code', text: whole || '(nothing)' }];
  const part = fitted(whole, Math.max(100, Math.floor(most)));
  const first = part.slice(0, part.lastIndexOf('\n') > part.length / 2 ? part.lastIndexOf('\n') : undefined);
  return [{ kind: 'code', text: first }, small(`✂️ Cut: ${first.length} of ${whole.length} characters are shown.`)];
}
