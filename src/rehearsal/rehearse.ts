/** Plays one case of a playbook's test from its start to where it ends, or waits for something that nobody gives. */
import type { AlertGroup } from '../domain/alert.ts';
import type { Approval } from '../domain/approval.ts';
import { durationMs } from '../domain/duration.ts';
import type { PureFunctions } from '../domain/facts.ts';
import { type EventId, incidentId, type UserRef } from '../domain/ids.ts';
import type { IntentBody } from '../domain/intent.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Person } from '../domain/person.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Policy } from '../domain/policy.ts';
import { isOver, type Run, waitingApproval } from '../domain/run.ts';
import type { Answer, StepAction } from '../engine/ports.ts';
import type { TestCase, TestPerson } from '../playbooks/test-file.ts';
import { type Dispatch, type Mocking, mockedActions } from './mocks.ts';
import { approversFor, startersOf } from './people.ts';
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
  });
  const tested = asTested(playbook, test);
  const others = parts.playbooks.filter(({ id }) => id !== playbook.id).map(withoutAlerts);
  stage = await openStage({ ...parts, playbooks: [tested, ...others], actions, startsAt: startOf(test) });
  try {
    const refused = await begin(stage, test, { playbook: tested, alert });
    const alice = { name: 'alice', roles: [...parts.policy.roles, ...startersOf(playbook), 'responder'], groups: [] };
    const run = refused ? undefined : await play({ stage, test, alice });
    const reasons = run ? await stage.reasons(run.id) : await stage.reasons(incidentId(1));
    return { run, ...(refused && { refused }), dispatches, reasons };
  } finally {
    stage.close();
  }
}

/** A look that the case says nothing about counts as good; an alert starts the playbook only where the case says so. */
function asTested(playbook: Playbook, { mode, mocks }: TestCase): Playbook {
  const steps = playbook.steps.map((step) => ({
    ...step,
    verify: step.verify.filter((_, at) => Object.hasOwn(mocks, `${step.id}.verify[${at}]`)),
  }));
  return mode === 'auto' ? { ...playbook, steps } : withoutAlerts({ ...playbook, steps });
}

const withoutAlerts = (playbook: Playbook): Playbook => ({
  ...playbook,
  triggers: playbook.triggers.filter(({ kind }) => kind === 'manual'),
});

interface Beginning {
  readonly playbook: Playbook;
  readonly alert: AlertGroup;
}

async function begin(stage: Stage, test: TestCase, { playbook, alert }: Beginning): Promise<Rehearsed['refused']> {
  await deliver(stage, alert);
  if (test.mode === 'auto') {
    await stage.pass(longestFor(playbook));
    if ((await stage.runs()).length) return undefined;
    const reasons = await stage.reasons(incidentId(1));
    return { reason: reasons.at(-1) ?? 'nothing_new', said: 'the alert did not start it' };
  }
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

/** Until every trigger that waits for an alert to last has looked. */
const longestFor = ({ triggers }: Playbook): number =>
  Math.max(0, ...triggers.map((trigger) => (trigger.kind === 'alert' ? trigger.forMs : 0))) + 1_000;

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
}

/** Does what people would do, or lets time pass, until the run is over or waits for what the case does not give. */
async function play({ stage, test, alice }: Play): Promise<Run | undefined> {
  const until = stage.now() + longestMs;
  const cancelAt = stage.now() + (durationMs(test.cancel_after ?? '') ?? Number.POSITIVE_INFINITY);
  await stage.settle();
  for (let move = 0; move < mostMoves && stage.now() < until; move += 1) {
    const run = (await stage.runs()).at(-1);
    if (!run || isOver(run)) break;
    if (stage.now() >= cancelAt && run.cancelledBy === undefined && !run.ending)
      await asks(stage, personOf(alice, stage.now()), { kind: 'cancel_run', run: run.id });
    else if (!(await moved({ stage, test, alice }))) break;
  }
  return (await stage.runs()).at(-1);
}

/** Of all runs that are open: whatever a person would do next, else time passes. */
async function moved(play: Play): Promise<boolean> {
  for (const run of await play.stage.runs()) {
    const did = isOver(run) ? undefined : await personDoes(play, run);
    if (did === 'done') return true;
    if (did === 'nobody does') return false;
  }
  return await play.stage.skip();
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
