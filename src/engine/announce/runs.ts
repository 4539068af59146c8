/** A run as people see it: one message of progress, edited in place. */
import { bold, code, type Message, plain, type Rich, type Section } from '../../domain/message.ts';
import { actorName } from '../../domain/person.ts';
import { isOver, type Run, type StepRun, waitingApproval } from '../../domain/run.ts';
import { unknownButtons } from './unknown.ts';
import { cut, duration } from './words.ts';

const faces: Readonly<Record<StepRun['status'], string>> = {
  pending: '▫️',
  waiting_approval: '✋',
  ready: '⏳',
  running: '⏳',
  verifying: '🔍',
  waiting: '⏱️',
  succeeded: '✅',
  failed: '❌',
  skipped: '⏭️',
  cancelled: '⏹️',
  unknown: '❓',
};

const words: Readonly<Record<Run['status'], string>> = {
  running: 'running',
  waiting_approval: 'waits for approval',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  needs_attention: 'needs attention: the outcome is unknown',
};

const tones: Readonly<Record<Run['status'], NonNullable<Message['tone']>>> = {
  running: 'calm',
  waiting_approval: 'warning',
  succeeded: 'good',
  failed: 'alarm',
  cancelled: 'calm',
  needs_attention: 'alarm',
};

export function runProgress(run: Run): Message {
  const took = run.endedAt === undefined ? '' : ` in ${duration(run.endedAt - run.startedAt)}`;
  const outcome =
    run.outcome && run.status !== 'succeeded' ? [{ kind: 'text', text: plain(cut(run.outcome, 600)) } as const] : [];
  return {
    summary: `${run.playbook.name} ${words[run.status]}${took}`,
    tone: tones[run.status],
    sections: [
      { kind: 'text', text: [{ text: '▶️ ' }, bold(run.playbook.name), { text: ` ${words[run.status]}${took}` }] },
      { kind: 'list', items: run.steps.map(stepLine) },
      ...outcome,
      ...buttonRow(run),
      {
        kind: 'small',
        text: [
          code(run.id),
          { text: ` · ${run.mode} · asked for by ${actorName(run.requestedBy)} ` },
          { time: run.startedAt },
        ],
      },
    ],
  };
}

function stepLine(step: StepRun): Rich {
  const took =
    step.startedAt !== undefined && step.endedAt !== undefined ? ` (${duration(step.endedAt - step.startedAt)})` : '';
  const attempt = step.attempt > 1 ? `, attempt ${step.attempt}` : '';
  const what = step.status === 'verifying' ? `verifying: ${step.verify?.last || 'looking'}` : step.note;
  return [
    { text: `${faces[step.status]} ` },
    bold(step.name),
    { text: `${attempt}${took}` },
    ...(what ? [{ text: `: ${cut(what, 300)}` }] : []),
  ];
}

function buttonRow(run: Run): readonly Section[] {
  if (run.status === 'needs_attention') return [{ kind: 'buttons', buttons: unknownButtons(run) }];
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
  code(run.id),
  { text: ' ' },
  bold(run.playbook.name),
  { text: ` ${words[run.status]}` },
  ...(waitingApproval(run) ? [{ text: ' (' }, code('/playbook approve'), { text: ')' }] : []),
  ...(run.status === 'failed' && run.outcome ? [{ text: ` (${cut(run.outcome, 120)})` }] : []),
  { text: `, asked for by ${actorName(run.requestedBy)} ` },
  { time: run.startedAt },
];
