/** A run is asked for: may it be, with these inputs, now? */
import { activeKey, type Claim, isFree, lockKey, stopKey, take } from './claim.ts';
import type { RunRequest } from './effect.ts';
import { type Decision, type Facts, unchanged } from './facts.ts';
import type { EventId, RunId } from './ids.ts';
import type { JsonObject } from './json.ts';
import { type Actor, mayAct } from './person.ts';
import { scopeOf } from './plan.ts';
import type { Playbook } from './playbook.ts';
import type { Reason } from './reason.ts';
import type { Run, RunEventBody } from './run.ts';
import { advance } from './run-advance.ts';
import { postProgress, tellIncident, timeOut } from './run-effects.ts';
import { milestones } from './run-milestones.ts';
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
  const refusal = forbids(playbook, request);
  if (refusal) return refuse(refusal);
  if (request.mode !== 'manual' && isOverByNow(request, facts)) return refuse('alert_gone');
  const checked = facts.pure.checkInputs(playbook.inputs, given(playbook, request));
  if (!checked.ok) return refuse('inputs_invalid', checked.problems.join('; '));
  return started(blank({ id, request, playbook, inputs: checked.inputs, facts }), event, { facts, playbook });
}

function forbids(playbook: Playbook, { mode, requestedBy }: RunRequest): Reason | undefined {
  if (!playbook.enabled) return 'playbook_disabled';
  if (!mayAct(requestedBy)) return 'not_a_member';
  if (mode === 'auto' && playbook.risk === 'high') return 'auto_refused';
  return mayStart(playbook, requestedBy) ? undefined : 'not_allowed';
}

/**
 * Where the playbook names roles for starting by hand, a person needs one of them. Where it names none, an approval
 * step keeps the gate, and without one a person needs some role at all: their click is all that stands before the act.
 */
function mayStart({ triggers, steps }: Playbook, by: Actor): boolean {
  if (by.kind !== 'person') return true;
  const roles = triggers.flatMap((trigger) => (trigger.kind === 'manual' ? trigger.roles : []));
  if (roles.length) return roles.some((role) => by.roles.includes(role));
  return by.roles.length > 0 || steps.some(({ action }) => action === 'approval');
}

/** A resolved alert never starts a run. */
const isOverByNow = ({ subject }: RunRequest, { alerts }: Facts): boolean =>
  subject.alert !== undefined && alerts.get(subject.alert.fingerprint)?.status === 'resolved';

/** What was typed goes before what the alert says. */
function given({ inputs }: Playbook, { inputs: typed, subject }: RunRequest): JsonObject {
  const labels = subject.alert?.labels ?? {};
  const annotations = subject.alert?.annotations ?? {};
  const fromAlert = Object.entries(inputs).flatMap(([name, { from }]) => {
    const [, where, key] = /^alert\.(labels|annotations)\.(.+)$/.exec(from ?? '') ?? [];
    const value = key === undefined ? undefined : (where === 'labels' ? labels : annotations)[key];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(fromAlert), ...typed };
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
    steps: playbook.steps.map(({ id: step, name, action }) => ({
      id: step,
      name,
      action,
      status: 'pending',
      attempt: 0,
      outputs: {},
      note: '',
      change: '',
    })),
  };
}

function started(run: Run, event: Requested, { facts, playbook }: { facts: Facts; playbook: Playbook }): Decision<Run> {
  const group = groupLock(run, playbook, facts);
  if (!group.ok) return refuse('inputs_invalid', group.problem);
  const locks = group.key === undefined ? {} : { [group.key]: run.id };
  const { run: state, effects, claims } = advance({ ...run, locks }, { playbook, facts });
  const taken: readonly Claim[] = [
    take(activeKey(playbook.id, run.incident), run.id),
    ...Object.keys(locks).map((key) => take(key, run.id)),
    isFree(stopKey),
  ];
  return {
    state,
    reason: 'run_started',
    // A run that is over at once (nothing to do) holds nothing.
    claims: state.endedAt === undefined ? [...taken, ...claims] : [isFree(stopKey)],
    effects: [
      postProgress(state),
      timeOut(state, facts.now + playbook.timeoutMs),
      tellIncident(state, facts.now),
      ...effects,
    ],
    history: [
      entry({ event: event.id, now: facts.now }, run.requestedBy, 'run_started', playbook.name),
      ...milestones(run, state, { event: event.id, now: facts.now }),
    ],
  };
}

function groupLock(
  run: Run,
  { concurrency }: Playbook,
  { pure }: Facts,
): { ok: true; key: string | undefined } | { ok: false; problem: string } {
  if (concurrency === undefined) return { ok: true, key: undefined };
  const group = pure.render(concurrency, scopeOf(run));
  if (!group.ok) return group;
  return {
    ok: true,
    key: lockKey(`group/${typeof group.value === 'string' ? group.value : JSON.stringify(group.value)}`),
  };
}
