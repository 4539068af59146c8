/** `tocsin replay`: what Tocsin would decide about a recorded webhook, with an empty memory, and nothing performed. */
import { memoryBlobs } from './blobs/memory.ts';
import { noChat } from './check.ts';
import { noPrometheus } from './clients/no-prometheus.ts';
import { createSshClient } from './clients/ssh.ts';
import type { Config } from './config/config.ts';
import type { Effect } from './domain/effect.ts';
import type { EventId } from './domain/ids.ts';
import type { Incident } from './domain/incident.ts';
import { createAlerts } from './engine/alerts.ts';
import type { Change, Queue, Store, Telemetry } from './engine/ports.ts';
import type { World } from './engine/world.ts';
import { pureFunctions } from './playbooks/pure.ts';
import { openShelf } from './playbooks/shelf.ts';
import { stepActions } from './steps/index.ts';
import { memoryStore } from './store/memory.ts';
import { mounted, withRoutes } from './wiring.ts';

/** What one alert group of the body comes to. */
export interface Replayed {
  readonly reason: string;
  /** Nothing where no incident was opened. */
  readonly incident?: ReplayedIncident;
  readonly timeline: readonly string[];
  readonly effects: readonly string[];
  /** `propose`: as a button. `auto`: started by itself. */
  readonly playbooks: readonly { readonly id: string; readonly mode: 'propose' | 'auto' | 'later' }[];
}

type ReplayedIncident = Pick<Incident, 'id' | 'title' | 'service' | 'severity' | 'status' | 'channelPolicy' | 'counts'>;

/** Throws `BadWebhook` where the body is none of this source's. */
export async function replay(config: Config, sourceName: string, body: Buffer): Promise<readonly Replayed[]> {
  const sources = mounted(config);
  const source = Object.hasOwn(sources, sourceName) ? sources[sourceName]?.source : undefined;
  if (!source)
    throw new Error(
      `There is no source \`${sourceName}\` under \`sources\` (there: ${Object.keys(sources).join(', ')}).`,
    );
  const changes: Change[] = [];
  const world = await worldWithout(config, recording(memoryStore({ now: () => Date.now() }), changes));
  const alerts = createAlerts(world);
  const replayed: Replayed[] = [];
  for (const [at, group] of source.parse(body).entries()) {
    const event = `replay-${at}` as EventId;
    const { reason } = await alerts({ event, group, cause: { kind: 'event', event } });
    replayed.push(replayedFrom(world, reason, changes.splice(0)));
  }
  return replayed;
}

/** Keeps what would be written, besides writing it into the memory. */
const recording = (store: Store, changes: Change[]): Store => ({
  ...store,
  commit: async (change) => {
    const result = await store.commit(change);
    if (result.kind === 'committed') changes.push(change);
    return result;
  },
});

const noQueue: Queue = {
  wake: async () => undefined,
  work: async () => undefined,
  close: async () => undefined,
};

const nobodyListens: Telemetry = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  metrics: { count: () => undefined, observe: () => undefined },
};

/** Everything that decides, and nothing that acts. */
async function worldWithout(config: Config, store: Store): Promise<World> {
  const ssh = createSshClient({ hosts: config.inventory });
  const httpAllow = config.steps.http.allow;
  const actions = stepActions({ ssh, prometheus: noPrometheus, chat: noChat, httpAllow });
  return {
    store,
    queue: noQueue,
    chat: noChat,
    blobs: memoryBlobs(),
    policy: config.policy,
    playbooks: await openShelf({
      dir: config.playbooks.folder,
      actions,
      library: store.library,
      telemetry: nobodyListens,
    }),
    actions: new Map(actions.map((action) => [action.id, action])),
    pure: withRoutes(config, pureFunctions({ hosts: config.inventory.map(({ name }) => name) })),
    sources: new Map(),
    evidence: [],
    secrets: { read: () => Promise.reject(new Error('no secret is read while replaying')) },
    pagers: [],
    telemetry: nobodyListens,
    owner: 'replay',
  };
}

function replayedFrom({ playbooks }: World, reason: string, changes: readonly Change[]): Replayed {
  const effects = changes.flatMap((change) => change.effects);
  const incident = changes.findLast(({ state }) => state)?.state as Incident | undefined;
  const nameOf = (hash: string): string => playbooks.current().find((one) => one.hash === hash)?.id ?? hash;
  return {
    reason,
    ...(incident && { incident: shown(incident) }),
    timeline: changes.flatMap(({ history }) => history.map(({ reason: why, detail }) => `${why} ${detail}`.trim())),
    effects: effects.map(({ kind, dueAt }) => (dueAt === undefined ? kind : `${kind} (later)`)),
    playbooks: [
      ...(incident?.proposals ?? []).map(({ id }) => ({ id, mode: 'propose' as const })),
      ...effects.flatMap((effect) => startedBy(effect, nameOf)),
    ],
  };
}

function startedBy(effect: Effect, nameOf: (hash: string) => string): Replayed['playbooks'] {
  if (effect.kind === 'tell_run') return [{ id: nameOf(effect.request.playbook), mode: 'auto' }];
  return effect.kind === 'retry_trigger' ? [{ id: nameOf(effect.playbook), mode: 'later' }] : [];
}

const shown = ({ id, title, service, severity, status, channelPolicy, counts }: Incident): ReplayedIncident => ({
  ...{ id, title, service, severity, status, channelPolicy, counts },
});

/** For people. */
export const printed = (all: readonly Replayed[]): string =>
  all
    .map(({ incident, ...one }) => [...lineOf('reason', one.reason), ...of(incident), ...rest(one)].join('\n'))
    .join('\n\n');

const lineOf = (name: string, value: string): readonly string[] => [`${name.padEnd(10)} ${value}`];

const of = (incident: ReplayedIncident | undefined): readonly string[] =>
  incident
    ? [
        ...lineOf('incident', `${incident.title} (${incident.status}, ${incident.counts.firing} firing)`),
        ...lineOf('service', incident.service || 'none: no route and no label names one'),
        ...lineOf('severity', incident.severity),
        ...lineOf('channel', incident.channelPolicy === 'never' ? 'none, only a summary' : 'opened'),
      ]
    : lineOf('incident', 'none');

const rest = ({ timeline, effects, playbooks }: Omit<Replayed, 'incident'>): readonly string[] => [
  ...timeline.flatMap((one) => lineOf('timeline', one)),
  ...lineOf('effects', effects.join(', ') || 'none'),
  ...playbooks.flatMap(({ id, mode }) => lineOf('playbook', `${id} (${modes[mode]})`)),
  ...(playbooks.length ? [] : lineOf('playbook', 'none matches')),
];

const modes = { propose: 'proposed as a button', auto: 'started by itself', later: 'looked at again later' };
