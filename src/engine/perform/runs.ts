/** Runs that are asked for, wait for their turn, start others, and hear of them. */
import type { RunRequest } from '../../domain/effect.ts';
import type { EventId, RunId } from '../../domain/ids.ts';
import { actorName, tocsin } from '../../domain/person.ts';
import { explain } from '../announce/explain.ts';
import type { Received } from '../commit.ts';
import type { World } from '../world.ts';
import type { Learned, Performers } from './performer.ts';
import { runOf } from './read.ts';

/** While the global stop is set, or the group is taken. */
const blockedMs = 2_000;

export const runPerformers = {
  tell_run: async ({ run, request, id }, { world, receive, hold }) => {
    if (!(await isWanted(world, { run, request }))) return notWanted(run, request);
    const received = await receive.run(run, { id: id as string as EventId, kind: 'run_requested', request });
    if (received.reason === 'automation_stopped') return { againInMs: blockedMs };
    if (started.has(received.reason) || (await runOf(world, run))) {
      // Whoever started it may have been cancelled in between, and told of it when there was nobody to hear it.
      if (!(await isWanted(world, { run, request }))) await receive.run(run, { id: `${id}!gone` as EventId, ...gone });
      return 'done';
    }
    const { reason, detail } = received;
    world.telemetry.log.warn('a run was refused', { run, reason, detail, attempt: hold.n });
    return await refused(world, { run, request, received });
  },
  start_queued: async ({ run, id }, { receive, hold }) => {
    const received = await receive.run(run, { id: `${id}#${hold.n}` as EventId, kind: 'run_dequeued' });
    const waits = received.reason === 'target_busy' || received.reason === 'automation_stopped';
    return waits ? { againInMs: blockedMs } : 'done';
  },
  tell_parent: async ({ run, news }) => ({ to: run, event: { kind: 'child_ended', ...news }, atOnce: true }),
  tell_run_cancelled: async ({ run, by }) => ({
    to: run,
    event: { kind: 'cancel_run', by: tocsin, why: by },
    atOnce: true,
  }),
  time_out_step: async ({ run, step, attempt }) => ({
    to: run,
    event: { kind: 'step_timed_out', step, attempt },
    atOnce: true,
  }),
} satisfies Partial<Performers>;

const gone = { kind: 'cancel_run', by: tocsin, why: 'the end of what started it' } as const;

/** What another run asked for, as long as that one waits for it. */
async function isWanted(world: World, { run, request: { parent } }: Told): Promise<boolean> {
  if (!parent) return true;
  const above = await runOf(world, parent.run);
  const isWaiting = above?.steps.some(
    ({ id, status, child }) => id === parent.step && status === 'waiting_run' && child === run,
  );
  return isWaiting === true && above?.cancelledBy === undefined;
}

function notWanted(run: RunId, { parent }: RunRequest): Learned {
  if (!parent) return 'done';
  const outcome = 'was not started any more';
  return {
    to: parent.run,
    event: { kind: 'child_ended', step: parent.step, child: run, status: 'cancelled', outcome },
  };
}

const started: ReadonlySet<Received['reason']> = new Set<Received['reason']>(['run_started', 'run_queued', 'repeated']);

interface Told {
  readonly run: RunId;
  readonly request: RunRequest;
}

interface Refusal extends Told {
  readonly received: Received;
}

/** Whoever waits for it hears of it: the run that started it, or the people of the incident. */
async function refused(world: World, { run, request, received: { reason, detail } }: Refusal): Promise<Learned> {
  const why = explain(reason, detail);
  const { parent, incident } = request;
  if (parent) {
    const event = { kind: 'child_ended', step: parent.step, child: run, status: 'failed', outcome: why } as const;
    return { to: parent.run, event };
  }
  if (reason === 'auto_demoted' || request.requestedBy.kind === 'schedule')
    return { to: incident, event: { kind: 'auto_refused', playbook: request.playbook, why } };
  const playbook = await world.store.library.get(request.playbook);
  const text = `${playbook?.name ?? 'A playbook'} was not run for ${actorName(request.requestedBy)}: ${why}`;
  return { to: incident, event: { kind: 'add_note', by: tocsin, text } };
}
