/** The world of workers and of the people who watch them: real Redis, real queue, real SSH, playbooks of one folder. */
import { noPrometheus } from '../../../src/clients/no-prometheus.ts';
import { prometheusClient } from '../../../src/clients/prometheus.ts';
import { createSshClient } from '../../../src/clients/ssh.ts';
import { isSurelyDead } from '../../../src/clients/this-process.ts';
import type { Blobs } from '../../../src/engine/ports.ts';
import type { World } from '../../../src/engine/world.ts';
import { loadFolder } from '../../../src/playbooks/load.ts';
import { pureFunctions } from '../../../src/playbooks/pure.ts';
import { bullQueue } from '../../../src/queue/bullmq.ts';
import { freePolicy } from '../../../src/rehearsal/setting.ts';
import { silentChat } from '../../../src/rehearsal/silent-chat.ts';
import { stepActions } from '../../../src/steps/index.ts';
import { redisStore } from '../../../src/store/redis.ts';

export interface Setting {
  readonly redisUrl: string;
  readonly prometheusUrl: string;
  readonly folder: string;
  readonly host: Parameters<typeof createSshClient>[0]['hosts'][number];
  readonly leaseMs: number;
}

export async function worldFor(
  { redisUrl, prometheusUrl, folder, host, leaseMs }: Setting,
  { owner, blobs }: { readonly owner: string; readonly blobs: Blobs },
): Promise<World> {
  const chat = silentChat();
  const prometheus = prometheusUrl ? prometheusClient({ url: prometheusUrl, timeoutMs: 5_000 }) : noPrometheus;
  const actions = stepActions({ ssh: createSshClient({ hosts: [host] }), prometheus, chat });
  const { playbooks, problems } = loadFolder(folder, actions);
  if (problems.length) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  const store = await redisStore({ url: redisUrl });
  await store.library.publish(playbooks);
  return {
    store,
    queue: bullQueue({ url: redisUrl, name: 'act', onError: () => undefined }),
    chat,
    blobs,
    policy: freePolicy,
    playbooks: { current: () => playbooks, problems: () => [], commit: () => undefined },
    actions: new Map(actions.map((action) => [action.id, action])),
    pure: pureFunctions({ hosts: [host.name] }),
    sources: new Map(),
    evidence: [],
    secrets: { read: async () => '' },
    pagers: [],
    telemetry: {
      log: { info: () => undefined, warn: said, error: said },
      metrics: { count: () => undefined, observe: () => undefined },
    },
    owner,
    isSurelyDead,
    leaseMs,
  };
}

const said = (what: string, fields?: Readonly<Record<string, unknown>>): void =>
  void process.stderr.write(`${what} ${fields?.error instanceof Error ? fields.error.message : ''}\n`);
