/** Runs in a world of their own: what the store, the queue, the workers and the people would do, one thing at a time. */
import { isDeepStrictEqual } from 'node:util';
import { activeKey, type Claim, isGuardKey } from '../../../src/domain/claim.ts';
import { decideRun } from '../../../src/domain/decide-run.ts';
import { type Effect, isRefresh, type Parent, type RunRequest } from '../../../src/domain/effect.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import type { EventId, IncidentId, RunId } from '../../../src/domain/ids.ts';
import type { Playbook } from '../../../src/domain/playbook.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import { isOver, type Run, type RunEventBody, type StepOutcome } from '../../../src/domain/run.ts';
import { nine } from '../../support/alerts.ts';
import { facts, runId } from '../../support/facts.ts';
import { alice } from '../../support/people.ts';
import { children } from './written.ts';

/** An effect as the store keeps it: opened once, begun by one worker at a time, settled with what came of it. */
export interface Job {
  readonly effect: Effect;
  st: 'ready' | 'running' | 'settled';
  n: number;
  at: number;
}

/** One act on the target. */
export interface Act {
  readonly run: RunId;
  readonly step: string;
  readonly attempt: number;
  readonly n: number;
  readonly followed: boolean;
}

export interface Moment {
  readonly id: RunId;
  readonly before: Run;
  readonly after: Run;
  readonly body: RunEventBody;
  readonly reason: Reason;
}

export interface World {
  readonly runs: Map<RunId, Run>;
  readonly claims: Map<string, string>;
  readonly jobs: Map<string, Job>;
  readonly acts: Act[];
  readonly playbooks: readonly Playbook[];
  now: number;
  /** Of every action: with a new one, every plan is another. */
  version: number;
  facts(): Facts;
  /** What is to be done now. */
  due(): readonly Job[];
  begin(job: Job): void;
  /** The worker of a step is back. */
  finish(job: Job, outcome: StepOutcome): void;
  /** The worker of a step is dead; after its lease another one takes over. */
  crash(job: Job): void;
  receive(id: RunId, body: RunEventBody): Reason;
  playbookOf(run: Run): Playbook;
}

const shown = /^(notify$|post_|refresh_|upload_|tell_incident|preview_|remind_)/;

export function worldOf(main: Playbook, law: (moment: Moment, world: World) => void): World {
  const playbooks = [main, ...children];
  const runs = new Map<RunId, Run>();
  const claims = new Map<string, string>();
  const jobs = new Map<string, Job>();
  const acts: Act[] = [];
  let events = 0;

  const world: World = {
    ...{ runs, claims, jobs, acts, playbooks, now: nine, version: 1 },
    facts: () => {
      const plain = facts({ now: world.now, held: (key) => claims.get(key) ?? null }, playbooks);
      return {
        ...plain,
        action: (id) => {
          const action = plain.action(id);
          return action && { ...action, version: world.version };
        },
      };
    },
    due: () => [...jobs.values()].filter(({ st, at }) => st === 'ready' && at <= world.now),
    begin: (job) => performers[job.effect.kind]?.(job, job.effect as never),
    finish(job, outcome) {
      if (job.effect.kind !== 'run_step') throw new Error('only a step is finished');
      const { run, step, attempt } = job.effect;
      receive(run, { kind: 'step_finished', step, attempt, outcome }, `${job.effect.id}#${job.n}`);
      job.st = 'settled';
    },
    crash(job) {
      job.st = 'ready';
      job.at = world.now + 15_000;
    },
    receive: (id, body) => receive(id, body).reason,
    playbookOf: (run) => playbooks.find(({ hash }) => hash === run.playbook.hash) ?? main,
  };

  function receive(id: RunId, body: RunEventBody, named?: string): { reason: Reason; blocked?: Claim } {
    events += 1;
    const event = named ?? `e${events}`;
    const before = runs.get(id);
    const decide = () => decideRun(id, before, { event: { ...body, id: event as EventId }, facts: world.facts() });
    const decision = decide();
    if (events % 8 === 0 && !isDeepStrictEqual(decide(), decision)) throw new Error(`decided otherwise: ${body.kind}`);
    const misfit = decision.claims.find(
      ({ key, expect }) => expect !== undefined && (claims.get(key) ?? null) !== expect,
    );
    if (misfit) return { reason: blockedBy(misfit), blocked: misfit };
    for (const { key, set } of decision.claims) {
      if (set === null) claims.delete(key);
      else if (set !== undefined) claims.set(key, set);
    }
    for (const effect of decision.effects) open(effect);
    if (!decision.state) return { reason: decision.reason };
    // As it comes back from the store.
    const after = JSON.parse(JSON.stringify(decision.state)) as Run;
    runs.set(id, after);
    law({ id, before: before ?? after, after, body, reason: decision.reason }, world);
    return { reason: decision.reason };
  }

  /** What is opened is opened once; pictures and posts are nothing that a run waits for. */
  function open(effect: Effect): void {
    if (jobs.has(effect.id) || isRefresh(effect) || shown.test(effect.kind)) return;
    jobs.set(effect.id, { effect, st: 'ready', n: 0, at: effect.dueAt ?? world.now });
  }

  const isWanted = (run: RunId, { run: parent, step }: Parent): boolean => {
    const above = runs.get(parent);
    const unit = above?.steps.find(({ id }) => id === step);
    return unit?.status === 'waiting_run' && unit.child === run && above?.cancelledBy === undefined;
  };

  type Performer = (job: Job, effect: never) => void;
  const later = (job: Job): void => {
    job.st = 'ready';
    job.at = world.now + 2_000;
  };
  const told =
    <E extends Effect>(body: (effect: E) => RunEventBody): Performer =>
    (job, effect: E) => {
      receive((effect as { run: RunId }).run, body(effect));
      job.st = 'settled';
    };
  type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

  const performers: Readonly<Record<string, Performer>> = {
    run_step: (job, effect: Of<'run_step'>) => {
      const { run, step, attempt } = effect;
      job.n += 1;
      const { reason, blocked } = receive(run, { kind: 'step_started', step, attempt }, `${effect.id}#${job.n}`);
      if (blocked) {
        const why = reason === 'automation_stopped' ? reason : 'target_busy';
        receive(run, { kind: 'step_blocked', step, attempt, why, by: 'another' });
        return later(job);
      }
      if (reason !== 'step_started') {
        job.st = 'settled';
        return;
      }
      job.st = 'running';
      const unit = runs.get(run)?.steps.find(({ id }) => id === step);
      acts.push({ run, step, attempt, n: job.n, followed: unit?.handle !== undefined });
    },
    start_queued: (job, { run }: Of<'start_queued'>) => {
      const { reason, blocked } = receive(run, { kind: 'run_dequeued' });
      if (blocked || reason === 'target_busy') return later(job);
      job.st = 'settled';
    },
    tell_run: (job, effect: Of<'tell_run'>) => {
      const { run, request } = effect;
      if (request.parent && !isWanted(run, request.parent)) {
        job.st = 'settled';
        const { step, run: parent } = request.parent;
        receive(parent, { kind: 'child_ended', step, child: run, status: 'cancelled', outcome: 'gone' });
        return;
      }
      const { reason } = receive(run, { kind: 'run_requested', request });
      if (reason === 'automation_stopped') return later(job);
      job.st = 'settled';
      if (runs.has(run) || !request.parent) return;
      const { step, run: parent } = request.parent;
      receive(parent, { kind: 'child_ended', step, child: run, status: 'failed', outcome: reason });
    },
    verify_step: told(({ step, attempt, check, poll }: Of<'verify_step'>) => ({
      ...{ kind: 'step_verified', step, attempt, check, poll },
      outcome: { kind: 'succeeded', outputs: { value: world.now % 3 ? 1 : 0 } },
    })),
    tell_parent: told(({ news }: Of<'tell_parent'>) => ({ kind: 'child_ended', ...news })),
    tell_run_cancelled: told(({ by }: Of<'tell_run_cancelled'>) => ({
      ...{ kind: 'cancel_run', by: { kind: 'tocsin' }, why: by },
    })),
    time_out_step: told(({ step, attempt }: Of<'time_out_step'>) => ({ kind: 'step_timed_out', step, attempt })),
    end_wait: told(({ step }: Of<'end_wait'>) => ({ kind: 'wait_ended', step })),
    expire_answer: told(({ step }: Of<'expire_answer'>) => ({ kind: 'answer_expired', step })),
    expire_approval: told(({ approval }: Of<'expire_approval'>) => ({ kind: 'approval_expired', approval })),
    time_out_run: told(() => ({ kind: 'run_timed_out' })),
  };

  receive(runId, { kind: 'run_requested', request: requestFor(main) });
  return world;
}

const requestFor = (main: Playbook): RunRequest => ({
  ...{ playbook: main.hash, incident: 'inc-1' as IncidentId, mode: 'manual', requestedBy: alice, inputs: {} },
  subject: { incident: { id: 'inc-1' as IncidentId, number: 1, title: 'x', severity: 'sev1', service: 'shop' } },
});

/** As `commit.ts` words it. Giving back, and what is decided again, must fit: nobody else is at work here. */
function blockedBy({ key, expect, set, again }: Claim): Reason {
  if (typeof expect === 'string' && set === null) throw new Error(`gives back ${key}, which it does not hold`);
  if (again || isGuardKey(key)) throw new Error(`would decide for ever about ${key}`);
  if (key === 'stop') return 'automation_stopped';
  return key.startsWith('active/') ? 'run_exists' : 'target_busy';
}

export const openRuns = ({ runs }: World): readonly Run[] => [...runs.values()].filter((run) => !isOver(run));

export const activeKeyOf = ({ playbook, incident }: Run): string => activeKey(playbook.id, incident);
