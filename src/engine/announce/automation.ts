/** What stands in the way of automation, as `/automation status` shows it. */
import type { Automation } from '../../domain/automation.ts';
import { bold, code, type Message, plain, type Rich, type Section, type Span } from '../../domain/message.ts';
import type { AutomationStatus, HeldLock } from '../automation-status.ts';
import { comingLine } from './playbooks.ts';
import { cut, some } from './words.ts';

export function automationStatus(status: AutomationStatus): Message {
  const { locks, breakers, demoted, freezes, spent, schedules } = status;
  const sections = [
    ...listed('Locks', locks.map(lockLine)),
    ...listed('Open circuit breakers', breakers.map(breakerLine)),
    ...listed('Playbooks that no longer start by themselves', demoted.map(demotedLine)),
    ...listed('Freezes', freezes.map(freezeLine)),
    ...listed('Spent blast radius', spent.map(spentLine)),
    ...listed('Schedules', schedules.map(scheduleLine)),
  ];
  const { text, summary } = stopLine(status.automation);
  return {
    summary,
    sections: [
      { kind: 'text', text },
      ...sections,
      ...(locks.length || breakers.length || demoted.length || spent.length ? [hint] : [nothing]),
    ],
  };
}

const hint: Section = {
  kind: 'small',
  text: [code('/automation unlock NAME why'), { text: ' sets one of them free.' }],
};
const nothing: Section = { kind: 'small', text: plain('Nothing is locked, no circuit breaker is open.') };

function stopLine(automation: Automation | undefined): { readonly text: Rich; readonly summary: string } {
  if (!automation?.stopped) {
    const summary = 'Automation is running: approved steps and `auto` playbooks may act.';
    return {
      summary,
      text: [{ text: '▶️ Automation is running: approved steps and ' }, code('auto'), { text: ' playbooks may act.' }],
    };
  }
  const { by, why, at } = automation;
  return {
    summary: `Automation is stopped by ${by}`,
    text: [
      { text: '🛑 Automation has been stopped by ' },
      bold(by),
      { text: ' ' },
      { time: at },
      { text: why ? `: ${cut(why, 300)}` : '.' },
    ],
  };
}

const listed = (title: string, items: readonly Rich[]): readonly Section[] =>
  items.length
    ? [
        { kind: 'text', text: [bold(title)] },
        { kind: 'list', items },
      ]
    : [];

const named = (name: string): Span => code(cut(name, 150));

const lockLine = ({ name, holder, run }: HeldLock): Rich => [
  named(name),
  { text: ` held by ${holder}` },
  ...(run
    ? [{ text: ` (${cut(run.playbook, 80)}, ${run.incident}) since ` }, { time: run.since }]
    : [{ text: ', a run that is no longer known' }]),
];

const breakerLine = ({ name, openedAt, runs }: AutomationStatus['breakers'][number]): Rich => [
  named(name),
  { text: ' open since ' },
  { time: openedAt },
  { text: ` after ${runs.join(', ')}` },
];

const demotedLine = ({ name, playbook, rate }: AutomationStatus['demoted'][number]): Rich => [
  named(name),
  { text: ` ${cut(playbook, 80)}: ${rate}` },
];

const freezeLine = ({ calendar, title, until, playbooks }: AutomationStatus['freezes'][number]): Rich => [
  named(calendar),
  { text: ` ${cut(title, 120)}` },
  ...(until === undefined ? [] : [{ text: ' until ' }, { time: until }]),
  { text: `: ${cut(playbooks.join(', '), 200)}` },
];

const scheduleLine = (schedule: AutomationStatus['schedules'][number]): Rich => [
  bold(cut(schedule.playbook, 80)),
  { text: ': ' },
  ...comingLine(schedule),
];

const spentLine = ({ name, service, hosts, most }: AutomationStatus['spent'][number]): Rich => [
  named(name),
  {
    text: ` ${service || 'hosts without a service'}: ${some(hosts.length, 'host')} changed of ${most} (${cut(hosts.join(', '), 200)})`,
  },
];
