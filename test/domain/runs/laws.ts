/** What must be true of a run after whatever happened to it, and of the world that it stands in. */
import { type Course, coveringOf, planOf, unitArguments } from '../../../src/domain/plan.ts';
import { isOver, type Run, type StepRun } from '../../../src/domain/run.ts';
import { isPast } from '../../../src/domain/run-units.ts';
import { specOf } from '../../../src/domain/units.ts';
import { type Act, activeKeyOf, type Job, type Moment, openRuns, type World } from './world.ts';

const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

const changed = (before: Run, after: Run): readonly (readonly [StepRun | undefined, StepRun])[] =>
  after.steps.map((unit) => [before.steps.find(({ id }) => id === unit.id), unit] as const);

const courseOf = (run: Run, world: World): Course => ({ playbook: world.playbookOf(run), facts: world.facts() });
const isGroup = (unit: StepRun, run: Run, world: World): boolean => {
  const { foreach, parallel } = specOf(unit.id, world.playbookOf(run));
  return foreach !== undefined || parallel !== undefined;
};

/** After each event. */
export function afterEach(moment: Moment, world: World): void {
  const { before, after } = moment;
  if (isOver(before)) must(JSON.stringify(before) === JSON.stringify(after), 'an end is no end');
  must(JSON.stringify(after).length < 60_000, 'the state grows');
  must(after.status === statusOf(after), `it is ${statusOf(after)}, and said to be ${after.status}`);
  cancelled(moment);
  ending(moment);
  approvals(moment);
  begins(moment, world);
  holds(after, world);
  parallel(after, world);
}

function statusOf(run: Run): Run['status'] {
  if (run.endedAt !== undefined || run.status === 'queued') return run.status;
  if (run.steps.some(({ status }) => status === 'unknown')) return 'needs_attention';
  if (run.approvals.some(({ status }) => status === 'waiting')) return 'waiting_approval';
  return run.steps.some(({ status }) => status === 'waiting_answer') ? 'waiting_answer' : 'running';
}

const beginning = new Set(['ready', 'running', 'waiting', 'waiting_answer', 'waiting_run', 'waiting_approval']);
const isNew = (old: StepRun | undefined, unit: StepRun): boolean =>
  beginning.has(unit.status) && (old === undefined || !beginning.has(old.status) || old.attempt !== unit.attempt);
const isBegun = (old: StepRun | undefined, { status, began }: StepRun): boolean =>
  status === 'running' && began !== undefined && old?.status !== 'running';

function cancelled({ before, after }: Moment): void {
  if (before.cancelledBy === undefined || before.phase !== 'steps') return;
  for (const [old, unit] of changed(before, after)) {
    const isMain = unit.phase === 'steps';
    must(!(isMain && (isNew(old, unit) || isBegun(old, unit))), `${unit.id} begins after the run was cancelled`);
  }
}

function ending({ before, after }: Moment): void {
  if (!before.ending) return;
  for (const [old, unit] of changed(before, after)) {
    if (unit.phase !== 'steps' || unit.action === 'approval') continue;
    must(!isNew(old, unit) && !isBegun(old, unit), `${unit.id} begins after the main part was over`);
  }
}

const nextOf: Readonly<Record<string, readonly string[]>> = {
  waiting: ['waiting', 'approved', 'rejected', 'expired', 'void', 'lapsed'],
  approved: ['approved', 'void'],
};

function approvals({ before, after }: Moment): void {
  must(
    new Set(after.approvals.map(({ id }) => id)).size === after.approvals.length,
    'an approval has a name of its own',
  );
  must(after.approvals.filter(({ status }) => status === 'waiting').length <= 1, 'two approvals wait');
  for (const [at, { id, status, digest, decisions }] of before.approvals.entries()) {
    const now = after.approvals[at];
    must(now?.id === id && now.digest === digest, 'an approval is another');
    must((nextOf[status] ?? [status]).includes(now?.status ?? ''), `${id} was ${status} and is ${now?.status}`);
    must(status === 'waiting' || decisions.length === now?.decisions.length, `${id} is voted on after its end`);
  }
  for (const { status, decisions, spec, decidedAt = 0, expiresAt } of after.approvals) {
    if (status !== 'approved') continue;
    const voters = new Set(decisions.map(({ by }) => by.user));
    must(
      voters.size >= spec.minApprovals && !voters.has('ALICE' as never) && !voters.has('GUEST' as never),
      'not enough',
    );
    must(decidedAt < expiresAt, 'approved after its time');
  }
}

/** Of a step that begins: its approval is given, for just this. */
function begins({ before, after }: Moment, world: World): void {
  const course = courseOf(before, world);
  for (const [old, unit] of changed(before, after)) {
    if (!isBegun(old, unit) || isGroup(unit, after, world)) continue;
    const spec = specOf(unit.id, course.playbook);
    const asking =
      unit.phase === 'steps' || unit.phase === 'rollback' ? coveringOf(unit.id, course.playbook) : undefined;
    if (!asking || spec.effect === 'read') continue;
    if (after.steps.find(({ id }) => id === asking.id)?.status === 'skipped') continue;
    const given = after.approvals.findLast(({ step }) => step === asking.id);
    must(given?.status === 'approved', `${unit.id} begins, and its approval is ${given?.status}`);
    const plan = planOf(asking.id, before, course);
    must(plan.ok && plan.digest === given?.digest, `${unit.id} begins, and the plan is another`);
    const rendered = unitArguments(unit, spec, { run: before, course });
    const covered = given?.covers.find(({ id }) => id === unit.id);
    must(rendered.ok && JSON.stringify(rendered.args) === JSON.stringify(covered?.args), `${unit.id} is not as shown`);
  }
}

/** What runs say that they hold is what is held; each lock has somebody who needs it; who acts has their lock. */
function holds(run: Run, world: World): void {
  const mine = [...world.claims].filter(([key, by]) => key.startsWith('lock/') && by.split('/')[0] === run.id);
  must(
    JSON.stringify(mine.map(String).sort()) === JSON.stringify(Object.entries(run.locks).map(String).sort()),
    `holds ${JSON.stringify(run.locks)}, and the store says ${JSON.stringify(mine)}`,
  );
  must((world.claims.get(activeKeyOf(run)) === run.id) === !isOver(run), 'is the open run of its playbook, or is over');
  must(!isOver(run) || mine.length === 0, 'is over and holds something');
  for (const [key, by] of mine) {
    const unit = run.steps.find(({ id }) => by === `${run.id}/${id}`);
    must(by === run.id || (unit !== undefined && !isPast(unit)), `${key} is held by ${by}, which is over`);
  }
  acting(run, world);
}

function acting(run: Run, world: World): void {
  const course = courseOf(run, world);
  for (const unit of run.steps) {
    const acts = ['running', 'verifying', 'unknown'].includes(unit.status) && unit.began !== undefined;
    const spec = specOf(unit.id, course.playbook);
    if (!acts || spec.effect === 'read' || isGroup(unit, run, world)) continue;
    const args = unitArguments(unit, spec, { run, course });
    const target = args.ok ? course.facts.action(spec.action)?.lockOf(args.args) : undefined;
    if (target) must(run.locks[`lock/${target}`] === `${run.id}/${unit.id}`, `${unit.id} acts without its lock`);
  }
}

function parallel(run: Run, world: World): void {
  for (const group of run.steps) {
    const most = specOf(group.id, world.playbookOf(run)).foreach?.maxParallel;
    const busy = run.steps.filter((unit) => unit.group === group.id && unit.status !== 'pending' && !isPast(unit));
    if (most !== undefined) must(busy.length <= most, `${group.id}: ${busy.length} at once`);
  }
}

/** What is done to the target: never twice of one attempt, but for what may be. */
export function ofActs({ acts, runs, playbookOf }: World): void {
  const seen = new Map<string, Act>();
  for (const act of acts) {
    const run = runs.get(act.run);
    const effect = run && specOf(act.step, playbookOf(run)).effect;
    const name = `${act.run}.${act.step}.${act.attempt}`;
    const isAgain = seen.has(name) && !(effect === 'reattachable' && act.followed);
    must(!isAgain || effect === 'idempotent' || effect === 'read', `${name} (${effect}) was done twice`);
    seen.set(name, act);
  }
}

/** Between events: whatever is not over has something that will move it, or somebody who can. */
export function isAlive(world: World): void {
  const open = [...world.jobs.values()].filter(({ st }) => st !== 'settled');
  for (const run of openRuns(world)) alive(run, world, open);
}

function alive(run: Run, world: World, open: readonly Job[]): void {
  const has = (kind: string, more: object = {}): boolean =>
    open.some(({ effect }) => {
      const fields = effect as unknown as Readonly<Record<string, unknown>>;
      return fields.kind === kind && fields.run === run.id && Object.entries(more).every(([k, v]) => fields[k] === v);
    });
  if (run.status === 'queued') {
    must(has('start_queued') && has('time_out_run'), 'is queued, and nobody looks');
    return;
  }
  const units = run.steps.filter((unit) => !isPast(unit) && unit.status !== 'pending' && !isGroup(unit, run, world));
  must(units.length > 0, `nothing will happen: ${run.steps.map(({ id, status }) => `${id} ${status}`).join(', ')}`);
  for (const { id: step, status, attempt, verify, child } of units) {
    const moved: Readonly<Record<string, () => boolean>> = {
      ready: () => has('run_step', { step, attempt }),
      running: () => has('run_step', { step, attempt }) && has('time_out_step', { step, attempt }),
      verifying: () => has('verify_step', { step, attempt, check: verify?.check, poll: verify?.poll }),
      waiting: () => has('end_wait', { step }),
      waiting_answer: () => has('expire_answer', { step }),
      waiting_approval: () => {
        const asked = run.approvals.find((one) => one.status === 'waiting' && one.step === step);
        return asked !== undefined && has('expire_approval', { approval: asked.id });
      },
      waiting_run: () =>
        openRuns(world).some(({ id }) => id === child) ||
        open.some(({ effect }) => effect.kind === 'tell_run' && effect.run === child) ||
        open.some(({ effect }) => effect.kind === 'tell_parent' && effect.news.child === child),
      unknown: () => true,
    };
    must(moved[status]?.() ?? false, `${step} is ${status}, and nothing will move it`);
  }
  const isPatient = run.approvals.some(({ status }) => status === 'waiting') || /waiting_answer|needs/.test(run.status);
  must(isPatient || run.steps.some(({ status }) => status === 'waiting_answer') || has('time_out_run'), 'has no end');
}
