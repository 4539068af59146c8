/** One-line messages in the incident's channel. */
import type { Notice } from '../../domain/effect.ts';
import { bold, code, type Message, type Rich, type Span } from '../../domain/message.ts';
import { cut, duration, some } from './words.ts';

export function noticeOf(notice: Notice): Message {
  const text = wording(notice);
  return {
    summary: text.map(bare).join(''),
    sections: [{ kind: 'text', text }],
  };
}

const bare = (span: Span): string => ('call' in span ? `@${span.name}` : 'text' in span ? span.text : '');

const because = (why: string): string => (why ? `: ${cut(why, 300).replace(/[.!?]?$/, '.')}` : '.');

function wording(notice: Notice): Rich {
  switch (notice.about) {
    case 'fired_again':
      return [{ text: '🔥 ' }, bold('Firing again'), { text: `: ${some(notice.alerts, 'alert')}.` }];
    case 'new_alerts':
      return [
        { text: '🔥 ' },
        bold(some(notice.alerts, 'new alert')),
        { text: notice.severity ? ` firing: this is ${notice.severity} now.` : ' firing.' },
      ];
    case 'quiet':
      return [
        { text: '🟡 All alerts have resolved. If it stays quiet for ' },
        bold(duration(notice.graceMs)),
        { text: ', this incident is resolved.' },
      ];
    case 'resolved':
      return [{ text: '🟢 ' }, bold('Resolved'), { text: notice.by ? ` by ${notice.by}.` : ': it stayed quiet.' }];
    case 'acknowledged':
      return [{ text: '🟠 ' }, bold(notice.by), { text: ' is on it.' }];
    case 'severity':
      return [bold(notice.by), { text: ` set the severity to ${notice.severity}.` }];
    case 'note':
      return [{ text: '📝 ' }, bold(`${notice.by}:`), { text: ` ${cut(notice.text, 2500)}` }];
    case 'automation_stopped':
      return [
        { text: '🛑 ' },
        bold(notice.by),
        { text: ` has stopped automation${because(notice.why)} No step begins until ` },
        code('/automation resume'),
        { text: '.' },
      ];
    case 'automation_resumed':
      return [{ text: '▶️ ' }, bold(notice.by), { text: ` lets automation go on${because(notice.why)}` }];
    case 'unlocked':
      return [
        { text: '🔓 ' },
        bold(notice.by),
        { text: ' has freed ' },
        code(notice.name),
        {
          text: `, which ${notice.holder} held${because(notice.why)} What it does there is no longer kept apart from others.`,
        },
      ];
    case 'outcome_unknown':
      return [
        { text: '❓ ' },
        ...notice.owners.flatMap((name): Rich => [{ call: 'group', name }, { text: ' ' }]),
        bold(notice.playbook),
        { text: ` needs you: nobody knows whether ` },
        bold(cut(notice.step, 80)),
        { text: ` worked${because(notice.why)} Look at its target, and say in the run’s message how it ended.` },
      ];
    case 'breaker_opened':
      return [
        { text: '⚡ The circuit breaker of ' },
        bold(notice.playbook),
        {
          text: ` has opened: ${some(notice.runs.length, 'failure')} (${notice.runs.join(', ')}). It does not start there again until somebody looks at it and types `,
        },
        code(`/automation unlock ${notice.name.includes(' ') ? `"${notice.name}"` : notice.name}`),
        { text: '.' },
      ];
    case 'breaker_closed':
      return [
        { text: '⚡ The circuit breaker ' },
        code(notice.name),
        { text: ' of ' },
        bold(notice.playbook),
        {
          text: ` is closed again: ${notice.run}, which counted as a failure while nobody knew how it ended, went well.`,
        },
      ];
    case 'schedule_over':
      return [
        { text: '🟢 ' },
        bold('Resolved'),
        { text: notice.lapsed ? ': nobody started it in time.' : ': what was scheduled is done.' },
      ];
    case 'step_stranded':
      return [
        { text: '🧭 ' },
        ...notice.owners.flatMap((name): Rich => [{ call: 'group', name }, { text: ' ' }]),
        bold(notice.playbook),
        { text: ' needs you: ' },
        bold(cut(notice.step, 80)),
        { text: ' waits, and there is no worker of the pool ' },
        code(notice.pool),
        { text: '. It goes on by itself when one is started; cancel the run where it is not wanted any more.' },
      ];
    case 'run_refused':
      return [{ text: '⛔ ' }, bold(notice.playbook), { text: ` was not run: ${notice.why}` }];
  }
}
