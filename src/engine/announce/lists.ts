/** Answers to questions: lists, one thing in full, help. */
import type { Instant } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident.ts';
import { bold, code, type Message, plain, type Rich, type Section } from '../../domain/message.ts';
import { type Playbook, startsByItself } from '../../domain/playbook.ts';
import type { Run } from '../../domain/run.ts';
import { aboutOf } from './card.ts';
import { oneRun } from './runs.ts';
import { cut, withCode } from './words.ts';

export const listOf = (title: string, items: readonly Rich[], none: string): Message => ({
  summary: items.length ? title : none,
  sections: items.length
    ? [
        { kind: 'text', text: [bold(title)] },
        { kind: 'list', items },
      ]
    : [{ kind: 'text', text: plain(none) }],
});

export const incidentList = (incidents: readonly Incident[]): Message =>
  listOf('Incidents', incidents.map(oneIncident), 'No incident is open.');

const oneIncident = (incident: Incident): Rich => [
  bold(incident.id),
  { text: ` ${incident.severity} ${incident.status}: ${cut(incident.title, 120)} (${aboutOf(incident)}) ` },
  ...(incident.channel ? [{ channel: incident.channel.id }] : []),
  { text: ' ' },
  { time: incident.openedAt },
];

export const runList = (runs: readonly Run[]): Message =>
  listOf('Runs', runs.map(oneRun), 'No playbook has been run yet.');

const problemsShown = 5;

/** `next`: when the schedule of one comes, where it has any. */
export function playbookList(
  playbooks: readonly Playbook[],
  problems: readonly string[],
  next: (playbook: Playbook) => Instant | undefined = () => undefined,
): Message {
  const items = playbooks.map((playbook) => onePlaybook(playbook, next(playbook)));
  const list = listOf('Playbooks', items, 'No playbook is loaded.');
  const more = problems.length - problemsShown;
  const lines = [
    ...problems.slice(0, problemsShown).map((problem) => plain(`⚠️ ${cut(problem, 300)}`)),
    ...(more > 0 ? [withCode(`… and ${more} more: \`tocsin check\` prints them all.`)] : []),
    ...(problems.length ? [plain('What is broken is used as it last was, if it ever was good.')] : []),
  ];
  const broken = lines.map((text): Section => ({ kind: 'small', text }));
  return { ...list, sections: [...list.sections, ...broken] };
}

const onePlaybook = (playbook: Playbook, next: Instant | undefined): Rich => {
  const { id, name, description, risk } = playbook;
  return [
    code(id),
    { text: ' ' },
    bold(name),
    { text: ` (risk ${risk}${startsByItself(playbook) ? ', starts by itself' : ''}` },
    ...(next === undefined ? [] : [{ text: ', next ' }, { time: next }]),
    { text: `)${description ? `: ${cut(description, 200)}` : ''}` },
  ];
};

const helpTexts = {
  incident: [
    'open <title> [sev=sev2] [service=name]',
    'list [all]',
    'show [inc-1]',
    'ack [inc-1]',
    'resolve [inc-1]',
    'sev <sev1…sev4> [inc-1]',
    'note <text>',
    'timeline [inc-1]',
  ],
  playbook: [
    'list',
    'show <id or run>',
    'run <id> [inc-1] [input=value …]',
    'runs',
    'approve [run] [plan] [comment]',
    'reject [run] [comment]',
    'answer [run] [answer]',
    'cancel [run]',
  ],
  automation: ['stop [why]', 'resume [why]', 'status', 'unlock <name> [why]'],
} as const;

type Topic = keyof typeof helpTexts;

export const help = (topic: Topic, typed?: string): Message => ({
  summary: typed ? `/${topic} ${cut(typed, 60)} is not understood` : `What /${topic} can do`,
  sections: [
    ...(typed
      ? [{ kind: 'text', text: [code(`/${topic} ${cut(typed, 60)}`), ...notUnderstood(topic, typed)] } as const]
      : []),
    { kind: 'text', text: [bold(`/${topic}`), { text: ` can do this${hints[topic]}:` }] },
    { kind: 'list', items: helpTexts[topic].map((line) => [code(`/${topic} ${line}`)]) },
  ],
});

/** What most people leave out is said first. */
function notUnderstood(topic: Topic, typed: string): Rich {
  const verb = typed.trim().split(/\s/)[0]?.toLowerCase() ?? '';
  const lacks = missing[`${topic} ${verb}`];
  return [{ text: ' is not understood; nothing was done.' }, ...(lacks ? withCode(` ${lacks}`) : [])];
}

const missing: Readonly<Record<string, string>> = {
  'incident open':
    'It needs a title, as in `/incident open Checkout fails sev=sev2`; a severity is sev1, sev2, sev3 or sev4.',
  'incident sev': 'A severity is sev1, sev2, sev3 or sev4.',
  'incident note': 'Say what to note, as in `/incident note The disk was full`.',
  'playbook run': 'Say which playbook, and its inputs as `name=value`: `/playbook list` shows what there is.',
  'playbook show': 'Say which playbook or run: `/playbook list` and `/playbook runs` show them.',
};

const hints: Readonly<Record<Topic, string>> = {
  incident: '; in an incident’s channel you need not name the incident',
  playbook: '; in an incident’s channel you need not name the incident, and nowhere a run that is the only one meant',
  automation: '',
};
