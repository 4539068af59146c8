/** The world of runs in flight: the engine on a real Redis and BullMQ with the leases of production, and one action. */
import { memoryBlobs } from '../../../src/blobs/memory.ts';
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
  act(attempt: string): Promise<void>;
}

export async function flightWorld({ url, owner, act }: FlightParts): Promise<World> {
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
  };
}
