/** A stage for scenarios: the real engine on stores in memory and a fake clock, with words that read aloud. */
import { onTestFinished } from 'vitest';
import { memoryBlobs } from '../../src/blobs/memory.ts';
import type { AlertGroup } from '../../src/domain/alert.ts';
import type { Automation } from '../../src/domain/automation.ts';
import { durationMs } from '../../src/domain/duration.ts';
import type { PureFunctions } from '../../src/domain/facts.ts';
import { noGuardrails } from '../../src/domain/guardrails.ts';
import { automation, type EffectId, type EventId, type IncidentId, type RunId } from '../../src/domain/ids.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { IntentBody, Question } from '../../src/domain/intent.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Run } from '../../src/domain/run.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import type {
  Answer,
  Chat,
  EvidenceProvider,
  Library,
  PlaybookShelf,
  StepAction,
  Store,
  Telemetry,
} from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { loadPlaybook } from '../../src/playbooks/load.ts';
import { pureFunctions } from '../../src/playbooks/pure.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { nine, webhook } from './alerts.ts';
import { type FakeActions, fakeActions } from './fake-actions.ts';
import { type FakeChat, fakeChat } from './fake-chat.ts';

export const policy: Policy = {
  services: [{ name: 'shop', channel: '#shop', invite: [], inviteGroups: [], links: [] }],
  routes: [],
  serviceLabel: 'service',
  severities: { critical: 'sev1', warning: 'sev2', info: 'sev3' },
  defaultSeverity: 'sev3',
  channelPrefix: 'inc-',
  graceMs: 300_000,
  joinWindowMs: 600_000,
  closeAfterMs: 3_600_000,
  lateMs: 10_000,
  guardrails: noGuardrails,
  permissions: {},
  roles: ['responder'],
};

/** Long enough for what is shown together. */
const momentarily = '500ms';

export interface Stage {
  readonly store: Store;
  readonly chat: FakeChat;
  readonly actions: FakeActions;
  readonly logged: string[];
  /** An Alertmanager posts a group; it is decided, and all that is due is done. */
  sends(group: AlertGroup): Promise<void>;
  /** Time passes, and what becomes due is done. */
  passes(duration: string): Promise<void>;
  /** The clock is set, ahead or back (`-1h`), or nothing ran for a while. */
  skips(duration: string): void;
  /** A person asks for something and gets an answer. */
  asks(by: Person, intent: IntentBody, id?: string): Promise<Answer>;
  answers(question: Question): ReturnType<Engine['desk']['answer']>;
  /** What is due now is done. */
  settles(): Promise<void>;
  /** Another process works for the steps of these pools, until it is killed. */
  worker(...pools: readonly string[]): { kill(): void };
  /** The process dies with all that it has under way; another one takes over when the leases are over. */
  dies(): Promise<void>;
  incident(number?: number): Promise<Incident>;
  incidents(): Promise<readonly Incident[]>;
  /** The latest run. */
  run(): Promise<Run>;
  runs(): Promise<readonly Run[]>;
  reasons(id: string): Promise<readonly string[]>;
  stopped(): Promise<boolean>;
  readonly engine: () => Engine;
  readonly world: World;
  now(): number;
}

export interface Props {
  readonly playbooks?: readonly string[];
  readonly policy?: Partial<Policy>;
  readonly evidence?: readonly EvidenceProvider[];
  /** Freeze calendars. */
  readonly frozen?: PureFunctions['frozen'];
  /** By reference (`env:TOKEN`). */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Instead of `playbooks`: a shelf that changes. */
  readonly shelf?: (library: Library, actions: readonly StepAction[]) => Promise<PlaybookShelf>;
  /** Pools whose steps the process performs; any, unless told. */
  readonly pools?: readonly string[];
  /** Speaks in the place of the chat that only remembers. */
  readonly chat?: Chat;
}

export async function stage({
  playbooks = [],
  policy: over = {},
  evidence = [],
  secrets = {},
  frozen,
  shelf,
  chat: spoken,
  pools,
}: Props = {}): Promise<Stage> {
  const clock = { now: nine };
  const actions = fakeActions();
  const loaded = playbooks.map((text) => loadedFrom(text, actions.actions));
  const logged: string[] = [];
  const queue = memoryQueue({ onError: (error) => logged.push(String(error)) });
  const chat: FakeChat = Object.assign(fakeChat(), spoken);
  const store = memoryStore({ now: () => clock.now });
  const still = { current: () => loaded, problems: () => [], commit: () => undefined };
  const world: World = {
    store,
    queue,
    chat,
    blobs: memoryBlobs(),
    policy: { ...policy, ...over },
    playbooks: shelf ? await shelf(store.library, actions.actions) : still,
    actions: new Map(actions.actions.map((action) => [action.id, action])),
    pure: pureFunctions({ hosts: ['shop-1', 'shop-2'], ...(frozen && { frozen }) }),
    sources: new Map([['am', alertmanager('am')]]),
    evidence,
    secrets: { read: async (reference) => secrets[reference] ?? Promise.reject(new Error('no secret is known here')) },
    pagers: [],
    telemetry: telemetryInto(logged),
    owner: 'first',
    ...(pools && { pools }),
  };
  await world.store.library.publish(loaded);
  let processes = 1;
  let engine = createEngine(world);
  /** Ends every performance of the process that died, as far as its queue is concerned. */
  let death = Promise.withResolvers<void>();
  const workers = new Set<{ readonly engine: Engine; readonly owner: string; readonly pools: readonly string[] }>();
  const performAll = async (id: EffectId): Promise<void> => {
    await engine.perform(id);
    for (const one of workers) await one.engine.perform(id);
  };
  const perform = (id: EffectId) => Promise.race([performAll(id), death.promise]);
  await queue.work(perform, 1);

  const beat = async (): Promise<void> => {
    if (pools) await store.presence.here('first', pools);
    for (const one of workers) await store.presence.here(one.owner, one.pools);
  };
  const settles = async (): Promise<void> => {
    await engine.inbox.idle();
    await beat();
    await engine.reconcile();
    while (await queue.drain(clock.now)) await engine.reconcile();
  };
  const passes = async (duration: string): Promise<void> => {
    const until = clock.now + (durationMs(duration) ?? Number.NaN);
    const tick = Math.max(500, (until - clock.now) / 240);
    while (clock.now < until) {
      clock.now = Math.min(until, clock.now + tick);
      await engine.inbox.sweep();
      await engine.schedules.look();
      await settles();
    }
  };
  let asked = 0;
  const list = async <State>(kind: 'incident' | 'run'): Promise<readonly State[]> => {
    const ids = await world.store.list(kind, 'all', 100);
    return Promise.all(ids.map(async (id) => (await world.store.load(id)).state as State));
  };
  onTestFinished(() => death.resolve());
  return {
    store: world.store,
    chat,
    actions,
    logged,
    world,
    settles,
    passes,
    skips: (duration) => {
      const ms = durationMs(duration.replace('-', '')) ?? Number.NaN;
      clock.now += duration.startsWith('-') ? -ms : ms;
    },
    engine: () => engine,
    now: () => clock.now,
    sends: async (group) => {
      const body = webhook(group);
      await engine.inbox.deliver({ source: 'am', body, groups: alertmanager('am').parse(body) });
      await settles();
      await passes(momentarily);
    },
    asks: async (by, intent, id) => {
      asked += 1;
      const answer = await engine.desk.act({ ...intent, id: (id ?? `ask-${asked}`) as EventId, by });
      await settles();
      await passes(momentarily);
      return answer;
    },
    answers: (question) => engine.desk.answer(question),
    worker: (...own) => {
      processes += 1;
      const owner = `process-${processes}`;
      const one = { engine: createEngine({ ...world, owner, pools: own }), owner, pools: own };
      workers.add(one);
      return { kill: () => void workers.delete(one) };
    },
    dies: async () => {
      death.resolve();
      death = Promise.withResolvers<void>();
      processes += 1;
      engine = createEngine({ ...world, owner: `process-${processes}` });
      await queue.drain(clock.now);
    },
    incident: async (number = 1) => await stateOf<Incident>(world.store, `inc-${number}` as IncidentId),
    incidents: () => list<Incident>('incident'),
    run: async () => {
      const [latest] = await list<Run>('run');
      if (!latest) throw new Error('no run has begun');
      return latest;
    },
    runs: () => list<Run>('run'),
    reasons: async (id) => (await world.store.history(id as RunId, 500)).map(({ reason }) => reason),
    stopped: async () => ((await world.store.load(automation)).state as Automation | undefined)?.stopped ?? false,
  };
}

export function loadedFrom(text: string, actions: readonly StepAction[]): Playbook {
  const loaded = loadPlaybook({ file: 'scenario.yml', text }, actions);
  if ('playbook' in loaded) return loaded.playbook;
  throw new Error(loaded.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

async function stateOf<State>(store: Store, id: IncidentId | RunId): Promise<State> {
  const { state } = await store.load(id);
  if (!state) throw new Error(`there is no ${id}`);
  return state as State;
}

const telemetryInto = (logged: string[]): Telemetry => {
  const log = (what: string, fields?: Readonly<Record<string, unknown>>) =>
    void logged.push(fields?.error ? `${what}: ${String(fields.error)}` : what);
  return {
    log: { info: () => undefined, warn: log, error: log },
    metrics: { count: () => undefined, observe: () => undefined },
  };
};
