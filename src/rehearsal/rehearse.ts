/** Plays one case of a playbook's test from its start to where it ends, or waits for something that nobody gives. */
import type { AlertGroup } from '../domain/alert.ts';
import type { Approval } from '../domain/approval.ts';
import { durationMs } from '../domain/duration.ts';
import type { PureFunctions } from '../domain/facts.ts';
import { type EventId, incidentId, type UserRef } from '../domain/ids.ts';
import type { IntentBody } from '../domain/intent.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Person } from '../domain/person.ts';
import type { Playbook, Step } from '../domain/playbook.ts';
import type { Policy } from '../domain/policy.ts';
import { isOver, type Run, waitingApproval } from '../domain/run.ts';
import { nextOccurrence, type Occurrence } from '../domain/schedule.ts';
import { rollbackId } from '../domain/units.ts';
import type { Answer, Secrets, StepAction } from '../engine/ports.ts';
import type { TestCase, TestPerson } from '../playbooks/test-file.ts';
import { baseOf, type Dispatch, lookName, type Mocking, mockedActions } from './mocks.ts';
import { approversFor, longestFor, startersOf } from './people.ts';
import { deliver, openStage, type Stage } from './stage.ts';

export interface Rehearsed {
  /** Undefined: it was refused. */
  readonly run: Run | undefined;
  /** Why it was refused. */
  readonly refused?: { readonly reason: string; readonly said: string };
  readonly dispatches: readonly Dispatch[];
  readonly reasons: readonly string[];
}

export interface Rehearsing {
  readonly playbook: Playbook;
  /** All of the folder, so that one may run another. */
  readonly playbooks: readonly Playbook[];
  readonly actions: readonly StepAction[];
  readonly policy: Policy;
  readonly pure: PureFunctions;
  readonly alert: AlertGroup;
  /** What steps give, where it is not the case that says so. */
  readonly act?: Mocking['act'];
  /** Where what is read is real. */
  readonly secrets?: Secrets;
}

const startOf = ({ at }: TestCase): number => Date.parse(at ?? '2026-01-05T10:00:00Z');
/** A case that goes on for longer does not end. */
const longestMs = 7 * 24 * 3_600_000;
const mostMoves = 5_000;

export async function rehearse(test: TestCase, { playbook, alert, ...parts }: Rehearsing): Promise<Rehearsed> {
  let stage: Stage | undefined;
  const { actions, dispatches } = mockedActions(parts.actions, {
    mocks: test.mocks,
    ...(test.crash && { crash: test.crash }),
    ...(parts.act && { act: parts.act }),
    onCrash: () => stage?.die(),
    prefixOf: async (run) => prefixOf(run, (await stage?.runs()) ?? []),
  });
  const looks = looksOf(test);
  const tested = asTested(playbook, test.mode, looks);
  const others = parts.playbooks.filter(({ id }) => id !== playbook.id).map((one) => asTested(one, 'manual', looks));
  let why = 'nothing_new';
  const onRefused = (reason: string): void => {
    why = reason;
  };
  stage = await openStage({ ...parts, playbooks: [tested, ...others], actions, startsAt: startOf(test), onRefused });
  try {
    const refused = await begin(stage, test, { playbook: tested, alert, pure: parts.pure, why: () => why });
    const alice = { name: 'alice', roles: [...parts.policy.roles, ...startersOf(playbook), 'responder'], groups: [] };
    const cancelAt = stage.now() + (durationMs(test.cancel_after ?? '') ?? Number.POSITIVE_INFINITY);
    const run = refused ? undefined : await play({ stage, test, alice, cancelAt });
    const reasons = run ? await stage.reasons(run.id) : await stage.reasons(incidentId(1));
    return { run, ...(refused && { refused }), dispatches, reasons };
  } finally {
    stage.close();
  }
}

function prefixOf(id: string, runs: readonly Run[]): string {
  const parent = runs.find((run) => run.id === id)?.parent;
  return parent ? `${prefixOf(parent.run, runs)}${parent.step}/` : '';
}

type Looks = (step: string, check: number) => boolean;

/** Looks that the case says something about. */
function looksOf({ mocks }: TestCase): Looks {
  const named = Object.keys(mocks).map(baseOf);
  return (step, check) => named.some((name) => name.replace(/^.*\//, '') === lookName(step, check));
}

/** A look that the case says nothing about is good at once; an alert or a schedule starts the playbook only where the case says so. */
function asTested(playbook: Playbook, mode: TestCase['mode'], looks: Looks): Playbook {
  const each = (steps: readonly Step[]): readonly Step[] => steps.map((step) => withLooks(step, step.id, looks));
  const { steps, onFailure, onCancel } = playbook;
  const tested = {
    ...playbook,
    steps: each(steps),
    onFailure: each(onFailure),
    onCancel: each(onCancel),
    finally: each(playbook.finally),
  };
  return mode === 'manual' ? byHandOnly(tested) : tested;
}

function withLooks(step: Step, name: string, looks: Looks): Step {
  const { verify, rollback, parallel } = step;
  return {
    ...step,
    verify: verify.map((look, at) => (looks(name, at) ? look : { ...look, expect: '${{ true }}', stableForMs: 0 })),
    rollback: rollback.map((undo) => withLooks(undo, rollbackId(name, undo.id), looks)),
    ...(parallel && { parallel: parallel.map((child) => withLooks(child, child.id, looks)) }),
  };
}

const byHandOnly = (playbook: Playbook): Playbook => ({
  ...playbook,
  triggers: playbook.triggers.filter(({ kind }) => kind === 'manual'),
});

interface Beginning {
  readonly playbook: Playbook;
  readonly alert: AlertGroup;
  readonly pure: PureFunctions;
  /** Why a run was not to be. */
  readonly why: () => string;
}

async function begin(stage: Stage, test: TestCase, beginning: Beginning): Promise<Rehearsed['refused']> {
  const { playbook, alert, why } = beginning;
  if (test.mode === 'schedule') {
    const { mode } = await comes(stage, beginning);
    // Who clicks takes up the version that is offered.
    if (mode === 'propose') return await startedByHand(stage, test, { ...playbook, id: playbook.hash });
    return (await stage.runs()).length ? undefined : { reason: why(), said: 'its schedule did not start it' };
  }
  await deliver(stage, alert);
  if (test.mode === 'manual') return await startedByHand(stage, test, playbook);
  await stage.pass(longestFor(playbook));
  if ((await stage.runs()).length) return undefined;
  const reasons = await stage.reasons(incidentId(1));
  return { reason: reasons.at(-1) ?? 'nothing_new', said: 'the alert did not start it' };
}

async function startedByHand(stage: Stage, test: TestCase, playbook: Playbook): Promise<Rehearsed['refused']> {
  const anybody = { name: 'alice', roles: [...startersOf(playbook), 'responder'], groups: [] };
  const by = personOf(test.requester ?? anybody, stage.now());
  const intent = {
    kind: 'run_playbook',
    playbook: playbook.id,
    incident: 'inc-1',
    inputs: test.inputs as JsonObject,
  } as const;
  const { reason, done, message } = await asks(stage, by, intent);
  return done ? undefined : { reason, said: message.summary };
}

/** The next time of its schedule. */
async function comes(stage: Stage, { playbook, pure }: Beginning): Promise<Occurrence> {
  const { schedules } = stage.engine();
  await schedules.look();
  const next = nextOccurrence(playbook, stage.now(), pure);
  if (!next) throw new Error('`mode: schedule`: the playbook has no trigger `schedule`');
  await stage.pass(next.at - stage.now());
  await schedules.look();
  await stage.settle();
  return next;
}

let asked = 0;

async function asks(stage: Stage, by: Person, intent: IntentBody): Promise<Answer> {
  asked += 1;
  const answer = await stage.engine().desk.act({ ...intent, id: `rehearsal-${asked}` as EventId, by });
  await stage.settle();
  return answer;
}

const personOf = ({ name, roles, groups }: TestPerson, now: number): Person => ({
  kind: 'person',
  user: `U${name.toUpperCase()}` as UserRef,
  name,
  handle: name,
  roles,
  groups,
  standing: 'member',
  askedAt: now,
});

interface Play {
  readonly stage: Stage;
  readonly test: TestCase;
  /** Who does what anybody may do. */
  readonly alice: TestPerson;
  /** When alice cancels it. */
  readonly cancelAt: number;
}

/** Does what people would do, or lets time pass, until the run is over or waits for what the case does not give. */
async function play(play: Play): Promise<Run | undefined> {
  const { stage, alice, cancelAt } = play;
  const until = stage.now() + longestMs;
  await stage.settle();
  for (let move = 0; move < mostMoves && stage.now() < until; move += 1) {
    const run = (await stage.runs()).at(-1);
    if (!run || isOver(run)) break;
    if (stage.now() >= cancelAt && run.cancelledBy === undefined && !run.ending)
      await asks(stage, personOf(alice, stage.now()), { kind: 'cancel_run', run: run.id });
    else if (!(await moved(play))) break;
  }
  return (await stage.runs()).at(-1);
}

/** Of all runs that are open: whatever a person would do next, else time passes. */
async function moved(play: Play): Promise<boolean> {
  const { stage, cancelAt } = play;
  for (const run of await stage.runs()) {
    const did = isOver(run) ? undefined : await personDoes(play, run);
    if (did === 'done') return true;
    if (did === 'nobody does') return await cancelled(play);
  }
  return stage.now() < cancelAt ? (await stage.skip(cancelAt)) || (await cancelled(play)) : await stage.skip();
}

/** Nothing comes before it: time passes until then. */
async function cancelled({ stage, cancelAt }: Play): Promise<boolean> {
  if (stage.now() >= cancelAt || cancelAt === Number.POSITIVE_INFINITY) return false;
  await stage.pass(cancelAt - stage.now());
  return true;
}

type Did = 'done' | 'nobody does' | undefined;

async function personDoes(play: Play, run: Run): Promise<Did> {
  const approval = waitingApproval(run);
  if (approval) return await votes(play, run, approval);
  const asking = run.steps.find(({ status }) => status === 'waiting_answer');
  if (asking) return await answers(play, run, asking.id);
  const lost = run.steps.find(({ status }) => status === 'unknown');
  return lost && (await settles(play, run, lost.id));
}

async function votes({ stage, test }: Play, run: Run, { id, step, spec }: Approval): Promise<Did> {
  const how = test.approvals[step] ?? 'approve';
  if (how === 'expire') return undefined;
  const kind = how === 'reject' ? 'reject' : 'approve';
  let counted = false;
  for (const one of typeof how === 'string' ? approversFor(spec) : how.by) {
    const intent = { kind, run: run.id, approval: id, comment: 'rehearsed' } as const;
    const { done } = await asks(stage, personOf(one, stage.now()), intent);
    counted ||= done;
    if (kind === 'reject') break;
  }
  return counted ? 'done' : 'nobody does';
}

/** A question that the case does not answer expires. */
async function answers({ stage, test, alice }: Play, run: Run, step: string): Promise<Did> {
  if (!Object.hasOwn(test.answers, step)) return undefined;
  const asked = run.steps.find(({ id }) => id === step)?.question?.spec.roles ?? [];
  const by = personOf({ ...alice, roles: [...alice.roles, ...asked] }, stage.now());
  const value = test.answers[step];
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const { done } = await asks(stage, by, { kind: 'answer', run: run.id, step, value: text });
  return done ? 'done' : 'nobody does';
}

async function settles({ stage, test, alice }: Play, run: Run, step: string): Promise<Did> {
  const verdict = test.settle[step];
  if (verdict === undefined) return 'nobody does';
  const intent = { kind: 'settle_unknown', run: run.id, step, verdict } as const;
  const { done } = await asks(stage, personOf(alice, stage.now()), intent);
  return done ? 'done' : 'nobody does';
}
