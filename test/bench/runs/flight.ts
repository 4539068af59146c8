/** The world of runs in flight: the engine on a real Redis and BullMQ with the leases of production, and one action. */
import { memoryBlobs } from '../../../src/blobs/memory.ts';
import { isSurelyDead } from '../../../src/clients/this-process.ts';
import type { EventId, UserRef } from '../../../src/domain/ids.ts';
import type { IntentBody } from '../../../src/domain/intent.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { StepAction } from '../../../src/engine/ports.ts';
import type { World } from '../../../src/engine/world.ts';
import { loadPlaybook } from '../../../src/playbooks/load.ts';
import { pureFunctions } from '../../../src/playbooks/pure.ts';
import { bullQueue } from '../../../src/queue/bullmq.ts';
import { splitQueue } from '../../../src/queue/split.ts';
import { silentChat } from '../../../src/rehearsal/silent-chat.ts';
import { redisStore } from '../../../src/store/redis.ts';
import { policy } from '../policy.ts';

const text = `schema: playbook/v1
id: in-flight
name: In flight
owners: [sre]
triggers: [{manual: {roles: [responder]}}]
steps:
  - {id: act, action: bench.slow, with: {}}
`;

export interface FlightParts {
  readonly url: string;
  readonly owner: string;
  readonly leaseMs?: number;
  act(attempt: string): Promise<void>;
}

export async function flightWorld({ url, owner, leaseMs, act }: FlightParts): Promise<World> {
  const slow: StepAction = {
    id: 'bench.slow',
    version: 1,
    summary: 'takes a while',
    effects: ['idempotent'],
    schema: {},
    codeFields: [],
    secretFields: [],
    outputs: [],
    check: () => [],
    lockOf: () => undefined,
    targetOf: () => ({}),
    describe: () => 'take a while',
    execute: async (_args, { attempt }) => {
      await act(attempt);
      return { kind: 'succeeded', outputs: {} };
    },
  };
  const loaded = loadPlaybook({ file: 'bench.yml', text }, [slow]);
  if ('problems' in loaded) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const store = await redisStore({ url });
  await store.library.publish([loaded.playbook]);
  const queue = (name: string) => bullQueue({ url, name, onError: () => undefined });
  return {
    store,
    queue: splitQueue(queue('act'), queue('show')),
    chat: silentChat(),
    blobs: memoryBlobs(),
    policy,
    playbooks: { current: () => [loaded.playbook], problems: () => [], commit: () => undefined },
    actions: new Map([[slow.id, slow]]),
    pure: pureFunctions({ hosts: [] }),
    sources: new Map(),
    evidence: [],
    secrets: { read: async () => '' },
    pagers: [],
    telemetry: {
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      metrics: { count: () => undefined, observe: () => undefined },
    },
    owner,
    isSurelyDead,
    ...(leaseMs !== undefined && { leaseMs }),
  };
}

/** Alice begins so many runs, each in an incident of its own. */
export async function startRuns(url: string, runs: number): Promise<void> {
  const world = await flightWorld({ url, owner: 'people', act: async () => undefined });
  const { desk } = createEngine(world);
  const by = {
    kind: 'person' as const,
    user: 'UALICE' as UserRef,
    name: 'alice',
    roles: ['responder'],
    groups: [],
    standing: 'member' as const,
    askedAt: 0,
  };
  const does = (id: string, intent: IntentBody) => desk.act({ ...intent, id: id as EventId, by });
  for (let n = 1; n <= runs; n += 1) {
    await does(`open-${n}`, { kind: 'open_incident', title: `${n}` });
    await does(`run-${n}`, { kind: 'run_playbook', playbook: 'in-flight', incident: `inc-${n}`, inputs: {} });
  }
  await world.queue.close(0);
  await world.store.close();
}
