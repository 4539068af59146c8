/** The engine as it is, on a real Redis and BullMQ, with actions that do nothing and a chat that answers at once: what remains is ours. */
import { randomBytes } from 'node:crypto';
import { memoryBlobs } from '../../../src/blobs/memory.ts';
import type { Effect, RunRequest } from '../../../src/domain/effect.ts';
import type {
  ChannelRef,
  EventId,
  IncidentId,
  Instant,
  PlaybookHash,
  RunId,
  UserRef,
} from '../../../src/domain/ids.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Person } from '../../../src/domain/person.ts';
import type { Playbook } from '../../../src/domain/playbook.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { Change, Chat, StepAction, Store } from '../../../src/engine/ports.ts';
import { createReceive } from '../../../src/engine/receive.ts';
import { wake } from '../../../src/engine/relay.ts';
import type { World } from '../../../src/engine/world.ts';
import { loadPlaybook } from '../../../src/playbooks/load.ts';
import { pureFunctions } from '../../../src/playbooks/pure.ts';
import { bullQueue } from '../../../src/queue/bullmq.ts';
import { splitQueue } from '../../../src/queue/split.ts';
import { approval } from '../../../src/steps/approval.ts';
import { redisStore } from '../../../src/store/redis.ts';
import { policy } from '../policy.ts';

export interface Rig {
  /** A run begins, asked for by Alice; resolves as soon as that is committed. */
  begins(run: string): Promise<void>;
  /** Bob approves it in chat. */
  approves(run: string): Promise<void>;
  /** Resolves when its run is over, or waits for people. */
  over(run: string): Promise<void>;
  parked(run: string): Promise<void>;
  /** Resolves when its next step begins to act. */
  acts(run: string): Promise<void>;
  /** Opens an effect, and wakes whoever it concerns. */
  opens(effect: Effect): Promise<void>;
  /** Resolves when a worker has claimed it. */
  begun(effect: string): Promise<void>;
  stop(): Promise<void>;
}

export const fiveSteps = `schema: playbook/v1
id: five-steps
name: Five steps
owners: [sre]
triggers: [{manual: {roles: [responder]}}]
steps:
${[1, 2, 3, 4, 5].map((n) => `  - {id: s${n}, action: bench.nothing, with: {n: ${n}}}`).join('\n')}
`;

/** As a team would write it: who may, a step, and what is checked. */
export const approved = `schema: playbook/v1
id: approved
name: Approved
owners: [sre]
triggers: [{manual: {roles: [responder]}}]
steps:
  - {id: approve, action: approval, with: {approvers: {roles: [responder]}, expires_in: 24h}}
  - {id: act, action: bench.nothing, with: {n: 1}}
`;

const person = (name: string): Person => ({
  kind: 'person',
  user: name.toUpperCase() as UserRef,
  name,
  roles: ['responder'],
  groups: [],
  standing: 'member',
  askedAt: 0,
});
const alice = person('alice');
const bob = person('bob');

export interface RigOptions {
  readonly url: string;
  readonly playbook: string;
  readonly concurrency: number;
  /** Open ones: a playbook runs once at a time for each. */
  readonly incidents: number;
}

export async function startRig({ url, playbook: text, concurrency, incidents }: RigOptions): Promise<Rig> {
  const news = waiters();
  const store = watched(await redisStore({ url }), news.tell);
  const queue = splitQueue(bullQueue({ url, name: 'act' }), bullQueue({ url, name: 'show' }));
  const nothing = nothingAction(news.tell);
  const playbook = loaded(text, [nothing, approval]);
  const world: World = {
    store,
    queue,
    chat: silentChat(),
    blobs: memoryBlobs(),
    policy: { ...policy, roles: ['responder'] },
    playbooks: { current: () => [playbook], problems: () => [], commit: () => undefined },
    actions: new Map([nothing, approval].map((action) => [action.id, action])),
    pure: pureFunctions({ hosts: [] }),
    sources: new Map(),
    evidence: [],
    secrets: { read: async () => '' },
    pagers: [],
    telemetry: { log: { info() {}, warn() {}, error() {} }, metrics: { count() {}, observe() {} } },
    owner: `bench-${randomBytes(4).toString('hex')}`,
  };
  await store.library.publish([playbook]);
  const numbers = Array.from({ length: incidents }, (_, at) => at + 1);
  for (let from = 0; from < incidents; from += 100)
    await Promise.all(numbers.slice(from, from + 100).map((number) => openIncident(store, number)));
  const engine = createEngine(world);
  const receive = createReceive(world);
  const stop = await engine.start(concurrency);
  let count = 0;
  return {
    begins: async (run) => {
      count += 1;
      const request = requestOf(playbook, (count % incidents) + 1);
      const { reason, detail } = await receive.run(run as RunId, {
        id: run as EventId,
        kind: 'run_requested',
        request,
      });
      if (reason !== 'run_started') throw new Error(`${run} was not started: ${reason} ${detail ?? ''}`);
    },
    approves: async (run) => {
      const intent = { id: `yes-${run}` as EventId, by: bob, kind: 'approve', run, approval: '' } as const;
      const { done, reason } = await engine.desk.act(intent);
      if (!done) throw new Error(`${run} was not approved: ${reason}`);
    },
    over: (run) => news.hear(`over/${run}`),
    parked: (run) => news.hear(`parked/${run}`),
    acts: (run) => news.hear(`acts/${run}`),
    opens: async (effect) => await wake(world, await store.effects.open([effect])),
    begun: (effect) => news.hear(`begun/${effect}`),
    stop: async () => {
      await stop();
      await queue.close(5_000);
      await store.close();
    },
  };
}

function loaded(text: string, actions: readonly StepAction[]): Playbook {
  const found = loadPlaybook({ file: 'bench.yml', text }, actions);
  if ('playbook' in found) return found.playbook;
  throw new Error(found.problems.map(({ message }) => message).join('\n'));
}

function nothingAction(tell: (what: string) => void): StepAction {
  return {
    id: 'bench.nothing',
    version: 1,
    effects: ['idempotent'],
    summary: 'does nothing',
    schema: { type: 'object' },
    codeFields: [],
    secretFields: [],
    outputs: [],
    check: () => [],
    lockOf: () => undefined,
    targetOf: () => ({}),
    describe: () => 'nothing',
    execute: async (_, { run }) => {
      tell(`acts/${run}`);
      return { kind: 'succeeded', outputs: {} };
    },
  };
}

/** Says when a run is over, or waits for people, as soon as that is committed. */
function watched(store: Store, tell: (what: string) => void): Store {
  const commit = async (change: Change) => {
    const result = await store.commit(change);
    if (result.kind !== 'committed' || change.kind !== 'run') return result;
    const { status, endedAt } = (change.state ?? {}) as JsonObject;
    if (endedAt !== undefined) tell(`over/${change.id}`);
    if (status === 'waiting_approval') tell(`parked/${change.id}`);
    return result;
  };
  const begin: Store['effects']['begin'] = async (id, owner, leaseMs) => {
    const begun = await store.effects.begin(id, owner, leaseMs);
    if (begun) tell(`begun/${id}`);
    return begun;
  };
  return { ...store, commit, effects: { ...store.effects, begin } };
}

function waiters() {
  const waiting = new Map<string, () => void>();
  return {
    hear: (what: string) => new Promise<void>((resolve) => void waiting.set(what, resolve)),
    tell: (what: string): void => {
      waiting.get(what)?.();
      waiting.delete(what);
    },
  };
}

function silentChat(): Chat {
  let ts = 0;
  const never = async () => undefined;
  return {
    openChannel: async ({ name }) => ({ channel: 'C1' as ChannelRef, name }),
    post: async ({ channel }) => {
      ts += 1;
      return { channel: channel as ChannelRef, ts: `${ts}.0` };
    },
    edit: async (_, paint) => void (await paint()),
    describe: async () => bob,
    ...{ setTopic: never, invite: never, pin: never, upload: never },
  };
}

const requestOf = ({ hash }: Playbook, number: number): RunRequest => {
  const id = `inc-${number}` as IncidentId;
  return {
    playbook: hash as PlaybookHash,
    incident: id,
    mode: 'manual',
    requestedBy: alice,
    inputs: {},
    subject: { incident: { id, number, title: 'The shop is down', severity: 'sev1', service: 'shop' } },
  };
};

async function openIncident(store: Store, number: number): Promise<void> {
  const id = `inc-${number}` as IncidentId;
  const state = incidentState(id, number, await store.now()) as unknown as JsonObject;
  const nothing = { history: [], records: [], claims: [], effects: [], causes: [] };
  await store.commit({ id, kind: 'incident', version: 0, state, open: true, ...nothing });
}

const incidentState = (id: IncidentId, number: number, now: Instant): Incident => ({
  ...{ id, number, title: 'The shop is down', service: 'shop', severity: 'sev1', status: 'triggered' },
  ...{ openedAt: now, openedBy: { kind: 'alert', source: 'am' }, lastFiredAt: now, routes: [] },
  counts: { firing: 1, resolved: 0, fresh: 0 },
  truncated: {},
  externalURL: '',
  channelPolicy: 'first_alert',
  channel: { id: 'C1' as ChannelRef, name: 'inc' },
  card: { channel: 'C1' as ChannelRef, ts: '1' },
  ...{ evidence: [], evidenceProblems: [], proposals: [], runs: [], heard: [] },
});
