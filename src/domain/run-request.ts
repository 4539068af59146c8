/** A run is asked for: may it be, with these inputs, now? */
import { type Claim, isFree, lockKey, stopKey, take, takeOrAgain } from './claim.ts';
import type { Above, RunRequest, RunSubject } from './effect.ts';
import { type Decision, type Facts, unchanged } from './facts.ts';
import { judgeStart } from './guards.ts';
import type { EventId, RunId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import { mayDo, rolesMissing } from './permissions.ts';
import { type Actor, mayAct } from './person.ts';
import { type Course, scopeOf } from './plan.ts';
import type { Playbook } from './playbook.ts';
import type { Reason } from './reason.ts';
import type { Run, RunEventBody } from './run.ts';
import { advance } from './run-advance.ts';
import { postProgress, startQueued, tellIncident, timeOut } from './run-effects.ts';
import { activeKeysOf, end } from './run-end.ts';
import { milestones } from './run-milestones.ts';
import { because, only, type Progress, progress, type Stepped } from './run-progress.ts';
import { blankUnit, withStatus } from './run-units.ts';
import { latestMs } from './schedule.ts';
import { entry } from './timeline.ts';

export type Requested = Extract<RunEventBody, { kind: 'run_requested' }> & { readonly id: EventId };

const refuse = (reason: Reason, detail?: string): Decision<Run> => ({
  ...unchanged<Run>(undefined, reason),
  ...(detail !== undefined && { detail }),
});

export function onRunRequested(
  run: Run | undefined,
  event: Requested,
  { facts, id }: { readonly facts: Facts; readonly id: RunId },
): Decision<Run> {
  if (run) return unchanged(run, 'run_exists');
  const { request } = event;
  const playbook = facts.playbook(request.playbook);
  if (!playbook) return refuse('playbook_unknown');
  const refusal = forbids(playbook, request, facts);
  if (refusal) return refuse(refusal, refusal === 'not_allowed' ? rolesMissing(startedBy(playbook)) : undefined);
  const may = mayDo('run_playbook', request.requestedBy, facts.policy);
  if (!may.ok) return refuse('role_missing', rolesMissing(may.missing));
  if (request.mode !== 'manual' && isOverByNow(request, facts)) return refuse('alert_gone');
  if (isTooLate(request, facts)) return refuse('schedule_missed');
  const checked = facts.pure.checkInputs(playbook.inputs, given(playbook, request));
  if (!checked.ok) return refuse('inputs_invalid', checked.problems.join(' '));
  return started(blank({ id, request, playbook, inputs: checked.inputs, facts }), event, { facts, playbook });
}

function forbids(playbook: Playbook, { mode, requestedBy }: RunRequest, { isOff }: Facts): Reason | undefined {
  // A button may stand for a version from before it was switched off.
  if (!playbook.enabled || isOff?.(playbook.id)) return 'playbook_disabled';
  if (!mayAct(requestedBy)) return 'not_a_member';
  if (mode === 'auto' && playbook.risk === 'high') return 'auto_refused';
  return mayStart(playbook, requestedBy) ? undefined : 'not_allowed';
}

/**
 * Where the playbook names roles for starting by hand, a person needs one of them. Where it names none, an approval
 * step keeps the gate, and without one a person needs some role at all: their click is all that stands before the act.
 */
export function mayStart({ triggers, steps }: Playbook, by: Actor): boolean {
  if (by.kind !== 'person') return true;
  const roles = startedBy({ triggers });
  if (roles.length) return roles.some((role) => by.roles.includes(role));
  return by.roles.length > 0 || steps.some(({ action }) => action === 'approval');
}

/** Who may, where roles are named. */
export const startedBy = ({ triggers }: Pick<Playbook, 'triggers'>): readonly string[] => [
  ...new Set(triggers.flatMap((trigger) => (trigger.kind === 'manual' ? trigger.roles : []))),
];

/** A resolved alert never starts a run. */
const isOverByNow = ({ subject }: RunRequest, { alerts }: Facts): boolean =>
  subject.alert !== undefined && alerts.get(subject.alert.fingerprint)?.status === 'resolved';

/** The global stop may have held it for hours. */
const isTooLate = ({ scheduledFor }: RunRequest, { now }: Facts): boolean =>
  scheduledFor !== undefined && now - scheduledFor > latestMs;

/** What was typed goes before what the alert says. */
export function given(
  { inputs }: Playbook,
  { inputs: typed, subject }: Pick<RunRequest, 'inputs' | 'subject'>,
): JsonObject {
  const fromAlert = Object.entries(inputs).flatMap(([name, { from }]) => {
    const value = from === undefined ? undefined : fromSubject(from, subject);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(fromAlert), ...typed };
}

/** One place of the alert, or one for each field; a field that is nowhere is left out. */
function fromSubject(from: string | Readonly<Record<string, string>>, subject: RunSubject): Json | undefined {
  if (typeof from !== 'string') {
    const fields = Object.entries(from).flatMap(([field, place]) => {
      const value = fromSubject(place, subject);
      return value === undefined ? [] : [[field, value] as const];
    });
    return fields.length ? Object.fromEntries(fields) : undefined;
  }
  const [, where, key] = /^alert\.(labels|annotations)\.(.+)$/.exec(from) ?? [];
  if (key === undefined) return undefined;
  return (where === 'labels' ? subject.alert?.labels : subject.alert?.annotations)?.[key];
}

interface Blank {
  readonly id: RunId;
  readonly request: RunRequest;
  readonly playbook: Playbook;
  readonly inputs: JsonObject;
  readonly facts: Facts;
}

function blank({ id, request, playbook, inputs, facts }: Blank): Run {
  const commit = facts.commit?.(playbook.hash);
  return {
    id,
    incident: request.incident,
    playbook: { id: playbook.id, hash: playbook.hash, name: playbook.name, ...(commit !== undefined && { commit }) },
    mode: request.mode,
    requestedBy: request.requestedBy,
    subject: request.subject,
    inputs,
    status: 'running',
    startedAt: facts.now,
    waitedMs: 0,
    approvals: [],
    outcome: '',
    locks: {},
    phase: 'steps',
    ...(request.parent && { parent: request.parent }),
    steps: playbook.steps.map((step) => blankUnit(step, { id: step.id, phase: 'steps' })),
  };
}

function started(run: Run, event: Requested, course: Course): Decision<Run> {
  const guarded = judgeStart(run, course);
  if (!guarded.ok) return refuse(guarded.reason, guarded.detail);
  const group = groupLock(run, course);
  if (!group.ok) return refuse('inputs_invalid', group.problem);
  const above = group.key === undefined ? undefined : holderAbove(run, group.key, course);
  if (above) return refuse('group_held_above', `${above.run} (${above.playbook})`);
  const { concurrency } = course.playbook;
  const waits = concurrency?.onConflict === 'queue' && group.key !== undefined && isTaken(group.key, course);
  const next = waits ? queued(run, course) : begun(run, group.key, course);
  const state = next.run;
  const at = { event: event.id, now: course.facts.now };
  const detail = course.playbook.name;
  return {
    state,
    reason: waits ? 'run_queued' : 'run_started',
    // A run that is over at once (nothing to do) holds nothing.
    claims: state.endedAt === undefined ? [...takeActive(run), ...next.claims] : [isFree(stopKey)],
    effects: [postProgress(state), tellIncident(state, at.now), ...next.effects],
    history: [entry(at, run.requestedBy, waits ? 'run_queued' : 'run_started', detail), ...milestones(run, state, at)],
  };
}

const takeActive = (run: Run): readonly Claim[] => activeKeysOf(run).map((key) => take(key, run.id));

/** Who waits for this run lets go of its own group only afterwards: the two would wait for each other. */
const holderAbove = (run: Run, group: string, { facts }: Course): Above | undefined =>
  run.parent?.above.find((other) => other.run === facts.held(group));

const isTaken = (key: string, { facts }: Course): boolean => facts.held(key) !== null;

/** Looks again in a while whether the group is free. */
const queuedMs = 2_000;

function queued(run: Run, { facts, playbook }: Course): Progress {
  const waiting: Run = { ...run, status: 'queued' };
  return progress(waiting, [
    startQueued(waiting, facts.now + queuedMs),
    timeOut(waiting, facts.now + playbook.timeoutMs),
  ]);
}

function begun(run: Run, group: string | undefined, course: Course): Progress {
  const locks = group === undefined ? {} : { [group]: run.id };
  const next = advance(withStatus({ ...run, locks, status: 'running' }), course);
  // What is over at once neither takes the group nor gives it back: claims are compared before any is written.
  const isOver = next.run.endedAt !== undefined;
  const taken = group === undefined || isOver ? [] : [takeGroup(group, run, course)];
  return {
    run: withStatus(next.run),
    effects: [timeOut(next.run, course.facts.now + course.playbook.timeoutMs), ...next.effects],
    claims: [...taken, isFree(stopKey), ...next.claims.filter(({ key }) => !(isOver && key === group))],
  };
}

/** Who would wait for it decides again where somebody else was faster; who would not is refused. */
const takeGroup = (group: string, run: Run, { playbook }: Course): Claim =>
  playbook.concurrency?.onConflict === 'queue' ? takeOrAgain(group, run.id) : take(group, run.id);

/** Its turn may have come. */
export function onDequeued(run: Run, course: Course): Stepped {
  if (run.status !== 'queued') return only(run, 'run_exists');
  const group = groupLock(run, course);
  if (!group.ok)
    return because(end(run, { status: 'failed', outcome: group.problem, at: course.facts.now }, course), 'run_failed');
  if (group.key !== undefined && isTaken(group.key, course)) return only(run, 'target_busy');
  return because(
    begun({ ...run, startedAt: course.facts.now }, group.key, course),
    'run_started',
    course.playbook.name,
  );
}

function groupLock(run: Run, course: Course): { ok: true; key: string | undefined } | { ok: false; problem: string } {
  const { concurrency } = course.playbook;
  if (concurrency === undefined) return { ok: true, key: undefined };
  const group = course.facts.pure.render(concurrency.group, scopeOf(run, course));
  if (!group.ok) return group;
  return {
    ok: true,
    key: lockKey(`group/${typeof group.value === 'string' ? group.value : JSON.stringify(group.value)}`),
  };
}
