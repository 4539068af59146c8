/** The incident card, its summary and its topic: pure renders of the state. */
import type { Alert, AlertRecord } from '../../domain/alert.ts';
import type { Automation } from '../../domain/automation.ts';
import { type Incident, isOpenStatus, type Proposal } from '../../domain/incident.ts';
import { isTrouble } from '../../domain/incident-schedule.ts';
import { type Button, bold, code, type Message, plain, type Rich, type Section } from '../../domain/message.ts';
import { actorName } from '../../domain/person.ts';
import { faceOfRun, isUnderWay, runInWords } from './run-words.ts';
import { capital, cut, some } from './words.ts';

/** Slack shows no more than this of a name without cutting it. */
const titleLength = 140;
const buttonsForPlaybooks = 3;

const faces: Readonly<Record<Incident['status'], string>> = {
  triggered: '🔴',
  acknowledged: '🟠',
  mitigated: '🟡',
  resolved: '🟢',
  closed: '⚪',
};

export function incidentCard(incident: Incident, alerts: readonly AlertRecord[], automation?: Automation): Message {
  return {
    summary: `${capital(incident.status)}: ${cut(incident.title, 100)} (${incident.severity}, ${aboutOf(incident)})`,
    tone: toneOf(incident),
    sections: [
      { kind: 'heading', text: cut(`${faceOf(incident)} ${incident.title}`, titleLength) },
      { kind: 'fields', fields: fieldsOf(incident) },
      ...alertList(incident, alerts),
      ...evidenceList(incident),
      ...runList(incident),
      ...buttonRow(incident),
      ...stopped(incident, automation),
      {
        kind: 'small',
        text: [{ text: `${incident.id} · opened by ${actorName(incident.openedBy)} ` }, { time: incident.openedAt }],
      },
    ],
  };
}

function fieldsOf(incident: Incident): Extract<Section, { kind: 'fields' }>['fields'] {
  return [
    { label: 'Status', value: statusOf(incident) },
    { label: 'Severity', value: plain(incident.severity) },
    { label: 'Service', value: plain(incident.service || 'none named') },
    incident.scheduledFor === undefined
      ? { label: 'Alerts', value: plain(countsOf(incident)) }
      : { label: 'Scheduled', value: [{ time: incident.scheduledFor }] },
  ];
}

function statusOf(incident: Incident): Rich {
  const by =
    incident.status === 'acknowledged'
      ? incident.acknowledgedBy
      : incident.status === 'resolved'
        ? incident.resolvedBy
        : undefined;
  return [bold(capital(incident.status)), ...(by ? [{ text: ` by ${by}` }] : [])];
}

/** A drill is no alarm, until something fails. */
const isCalm = ({ scheduledFor, runs }: Incident): boolean =>
  scheduledFor !== undefined && !isTrouble(runs.at(-1)?.status ?? '');

const faceOf = (incident: Incident): string =>
  isOpenStatus(incident.status) && isCalm(incident) ? '🗓️' : faces[incident.status];

/** What it is about, in a few words. */
export const aboutOf = (incident: Incident): string =>
  incident.scheduledFor === undefined ? countsOf(incident) : 'scheduled';

/** "3 firing, 2 resolved, 1 new". */
function countsOf({ counts, truncated }: Pick<Incident, 'counts' | 'truncated'>): string {
  const unsent = Object.values(truncated).reduce((sum, count) => sum + count, 0);
  const parts = [
    isWithoutAlerts(counts) ? 'no alerts' : `${counts.firing} firing`,
    counts.resolved ? `${counts.resolved} resolved` : '',
    counts.fresh ? `${counts.fresh} new` : '',
    unsent ? `${unsent} more not sent` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** Opened by hand. */
const isWithoutAlerts = ({ firing, resolved }: Incident['counts']): boolean => firing + resolved === 0;

function alertList({ counts }: Incident, alerts: readonly AlertRecord[]): readonly Section[] {
  if (!alerts.length) return [];
  const more = counts.firing + counts.resolved - alerts.length;
  const items: Rich[] = alerts.map((alert) => [
    { text: alert.status === 'firing' ? '🔥 ' : '✅ ' },
    bold(alert.labels.alertname ?? 'alert'),
    ...whereabouts(alert),
    { text: ' since ' },
    { time: alert.startsAt },
  ]);
  return [
    { kind: 'list', items: more > 0 ? [...items, [{ text: `and ${more} more`, style: 'italic' }]] : items },
    ...description(alerts[0]),
  ];
}

const telling = ['instance', 'pod', 'host', 'node', 'deployment', 'namespace', 'job'] as const;

const whereabouts = ({ labels }: Alert): Rich => {
  const name = telling.find((label) => labels[label]);
  return name ? [{ text: ' on ' }, code(cut(labels[name] ?? '', 80))] : [];
};

const description = (alert: Alert | undefined): readonly Section[] =>
  alert?.annotations.description ? [{ kind: 'text', text: plain(cut(alert.annotations.description, 600)) }] : [];

function evidenceList({ evidence, evidenceProblems }: Incident): readonly Section[] {
  const links = evidence.flatMap((item): Rich => (item.kind === 'link' ? [{ link: item.url, text: item.title }] : []));
  const line = links.flatMap((link, at): Rich => (at ? [{ text: '  ·  ' }, link] : [link]));
  return [
    ...(line.length ? [{ kind: 'text', text: line } as const] : []),
    ...evidenceProblems
      .slice(0, 5)
      .map((problem): Section => ({ kind: 'small', text: plain(`⚠️ ${cut(problem, 200)}`) })),
  ];
}

const runList = ({ runs }: Incident): readonly Section[] =>
  runs.length
    ? [
        {
          kind: 'list',
          items: runs
            .slice(-5)
            .map(
              ({ name, status, by, run }): Rich => [
                { text: `${faceOfRun(status)} ` },
                bold(name),
                { text: ` ${runInWords(status)}, asked for by ${by} ` },
                code(run),
              ],
            ),
        },
      ]
    : [];

/** A card is not looked at again all the time: it says when that was, and where it is said how it stands. */
function stopped(incident: Incident, automation: Automation | undefined): readonly Section[] {
  if (!automation?.stopped || !isOpenStatus(incident.status) || !offered(incident).length) return [];
  const { by, at } = automation;
  return [
    {
      kind: 'small',
      text: [
        { text: `🛑 ${by} stopped automation ` },
        { time: at },
        { text: ': no run begins meanwhile. ' },
        code('/automation status'),
        { text: ' says how it stands.' },
      ],
    },
  ];
}

function buttonRow(incident: Incident): readonly Section[] {
  if (incident.status === 'closed' || incident.status === 'resolved') return [];
  const acknowledge: Button = {
    label: 'Acknowledge',
    tone: 'primary',
    does: { intent: 'acknowledge', ref: incident.id },
  };
  const resolve: Button = {
    label: 'Resolve',
    does: { intent: 'resolve', ref: incident.id },
    confirm: {
      title: 'Resolve the incident?',
      text: incident.counts.firing ? `${some(incident.counts.firing, 'alert')} still firing.` : 'No alert is firing.',
      yes: 'Resolve',
    },
  };
  const playbooks = offered(incident).map(
    ({ playbook, name }): Button => ({
      label: cut(`Run ${name}…`, 72),
      does: { intent: 'run_playbook', ref: `${playbook}/${incident.id}` },
      confirm: {
        title: 'Run this playbook?',
        text: cut(`${name}. Steps that need approval wait for it, with their plan; others begin at once.`, 280),
        yes: 'Run',
      },
    }),
  );
  return [{ kind: 'buttons', buttons: [...(incident.acknowledgedBy ? [] : [acknowledge]), resolve, ...playbooks] }];
}

/** What is under way already would be refused. */
export function offered({ proposals, runs }: Incident): readonly Proposal[] {
  const underWay = new Set(runs.filter(({ status }) => isUnderWay(status)).map(({ playbook }) => playbook));
  return proposals.filter(({ id }) => !underWay.has(id)).slice(0, buttonsForPlaybooks);
}

function toneOf(incident: Incident): NonNullable<Message['tone']> {
  const { status, severity } = incident;
  if (status === 'resolved') return 'good';
  if (status === 'closed' || status === 'mitigated' || isCalm(incident)) return 'calm';
  return severity === 'sev1' ? 'alarm' : 'warning';
}

/** One message in the service's own channel. */
export function incidentSummary(incident: Incident): Message {
  const where: Rich = incident.channel
    ? [{ text: ' in ' }, { channel: incident.channel.id }]
    : incident.channelProblem
      ? [{ text: ` (no channel: ${incident.channelProblem})` }]
      : [];
  return {
    summary: `${capital(incident.status)}: ${cut(incident.title, 100)}`,
    tone: toneOf(incident),
    sections: [
      { kind: 'text', text: [{ text: `${faceOf(incident)} ` }, bold(cut(incident.title, 200)), ...where] },
      {
        kind: 'small',
        text: [
          { text: `${incident.id} · ${capital(incident.status)} · ${incident.severity} · ${aboutOf(incident)} · ` },
          { time: incident.openedAt },
        ],
      },
      // Without a channel there is no card, and what is offered must be somewhere.
      ...(incident.scheduledFor === undefined || incident.channel
        ? []
        : [...runList(incident), ...buttonRow(incident)]),
    ],
  };
}

/** Slack: a topic has 250 characters. */
export const incidentTopic = (incident: Incident): string =>
  cut(
    `${faceOf(incident)} ${capital(incident.status)} · ${incident.severity} · ${aboutOf(incident)} · ${incident.title}`,
    250,
  );
