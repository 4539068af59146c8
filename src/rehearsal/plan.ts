/** `tocsin playbook plan`: what would run, rendered as an approver would see it, with its digest; nothing is done. */
import type { AlertGroup } from '../domain/alert.ts';
import { decideRun } from '../domain/decide-run.ts';
import type { Facts } from '../domain/facts.ts';
import { type EventId, incidentId, type RunId, type UserRef } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { type Playbook, type ScheduleTrigger, schedulesOf } from '../domain/playbook.ts';
import type { Phase } from '../domain/units.ts';
import { startersOf } from './people.ts';
import type { Setting } from './setting.ts';
import { type PlannedApproval, type PlannedUnit, plannedUnits } from './units.ts';

export interface Planning extends Setting {
  readonly playbook: Playbook;
  readonly playbooks: readonly Playbook[];
  readonly alert: AlertGroup;
  readonly inputs: JsonObject;
  readonly now: number;
}

export interface PlanShown {
  /** Each schedule with its next times, by its own clock. */
  readonly schedules: readonly { readonly cron: string; readonly timezone: string; readonly next: readonly string[] }[];
  /** Why it would be refused. */
  readonly refused?: string;
  readonly inputs: JsonObject;
  readonly units: readonly PlannedUnit[];
}

export function planPlaybook(planning: Planning): PlanShown {
  const { playbook } = planning;
  const schedules = schedulesOf(playbook).map((schedule) => upcoming(schedule, planning));
  const facts = factsOf(planning);
  const { state, reason, detail } = decideRun('run-plan' as RunId, undefined, { event: requestOf(planning), facts });
  if (!state)
    return { refused: `${reason}${detail ? `: ${detail}` : ''}`, schedules, inputs: planning.inputs, units: [] };
  return { schedules, inputs: state.inputs, units: plannedUnits(state, { playbook, facts }) };
}

const shownTimes = 3;

/** `Sat 2026-11-28 03:00`, so that an author sees whether it is what they meant. */
function upcoming({ cron, timezone }: ScheduleTrigger, { now, pure }: Planning): PlanShown['schedules'][number] {
  const next: string[] = [];
  for (let at = pure.nextAt({ cron, timezone }, now); at !== undefined && next.length < shownTimes; ) {
    next.push(wallTime(at, timezone));
    at = pure.nextAt({ cron, timezone }, at);
  }
  return { cron, timezone, next };
}

const wallTime = (at: number, timeZone: string): string =>
  [
    new Intl.DateTimeFormat('en', { timeZone, weekday: 'short' }).format(at),
    // Sweden writes dates as ISO 8601 does.
    new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at),
  ].join(' ');

function requestOf({ playbook, alert, inputs, now, policy }: Planning) {
  const [first] = alert.alerts;
  const incident = { id: incidentId(1), number: 1, title: 'a plan', severity: policy.defaultSeverity, service: '' };
  const by = {
    kind: 'person' as const,
    user: 'UPLAN' as UserRef,
    name: 'you',
    roles: [...policy.roles, ...startersOf(playbook), 'responder'],
    groups: [],
    standing: 'member' as const,
    askedAt: now,
  };
  const subject = { incident, ...(first && Object.keys(first.labels).length && { alert: first }) };
  const request = {
    playbook: playbook.hash,
    incident: incident.id,
    mode: 'manual' as const,
    requestedBy: by,
    subject,
    inputs,
  };
  return { id: 'plan' as EventId, kind: 'run_requested' as const, request };
}

const factsOf = ({ playbooks, actions, policy, pure, now }: Planning): Facts => ({
  now,
  policy,
  alerts: new Map(),
  over: new Set(),
  routes: new Set(),
  number: 1,
  serviceHeldBy: null,
  playbooks,
  playbook: (hash) => playbooks.find((one) => one.hash === hash),
  action: (id) => actions.find((one) => one.id === id),
  held: () => null,
  pure,
});

const parts: readonly { readonly phase: Phase; readonly title: string }[] = [
  { phase: 'on_failure', title: 'where it fails:' },
  { phase: 'on_cancel', title: 'where it is cancelled:' },
  { phase: 'finally', title: 'at the end, however it ended:' },
];

/** For people. */
export function printedPlan({ refused, schedules, inputs, units }: PlanShown): readonly string[] {
  const coming = schedules.map(({ cron, timezone, next }) => `comes at ${cron} ${timezone}: ${next.join(', ')}, …`);
  if (refused !== undefined) return [...coming, `refused: ${refused}`];
  const main = units.filter(({ phase }) => phase === 'steps' || phase === 'rollback');
  const closing = parts.flatMap(({ phase, title }) => {
    const part = units.filter((unit) => unit.phase === phase);
    return part.length ? [title, ...part.flatMap((unit) => linesOf(unit).map((line) => `  ${line}`))] : [];
  });
  return [...coming, `inputs ${JSON.stringify(inputs)}`, ...main.flatMap(linesOf), ...closing];
}

function linesOf(unit: PlannedUnit): readonly string[] {
  const { id, action, effect, phase, within, looks, change, locks, pool, notKnown, approval } = unit;
  const kind = action === 'parallel' ? 'side by side' : action === 'approval' ? action : `${action} (${effect})`;
  const lines = [
    `${phase === 'rollback' ? 'undone by ' : ''}${id}  ${kind}`,
    ...(unit.if ? [`    if ${unit.if.text}${isNow[String(unit.if.is)] ?? ''}`] : []),
    ...(unit.foreach ? [`    for each of ${unit.foreach}`] : []),
    ...(change ? [`    ${change}${locks ? ` (locks ${locks})` : ''}${pool ? ` in the pool ${pool}` : ''}`] : []),
    ...(unit.arguments ? argumentLines(unit.arguments) : []),
    ...(notKnown ? [`    not known yet: ${notKnown}`] : []),
    ...(approval ? approvalLines(approval) : []),
    ...looks.map((look) => `    then looks: ${look}`),
  ];
  return lines.map((line) => `${'  '.repeat(within.length)}${line}`);
}

/** A script stands below, as it is. */
function argumentLines(args: JsonObject): readonly string[] {
  const [long, short] = [true, false].map((wanted) =>
    Object.entries(args).filter(([, value]) => (typeof value === 'string' && value.includes('\n')) === wanted),
  );
  return [
    `    ${JSON.stringify(Object.fromEntries(short ?? []))}`,
    ...(long ?? []).flatMap(([name, value]) => [
      `    ${name}:`,
      ...String(value)
        .trimEnd()
        .split('\n')
        .map((line) => `      ${line}`),
    ]),
  ];
}

const isNow: Readonly<Record<string, string>> = { true: ': true', false: ': false, so it is passed over' };

const approvalLines = ({ by, digest, covers, notKnown }: PlannedApproval): readonly string[] => [
  `    ${by}`,
  ...(digest === undefined ? [`    the plan is not known yet: ${notKnown}`] : [`    covers plan ${digest}`]),
  ...covers.map(({ id, change, pool }) => `      ${id}: ${change}${pool ? ` in the pool ${pool}` : ''}`),
];
