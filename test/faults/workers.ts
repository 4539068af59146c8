/** Workers on one real Redis that act on one target, and the people who are asked: what was done is counted at the target. */
import { setTimeout as pause } from 'node:timers/promises';
import { memoryBlobs } from '../../src/blobs/memory.ts';
import type { EventId } from '../../src/domain/ids.ts';
import type { IntentBody } from '../../src/domain/intent.ts';
import type { Person } from '../../src/domain/person.ts';
import { isOver, type Run } from '../../src/domain/run.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import type { Answer, Queue, Store } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { pureFunctions } from '../../src/playbooks/pure.ts';
import { bullQueue } from '../../src/queue/bullmq.ts';
import { silentChat } from '../../src/rehearsal/silent-chat.ts';
import { redisStore } from '../../src/store/redis.ts';
import { type FakeActions, fakeActions } from '../support/fake-actions.ts';
import { alice, bob, carol } from '../support/people.ts';
import { loadedFrom, policy } from '../support/scenario.ts';

export interface Worker {
  readonly engine: Engine;
  readonly world: World;
  /** Takes nothing new, ends what it can, and is gone. */
  stop(graceMs?: number): Promise<void>;
}

export interface WorkersOptions {
  readonly url: string;
  readonly playbooks: readonly string[];
  readonly target?: FakeActions;
  readonly queue?: (owner: string) => Queue;
  readonly leaseMs?: number;
  /** Between the engine and Redis. */
  readonly store?: (store: Store, owner: string) => Store;
}

export const workersOn = ({
  url,
  playbooks,
  queue,
  leaseMs = 1_500,
  target = fakeActions(),
  ...how
}: WorkersOptions) => {
  const loaded = playbooks.map((text) => loadedFrom(text, target.actions));
  let workers = 0;
  async function start(concurrency = 4): Promise<Worker> {
    workers += 1;
    const owner = `worker-${workers}`;
    const redis = await redisStore({ url, onError: () => undefined });
    const store = how.store?.(redis, owner) ?? redis;
    await store.library.publish(loaded);
    const world: World = {
      ...{ store, policy, leaseMs, owner, evidence: [], pagers: [], sources: new Map(), blobs: memoryBlobs() },
      queue: queue?.(owner) ?? bullQueue({ url, name: 'act', onError: () => undefined }),
      chat: silentChat(),
      playbooks: { current: () => loaded, problems: () => [], commit: () => undefined },
      actions: new Map(target.actions.map((action) => [action.id, action])),
      pure: pureFunctions({ hosts: ['shop-1', 'shop-2'] }),
      secrets: { read: async () => '' },
      telemetry: {
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        metrics: { count: () => undefined, observe: () => undefined },
      },
    };
    const engine = createEngine(world);
    const halt = concurrency ? await engine.start(concurrency) : async () => undefined;
    const stop = async (graceMs = 0): Promise<void> => {
      await halt();
      await world.queue.close(graceMs);
      await redis.close();
    };
    return { engine, world, stop };
  }
  return { target, start };
};

let asked = 0;

/** Tries until Redis is there again. */
export async function asks({ engine }: Worker, by: Person, intent: IntentBody): Promise<Answer> {
  asked += 1;
  const id = `person-${asked}` as EventId;
  for (;;) {
    try {
      return await engine.desk.act({ ...intent, id, by });
    } catch {
      await pause(100);
    }
  }
}

export async function runsIn({ world }: Worker): Promise<readonly Run[]> {
  const ids = await world.store.list('run', 'all', 100);
  return await Promise.all(ids.map(async (id) => (await world.store.load(id)).state as unknown as Run));
}

/** Two people do what the runs ask of them, until all are over; of what is unknown they look at the target. */
export async function untilOver(
  worker: Worker,
  { dispatched }: FakeActions,
  withinMs: number,
): Promise<readonly Run[]> {
  const until = Date.now() + withinMs;
  for (;;) {
    const runs = await runsIn(worker).catch(() => undefined);
    if (runs?.length && runs.every(isOver)) return runs;
    if (Date.now() > until) throw new Error(`never over: ${JSON.stringify(runs?.map((run) => run.steps))}`);
    for (const run of runs ?? [])
      await helps(worker, run, (attempt) => dispatched.some((one) => one.attempt === attempt));
    await pause(80);
  }
}

async function helps(worker: Worker, run: Run, isDone: (attempt: string) => boolean): Promise<void> {
  const of = { run: run.id };
  if (run.status === 'waiting_approval')
    for (const by of [bob, carol]) await asks(worker, by, { kind: 'approve', ...of, approval: '' });
  const lost = run.steps.find(({ status }) => status === 'unknown');
  if (!lost) return;
  const verdict = isDone(`${run.id}.${lost.id}.${lost.attempt}`) ? 'worked' : 'failed';
  await asks(worker, alice, { kind: 'settle_unknown', ...of, step: lost.id, verdict });
}
