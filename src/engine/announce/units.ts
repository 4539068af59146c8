/** The units of a run, a line each: groups with their counts, members indented, and of very many only what matters. */
import { bold, type Rich } from '../../domain/message.ts';
import type { Run, StepRun } from '../../domain/run.ts';
import { triesOf, waitsForWorker } from '../../domain/run-units.ts';
import { shown } from './values.ts';
import { cut, duration, some } from './words.ts';

const faces: Readonly<Record<StepRun['status'], string>> = {
  pending: '▫️',
  waiting_approval: '✋',
  ready: '⏳',
  running: '⏳',
  verifying: '🔍',
  waiting: '⏱️',
  waiting_answer: '💬',
  waiting_run: '🔗',
  succeeded: '✅',
  failed: '❌',
  skipped: '⏭️',
  cancelled: '⏹️',
  unknown: '❓',
};

/** What people look for; what is behind them; what is yet to come. */
type Weight = 'news' | 'past' | 'ahead';

interface Line {
  readonly text: Rich;
  readonly weight: Weight;
}

const mostLines = 30;
const mostMembers = 5;
export const longestNote = 140;
const longestName = 80;

/** Lines of the units of one part, of at most so many characters. */
export function unitLines(run: Run, units: readonly StepRun[], room: number): readonly Rich[] {
  const ids = new Set(units.map(({ id }) => id));
  const tops = units.filter(({ group }) => group === undefined || !ids.has(group));
  const lines = folded(tops.flatMap((unit) => branch({ run, units, depth: 0 }, unit))).map(({ text }) => text);
  let left = room;
  const fitting = lines.slice(0, mostLines).filter((text) => {
    left -= sizeOf(text);
    return left >= 0;
  });
  const more = lines.length - fitting.length;
  return more > 0 ? [...fitting, [{ text: `…and ${some(more, 'line')} more` }]] : fitting;
}

/** As Slack counts, for which `&` has five characters; a time has about 80. */
export const sizeOf = (text: Rich): number =>
  text.reduce(
    (sum, span) => sum + ('text' in span ? span.text.length + 4 * (span.text.match(/[&<>]/g)?.length ?? 0) : 80),
    1,
  );

interface Place {
  readonly run: Run;
  readonly units: readonly StepRun[];
  readonly depth: number;
}

function branch(place: Place, unit: StepRun): readonly Line[] {
  const members = place.units.filter(({ group }) => group === unit.id);
  if (members.some(({ id }) => id === `${unit.id}[0]`)) return eachLines(place, unit, members);
  const inner = { ...place, depth: place.depth + 1 };
  return [line(place, unit), ...members.flatMap((member) => branch(inner, member))];
}

/** A `foreach` is one line with counts, and one for each item that is in trouble. */
function eachLines(place: Place, unit: StepRun, members: readonly StepRun[]): readonly Line[] {
  const inner = { ...place, depth: place.depth + 1 };
  const troubled = members.filter(({ status }) => status === 'failed' || status === 'unknown');
  const shown = troubled.slice(0, mostMembers).flatMap((member) => branch(inner, member));
  const more = troubled.length - mostMembers;
  const rest: Line = { text: [indent(inner.depth), { text: `…and ${more} more in trouble` }], weight: 'news' };
  return [line(place, unit, countsOf(members)), ...shown, ...(more > 0 ? [rest] : [])];
}

function countsOf(members: readonly StepRun[]): string {
  const count = (...statuses: readonly StepRun['status'][]): number =>
    members.filter(({ status }) => statuses.includes(status)).length;
  const others = [
    [count('failed'), 'failed'],
    [count('unknown'), 'unknown'],
    [
      count('running', 'verifying', 'ready', 'waiting', 'waiting_approval', 'waiting_answer', 'waiting_run'),
      'under way',
    ],
    [count('skipped'), 'skipped'],
    [count('cancelled'), 'cancelled'],
  ] as const;
  const words = others.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return [`${count('succeeded')} of ${members.length} done`, ...words].join(', ');
}

function line({ run, depth }: Place, unit: StepRun, counts?: string): Line {
  // What a loop notes at its end are its counts, and what its items say below.
  const note = counts ?? noteOf(run, unit);
  const attempt = attemptOf(triesOf(unit));
  const text: Rich = [
    ...(depth ? [indent(depth)] : []),
    { text: `${faces[unit.status]} ` },
    bold(cut(unitName(unit), longestName)),
    { text: `${unit.pool === undefined ? '' : ` (${unit.pool})`}${attempt}${tookOf(unit)}` },
    ...sinceOf(unit),
    ...(note ? [{ text: `: ${cut(note, longestNote)}` }] : []),
    ...unclaimedNote(unit),
  ];
  return { text, weight: weightOf(unit.status) };
}

/** The first need not be counted. */
export const attemptOf = (tries: number): string => (tries > 1 ? `, attempt ${tries}` : '');

/** Slack keeps spaces that are no common ones. */
const indent = (depth: number) => ({ text: '\u2003\u2003'.repeat(depth) });

/** An item is told by what it is, not by its number. */
export function unitName({ name, item }: StepRun): string {
  if (item === undefined) return name;
  return `${name} ${shown(item)}`;
}

/** One that began again after its end is at work anew. */
const tookOf = ({ status, startedAt, endedAt }: StepRun): string =>
  status !== 'pending' && startedAt !== undefined && endedAt !== undefined && endedAt >= startedAt
    ? ` (${duration(endedAt - startedAt)})`
    : '';

function sinceOf({ status, startedAt, until }: StepRun): Rich {
  if (status === 'waiting' && until !== undefined) return [{ text: ', until ' }, { time: until }];
  const isAtWork = status === 'running' || status === 'verifying';
  return isAtWork && startedAt !== undefined ? [{ text: ', since ' }, { time: startedAt }] : [];
}

/** Nobody can take it: people learn for whom it waits. */
function unclaimedNote(unit: StepRun): Rich {
  const { unclaimed } = unit;
  if (!unclaimed || !waitsForWorker(unit)) return [];
  const waits = `: waits for a worker of the pool ${unclaimed.pool}: none has been seen`;
  return unclaimed.seenAt === undefined
    ? [{ text: `${waits} yet` }]
    : [{ text: `${waits} since ` }, { time: unclaimed.seenAt }];
}

function noteOf({ status: runs }: Run, unit: StepRun): string {
  switch (unit.status) {
    case 'verifying':
      return `verifying: ${unit.verify?.last || 'looking'}`;
    case 'waiting_approval':
      return unit.note || 'waits for approval';
    case 'waiting_answer':
      return unit.note || `waits for an answer: ${unit.question?.spec.question ?? ''}`;
    case 'waiting_run':
      return unit.note || `waits for ${unit.child ?? 'its run'}`;
    case 'ready':
      return triesOf(unit) > 1 && runs !== 'queued' ? unit.note || 'is tried again' : unit.note;
    // Whom it waited for is of no interest any more.
    case 'cancelled':
      return '';
    default:
      return unit.note;
  }
}

function weightOf(status: StepRun['status']): Weight {
  if (status === 'pending') return 'ahead';
  return status === 'succeeded' || status === 'skipped' || status === 'cancelled' ? 'past' : 'news';
}

/** Neighbours that are done, or yet to come, become one line where there are too many. */
function folded(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= mostLines) return lines;
  const shown: Line[] = [];
  for (let at = 0; at < lines.length; ) {
    const same = sameFrom(lines, at);
    shown.push(...(same.length > 2 ? [summaryOf(same)] : same));
    at += same.length;
  }
  return shown;
}

function sameFrom(lines: readonly Line[], from: number): readonly Line[] {
  const weight = lines[from]?.weight;
  const end = lines.findIndex((other, at) => at > from && other.weight !== weight);
  const same = lines.slice(from, end < 0 ? lines.length : end);
  return weight === 'news' ? same.slice(0, 1) : same;
}

const summaryOf = (lines: readonly Line[]): Line => {
  const weight = lines[0]?.weight ?? 'past';
  const words = weight === 'past' ? `✅ ${lines.length} steps are over` : `▫️ ${lines.length} steps are yet to come`;
  return { text: [{ text: words }], weight };
};
