/** A run as people see it: one message of progress, edited in place. */
import { bold, code, type Message, plain, type Rich, type Section } from '../../domain/message.ts';
import { actorName } from '../../domain/person.ts';
import { isOver, type Run, type StepRun, waitingApproval } from '../../domain/run.ts';
import { tooLate } from '../../domain/run-status.ts';
import { isStuck } from '../../domain/run-units.ts';
import { type Phase, phases } from '../../domain/units.ts';
import { faceOfRun, runInWords } from './run-words.ts';
import { longestNote, sizeOf, unitLines, unitName } from './units.ts';
import { unknownButtons } from './unknown.ts';
import { cut, duration } from './words.ts';

const tones: Readonly<Record<Run['status'], NonNullable<Message['tone']>>> = {
  queued: 'calm',
  running: 'calm',
  waiting_approval: 'warning',
  waiting_answer: 'warning',
  succeeded: 'good',
  failed: 'alarm',
  cancelled: 'calm',
  needs_attention: 'alarm',
};

/** The last lines of logs, by unit. */
export type Tails = ReadonlyMap<string, readonly string[]>;

export function runProgress(run: Run, tails: Tails = new Map()): Message {
  const state = stateOf(run);
  return {
    summary: `${run.playbook.name} ${state}`,
    tone: tones[run.status],
    sections: [
      { kind: 'text', text: [{ text: `${faceOf(run)} ` }, bold(run.playbook.name), { text: ` ${state}` }] },
      ...phases.flatMap((phase) => part(run, phase)),
      ...outcomeOf(run),
      ...shownLogs(run).flatMap((unit) => logOf(unit, tails.get(unit.id) ?? [])),
      ...buttonRow(run),
      {
        kind: 'small',
        text: [
          code(run.id),
          { text: ` · ${run.mode} · asked for by ${actorName(run.requestedBy)} ` },
          { time: run.startedAt },
          ...(run.parent ? [{ text: ' · part of ' }, code(run.parent.run)] : []),
          ...commitOf(run),
        ],
      },
    ],
  };
}

/** Where a step's own line says it whole, it is not said again. */
function outcomeOf({ outcome, status, steps }: Run): readonly Section[] {
  if (!outcome || status === 'succeeded') return [];
  const isSaid = steps.some(
    ({ name, note }) => note.length <= longestNote && (outcome === note || outcome === `${name}: ${note}`),
  );
  return isSaid ? [] : [{ kind: 'text', text: plain(cut(outcome, 400)) }];
}

/** As Git shortens it. */
const commitOf = ({ playbook: { commit } }: Run): Rich =>
  commit === undefined
    ? []
    : [
        { text: ' · playbook of commit ' },
        code(commit.slice(0, 7)),
        ...(commit.endsWith('+') ? [{ text: ' with uncommitted changes' }] : []),
      ];

const faceOf = ({ status, ending }: Run): string => faceOfRun(ending && status === 'running' ? ending.status : status);

/** While the parts after the main one run, people want to know how that ended. */
function stateOf(run: Run): string {
  const { status, ending, phase, startedAt, endedAt, cancelledBy } = run;
  const late = status === 'succeeded' && cancelledBy !== undefined ? `: ${tooLate(cancelledBy)}` : '';
  if (status === 'needs_attention')
    return `${runInWords(status)}: ${isStuck(run) ? 'the outcome is unknown' : 'no worker takes its step'}`;
  if (endedAt !== undefined) return `${runInWords(status)} in ${duration(endedAt - startedAt)}${late}`;
  if (ending && status === 'running') return `${runInWords(ending.status)}${meanwhile[phase]}`;
  const isStopping = cancelledBy !== undefined && status === 'running';
  return `${runInWords(status)}${isStopping ? `, cancelled by ${cancelledBy}: it ends when what runs now is over` : ''}`;
}

const meanwhile: Readonly<Record<Phase, string>> = {
  steps: '',
  rollback: ', and is being rolled back',
  on_failure: ', and its on_failure steps run',
  on_cancel: ', and its on_cancel steps run',
  finally: ', and its finally steps run',
};

const headings: Readonly<Record<Phase, string>> = {
  steps: '',
  rollback: 'Rollback',
  on_failure: 'After the failure',
  on_cancel: 'After the cancel',
  finally: 'Finally',
};

/** Slack: 3000 characters a text, and about 13 200 in a message. */
const mostOfText = 2_800;
const mostOfSteps = 4_500;
const mostOfPart = 1_000;

function part(run: Run, phase: Phase): readonly Section[] {
  const units = run.steps.filter((unit) => unit.phase === phase);
  const hasRun = phase === 'steps' || units.some(({ status }) => status !== 'pending' && status !== 'skipped');
  if (!units.length || !hasRun) return [];
  const heading = headings[phase] ? [{ kind: 'small', text: [bold(headings[phase])] } as const] : [];
  return [...heading, ...paragraphs(unitLines(run, units, phase === 'steps' ? mostOfSteps : mostOfPart))];
}

function paragraphs(lines: readonly Rich[]): readonly Section[] {
  const texts: Rich[] = [];
  let room = 0;
  for (const line of lines) {
    const size = sizeOf(line);
    const open = room >= size ? texts.pop() : undefined;
    room = (open ? room : mostOfText) - size;
    texts.push(open ? [...open, { text: '\n' }, ...line] : line);
  }
  return texts.map((text) => ({ kind: 'text', text }));
}

const mostLogs = 2;
const shownLines = 8;
const longestLine = 140;
const mostOfLog = 1_200;

/** Whose logs are shown: of those that run, else of the last one that went wrong. A group has none of its own. */
export function shownLogs({ steps }: Run): readonly StepRun[] {
  const groups = new Set(steps.map(({ group }) => group));
  const acting = steps.filter(({ id }) => !groups.has(id));
  const running = acting.filter(({ status }) => status === 'running');
  if (running.length) return running.slice(-mostLogs);
  return acting.filter(({ status }) => status === 'failed' || status === 'unknown').slice(-1);
}

function logOf(unit: StepRun, tail: readonly string[]): readonly Section[] {
  const lines = lastOf(tail);
  if (!lines.length) return [];
  const where = unit.log === undefined ? '' : ' (full log in thread)';
  return [
    { kind: 'small', text: [{ text: 'Log of ' }, bold(cut(unitName(unit), 80)), { text: where }] },
    { kind: 'code', text: lines.join('\n') },
  ];
}

function lastOf(tail: readonly string[]): readonly string[] {
  let room = mostOfLog;
  const lines = tail.slice(-shownLines).map((line) => cut(line, longestLine));
  return lines
    .toReversed()
    .filter((line) => {
      room -= sizeOf(plain(line));
      return room >= 0;
    })
    .toReversed();
}

function buttonRow(run: Run): readonly Section[] {
  if (isStuck(run)) return [{ kind: 'buttons', buttons: unknownButtons(run) }];
  if (isOver(run) || run.cancelledBy !== undefined) return [];
  const confirm = {
    title: 'Cancel the run?',
    text: 'What runs at this moment is not torn off: nothing after it begins.',
    yes: 'Cancel the run',
  };
  return [
    { kind: 'buttons', buttons: [{ label: 'Cancel run', does: { intent: 'cancel_run', ref: run.id }, confirm }] },
  ];
}

export const oneRun = (run: Run): Rich => [
  { text: `${faceOfRun(run.status)} ` },
  code(run.id),
  { text: ' ' },
  bold(run.playbook.name),
  { text: ` ${runInWords(run.status)}` },
  ...(waitingApproval(run) ? [{ text: ' (' }, code('/playbook approve'), { text: ')' }] : []),
  ...(run.status === 'failed' && run.outcome ? [{ text: ` (${cut(run.outcome, 120)})` }] : []),
  { text: `, asked for by ${actorName(run.requestedBy)} ` },
  { time: run.startedAt },
];
