/** The production engine on a store in memory and a clock of its own: everything is decided, nothing is done to the world. */
import { memoryBlobs } from '../blobs/memory.ts';
import type { AlertGroup } from '../domain/alert.ts';
import type { PureFunctions } from '../domain/facts.ts';
import type { EffectId, IncidentId, Instant, RunId } from '../domain/ids.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Policy } from '../domain/policy.ts';
import type { Run } from '../domain/run.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import type { Secrets, StepAction, Telemetry } from '../engine/ports.ts';
import type { World } from '../engine/world.ts';
import { memoryQueue } from '../queue/memory.ts';
import { memoryStore } from '../store/memory.ts';
import { silentChat } from './silent-chat.ts';

export interface Stage {
  engine(): Engine;
  now(): Instant;
  /** What is due now is done. */
  settle(): Promise<void>;
  /** Goes to the next moment at which something is due, if it is before that. False: nothing is. */
  skip(before?: Instant): Promise<boolean>;
  /** Time passes. */
  pass(ms: number): Promise<void>;
  /** The process dies in the middle of what it does; another takes over when its leases are over. */
  die(): void;
  /** Runs, the newest first. */
  runs(): Promise<readonly Run[]>;
  reasons(id: RunId | IncidentId): Promise<readonly string[]>;
  /** What guards hold, by their names. */
  guards(): Promise<readonly { readonly key: string; readonly value: string }[]>;
  /** Lets go of everything. */
  close(): void;
}

export interface StageParts {
  readonly playbooks: readonly Playbook[];
  readonly actions: readonly StepAction[];
  readonly policy: Policy;
  readonly pure: PureFunctions;
  readonly startsAt: Instant;
  readonly secrets?: Secrets;
  /** Hears of each run that was not to be. */
  readonly onRefused?: (reason: string) => void;
}

/** Longer than a worker's lease. */
const leaseOverMs = 16_000;
const longestList = 1_000;

export async function openStage({ playbooks, actions, policy, pure, ...how }: StageParts): Promise<Stage> {
  let now = how.startsAt;
  const queue = memoryQueue();
  const store = memoryStore({ now: () => now });
  const world: World = {
    store,
    queue,
    chat: silentChat(),
    blobs: memoryBlobs(),
    policy,
    playbooks: { current: () => playbooks, problems: () => [], commit: () => undefined },
    actions: new Map(actions.map((action) => [action.id, action])),
    pure,
    sources: new Map(),
    evidence: [],
    secrets: how.secrets ?? { read: async (reference) => `the value of ${reference}` },
    pagers: [],
    telemetry: heard(how.onRefused),
    owner: 'rehearsal-1',
  };
  await store.library.publish(playbooks);
  let engine = createEngine(world);
  let death = Promise.withResolvers<void>();
  let deaths = 0;
  await queue.work((id: EffectId) => Promise.race([engine.perform(id), death.promise]), 1);
  const settle = async (): Promise<void> => {
    await engine.inbox.idle();
    await engine.reconcile();
    while (await queue.drain(now)) await engine.reconcile();
  };
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    await settle();
  };
  return {
    engine: () => engine,
    now: () => now,
    settle,
    pass,
    async skip(before = Number.POSITIVE_INFINITY) {
      const due = queue.nextDueAt();
      if (due === undefined || due > before) return false;
      await pass(Math.max(1, due - now));
      return true;
    },
    die() {
      death.resolve();
      death = Promise.withResolvers();
      deaths += 1;
      now += leaseOverMs;
      engine = createEngine({ ...world, owner: `rehearsal-${deaths + 1}` });
    },
    async runs() {
      const ids = await store.list('run', 'all', longestList);
      return await Promise.all(ids.map(async (id) => (await store.load(id)).state as unknown as Run));
    },
    reasons: async (id) => (await store.history(id, longestList)).map(({ reason }) => reason),
    guards: async () => await store.claimsUnder('guard/', longestList),
    close: () => death.resolve(),
  };
}

/** As an Alertmanager would post it. */
export async function deliver(stage: Stage, group: AlertGroup): Promise<void> {
  const body = Buffer.from(JSON.stringify(group));
  await stage.engine().inbox.deliver({ source: group.source, body, groups: [group] });
  await stage.settle();
}

const heard = (onRefused: StageParts['onRefused']): Telemetry => ({
  log: {
    info: () => undefined,
    warn: (what, fields) => (what === 'a run was refused' ? onRefused?.(String(fields?.reason)) : undefined),
    error: () => undefined,
  },
  metrics: { count: () => undefined, observe: () => undefined },
});
