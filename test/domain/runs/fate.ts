/** What the dice do to a world, and what a kind world does afterwards, until everything is over. */
import type { Run, RunEventBody, StepOutcome } from '../../../src/domain/run.ts';
import { alice, bob, carol, dave, guest } from '../../support/people.ts';
import type { Dice } from './dice.ts';
import { type Job, openRuns, type World } from './world.ts';

const outcomes: readonly StepOutcome[] = [
  { kind: 'succeeded', outputs: { value: 1 } },
  { kind: 'succeeded', outputs: { value: 1 } },
  { kind: 'succeeded', outputs: { value: 0 } },
  { kind: 'failed', message: 'x', when: 'before_dispatch', class: 'connect_error' },
  { kind: 'failed', message: 'x', when: 'after_dispatch', class: 'exit_code' },
  { kind: 'unknown', message: 'x' },
];
const people = [alice, bob, carol, dave, guest];
const verdicts = ['worked', 'failed', 'verify', 'retry'] as const;

const running = ({ jobs }: World): readonly Job[] => [...jobs.values()].filter(({ st }) => st === 'running');
const some = <T>(of: readonly T[], roll: Dice, then: (one: T) => void): void => {
  if (of.length) then(roll.one(of));
};
const ofSome = (world: World, roll: Dice, body: (run: Run) => RunEventBody): void =>
  some([...world.runs.values()], roll, (run) => void world.receive(run.id, body(run)));
const unitIn = (run: Run, roll: Dice) => roll.one(run.steps)?.id ?? 'none';

type Blow = (world: World, roll: Dice) => void;

/** Moves the run on, most of the time. */
const goOn: Blow = (world, roll) => some(world.due(), roll, (job) => world.begin(job));
const finish: Blow = (world, roll) => some(running(world), roll, (job) => world.finish(job, roll.one(outcomes)));
const vote: Blow = (world, roll) =>
  ofSome(world, roll, ({ approvals }) => ({
    kind: roll.in(6) ? 'reject' : 'approve',
    by: roll.one(people),
    approval: roll.one(['', '', ...approvals.map(({ id }) => id)]),
    ...(roll.in(3) && { digest: roll.one(['0', ...approvals.map(({ digest }) => digest.slice(0, 8))]) }),
  }));
const settle: Blow = (world, roll) =>
  ofSome(world, roll, (run) => ({
    kind: 'settle_unknown',
    by: roll.one(people),
    step: roll.one([...run.steps.filter(({ status }) => status === 'unknown'), ...run.steps])?.id ?? '',
    verdict: roll.one(verdicts),
  }));

const blows: readonly Blow[] = [
  ...[goOn, goOn, goOn, goOn, goOn, goOn, finish, finish, finish, finish, vote, vote, settle, settle],
  (world, roll) => ofSome(world, roll, () => ({ kind: 'answer', by: roll.one(people), step: '', value: 1 })),
  (world, roll) => some(running(world), roll, (job) => world.crash(job)),
  (world, roll) => some(running(world), roll, (job) => checkpoint(world, job)),
  // Late, repeated, of other attempts and of other steps.
  (world, roll) => ofSome(world, roll, (run) => stray(run, roll)),
  (world, roll) => ofSome(world, roll, (run) => stray(run, roll)),
  (world, roll) => {
    if (roll.in(3)) ofSome(world, roll, () => ({ kind: 'cancel_run', by: roll.one(people) }));
  },
  (world, roll) => {
    if (roll.in(3)) ofSome(world, roll, () => ({ kind: 'alert_over' }));
  },
  (world, roll) => {
    if (roll.in(8)) wentBack(world);
  },
  (world, roll) => {
    world.now += roll.one([1_000, 5_000, 21_000, 60_000, 400_000]);
  },
  (world) => {
    world.now = Math.min(...[...world.jobs.values()].flatMap(({ st, at }) => (st === 'ready' ? [at] : [])), 1e15);
  },
  // Somebody sets the clock.
  (world, roll) => {
    if (roll.in(4)) world.now += roll.one([3_600_000, -3_600_000]);
  },
  (world, roll) => {
    if (roll.in(4)) world.version += 1;
  },
  ({ claims }) => {
    if (!claims.delete('stop')) claims.set('stop', 'x');
  },
  ({ claims }) => {
    if (claims.get('lock/host/shop-2') === 'run-x/a') claims.delete('lock/host/shop-2');
    else if (!claims.has('lock/host/shop-2')) claims.set('lock/host/shop-2', 'run-x/a');
  },
];

function checkpoint(world: World, { effect }: Job): void {
  if (effect.kind !== 'run_step') return;
  const { run, step, attempt } = effect;
  world.receive(run, { kind: 'step_checkpointed', step, attempt, handle: { pid: 1 } });
}

/** Each run hears of it, and no worker has what it had. */
function wentBack(world: World): void {
  for (const job of running(world)) world.crash(job);
  for (const { id } of openRuns(world)) world.receive(id, { kind: 'store_went_back' });
}

function stray(run: Run, roll: Dice): RunEventBody {
  const step = unitIn(run, roll);
  const unit = run.steps.find(({ id }) => id === step);
  // Never of the present attempt: its worker's word is tied to its claim.
  const attempt = (unit?.attempt ?? 0) > 1 && roll.in(2) ? 1 : (unit?.attempt ?? 0) + 1;
  const outcome = roll.one(outcomes);
  return roll.one<RunEventBody>([
    { kind: 'step_started', step, attempt },
    { kind: 'step_finished', step, attempt, outcome },
    { kind: 'step_verified', step, attempt, check: roll.below(2), poll: roll.below(3), outcome },
    { kind: 'step_blocked', step, attempt, why: 'target_busy', by: 'run-9' },
    { kind: 'step_checkpointed', step, attempt, handle: { pid: 2 } },
    { kind: 'step_timed_out', step, attempt },
    { kind: 'child_ended', step, child: 'run-9' as never, status: 'failed', outcome: 'x' },
    { kind: 'approval_expired', approval: run.approvals[0]?.id ?? 'a.1' },
    { kind: 'answer_expired', step },
    { kind: 'run_dequeued' },
    { kind: 'run_timed_out' },
  ]);
}

export const strike: Blow = (world, roll) => roll.one(blows)(world, roll);

const most = 500;

/** Nothing goes wrong any more and people do what is asked of them: then everything comes to its end. */
export function goWell(world: World): void {
  world.claims.delete('stop');
  if (world.claims.get('lock/host/shop-2') === 'run-x/a') world.claims.delete('lock/host/shop-2');
  for (let steps = 0; openRuns(world).length || world.due().length; steps += 1) {
    if (steps > most) throw new Error(`never ends: ${JSON.stringify(openRuns(world).map(inShort))}`);
    if (!kindly(world)) pass(world);
    // Whoever set the clock back may have put things off for an hour.
    if (steps > 100) world.now += 60_000;
  }
}

const inShort = ({ id, status, steps }: Run) => [id, status, ...steps.map((unit) => `${unit.id} ${unit.status}`)];

function kindly(world: World): boolean {
  const [job] = running(world);
  if (job) world.finish(job, { kind: 'succeeded', outputs: { value: 1 } });
  const due = world.due();
  for (const next of due) world.begin(next);
  return [job !== undefined || due.length > 0, ...openRuns(world).map((run) => helped(world, run))].includes(true);
}

function helped(world: World, run: Run): boolean {
  const unknown = run.steps.find(({ status }) => status === 'unknown');
  if (unknown) world.receive(run.id, { kind: 'settle_unknown', by: bob, step: unknown.id, verdict: 'worked' });
  else if (run.status === 'waiting_approval')
    for (const by of [bob, carol]) world.receive(run.id, { kind: 'approve', by, approval: '' });
  else if (run.steps.some(({ status }) => status === 'waiting_answer'))
    world.receive(run.id, { kind: 'answer', by: bob, step: '', value: 1 });
  else return false;
  return true;
}

/** To the next thing that becomes due. */
function pass(world: World): void {
  const next = [...world.jobs.values()].flatMap(({ st, at }) => (st === 'ready' ? [at] : []));
  if (!next.length) throw new Error('waits for nothing');
  world.now = Math.max(world.now, Math.min(...next));
}
