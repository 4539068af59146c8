/** Every seam filled from the configuration: which store, queue, chat, actions and providers this installation has. */
import { join } from 'node:path';
import { fileAnchor } from './blobs/anchor.ts';
import { folderArchive } from './blobs/archive.ts';
import { folderBlobs } from './blobs/folder.ts';
import { noPrometheus } from './clients/no-prometheus.ts';
import { prometheusClient } from './clients/prometheus.ts';
import { createSshClient } from './clients/ssh.ts';
import { isSurelyDead, nameOfThisProcess } from './clients/this-process.ts';
import { openCalendars } from './config/calendars.ts';
import type { Config } from './config/config.ts';
import { createSecrets } from './config/secrets.ts';
import type { PureFunctions } from './domain/facts.ts';
import type { AlertSource, Chat, Pager, Queue, SourceSecret, Store } from './engine/ports.ts';
import type { World } from './engine/world.ts';
import { createArtist, evidenceProviders } from './evidence/index.ts';
import { archiveFolder } from './history.ts';
import { pureFunctions } from './playbooks/pure.ts';
import { openShelf, type Shelf } from './playbooks/shelf.ts';
import { watchFolder } from './playbooks/watch.ts';
import { poolProblems, worksOf } from './pools.ts';
import { bullQueue } from './queue/bullmq.ts';
import { poolQueues } from './queue/pools.ts';
import { splitQueue } from './queue/split.ts';
import { missingNames } from './roles.ts';
import { createSlack, type Slack } from './slack/app.ts';
import { permalinks } from './slack/permalinks.ts';
import { alertSources } from './sources/index.ts';
import { stepActions } from './steps/index.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

const prometheusMs = 10_000;

export function queueAt(url: string, config: Config, { log }: Telemetry): Queue {
  const named = (name: string): Queue => bullQueue({ url, name, onError: (error) => log.warn('queue', { error }) });
  const shared = splitQueue(named('act'), named('show'));
  return poolQueues({ shared, open: (pool) => named(`steps-${pool}`), works: worksOf(config) });
}

export const slackOf = (
  { slack, roles }: Config,
  { store, telemetry }: { store: Store; telemetry: Telemetry },
): Slack =>
  createSlack({
    botToken: slack.botToken.reveal(),
    by:
      slack.mode === 'socket' ? { appToken: slack.appToken.reveal() } : { signingSecret: slack.signingSecret.reveal() },
    ...(slack.apiUrl && { apiUrl: slack.apiUrl }),
    roles,
    budget: store.budget,
    telemetry,
    now: () => Date.now(),
  });

/** What is to be stopped, in reverse. */
export type Stops = (() => Promise<void>)[];

type Parts = Pick<World, 'store' | 'queue' | 'telemetry'> & {
  readonly slack: Slack;
  readonly stops: Stops;
};

/** The shelf among it can be watched. */
type Built = World & { readonly playbooks: Shelf };

export async function worldOf(config: Config, { store, queue, slack, telemetry, stops }: Parts): Promise<Built> {
  const pagers: readonly Pager[] = [];
  const { actions, prometheus, close } = realActions(config, { chat: slack.chat, pagers });
  stops.push(close);
  const calendars = openCalendars(config.calendars, {
    onProblem: (problem) => telemetry.log.warn('a calendar cannot be read', { problem }),
  });
  stops.push(async () => calendars.stop());
  const artist = createArtist();
  stops.push(() => artist.close());
  const seen = config.prometheus
    ? { prometheus, prometheusUrl: config.prometheus.externalUrl ?? config.prometheus.url }
    : {};
  return {
    store,
    queue,
    telemetry,
    chat: slack.chat,
    blobs: folderBlobs(config.blobs.folder, config.blobs),
    archive: folderArchive({
      dir: archiveFolder(config),
      afterMs: config.history.archiveAfterMs,
      now: () => Date.now(),
    }),
    anchor: fileAnchor(join(config.blobs.folder, 'reached.json')),
    policy: config.policy,
    playbooks: await openShelf({
      dir: config.playbooks.folder,
      actions,
      library: store.library,
      telemetry,
      concerns: (playbook) => [...missingNames(playbook, config), ...poolProblems(playbook, config, actions)],
    }),
    actions: new Map(actions.map((action) => [action.id, action])),
    pure: withRoutes(
      config,
      pureFunctions({
        hosts: config.inventory.map(({ name }) => name),
        frozen: calendars.frozen,
        linkTo: permalinks(config.slack.apiUrl),
      }),
    ),
    sources: new Map(Object.entries(mounted(config)).map(([name, { source }]) => [name, source])),
    evidence: evidenceProviders({ draw: artist.draw, ...seen }),
    secrets: createSecrets(config.secrets),
    pagers,
    pools: config.process.pools,
    owner: nameOfThisProcess(),
    isSurelyDead,
  };
}

/** Playbooks that change are taken without a restart, unless the configuration says otherwise. */
export const watchedBy = ({ playbooks }: Config, shelf: Shelf, { log }: Telemetry): (() => Promise<void>) =>
  playbooks.watch ? watchFolder({ dir: playbooks.folder, shelf, log }) : async () => undefined;

/** Actions that reach what the configuration names. */
export function realActions(
  config: Config,
  { chat, pagers = [] }: { readonly chat: Chat; readonly pagers?: readonly Pager[] },
) {
  const ssh = createSshClient({ hosts: config.inventory });
  const prometheus = config.prometheus
    ? prometheusClient({ url: config.prometheus.url, timeoutMs: prometheusMs })
    : noPrometheus;
  const actions = stepActions({ ssh, prometheus, chat, pagers, httpAllow: config.steps.http.allow });
  return { actions, prometheus, close: () => ssh.close() };
}

/** A route whose matcher cannot be read would fail each webhook: better to hear of it at the start. */
export function withRoutes({ policy }: Config, pure: PureFunctions): PureFunctions {
  for (const [at, { match }] of policy.routes.entries()) {
    try {
      pure.matches(match, {});
    } catch (error) {
      throw new Error(`tocsin.yml: routes[${at}].match: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return pure;
}

/** By the name in the path: `/webhooks/<name>`. */
export const mounted = ({ sources }: Config) =>
  Object.fromEntries(
    Object.entries(sources).map(([name, { kind, secret }]) => [
      name,
      { source: alertSources[kind](name) satisfies AlertSource, secret },
    ]),
  );

/** Where a Tocsin of this configuration is found on its own machine. */
export function addressOf({ http: { host, port } }: Config): string {
  const near = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${near.includes(':') ? `[${near}]` : near}:${port}`;
}

/** What the sender of a source shows. */
export const authorizationOf = (secret: SourceSecret): string =>
  'bearer' in secret
    ? `Bearer ${secret.bearer}`
    : `Basic ${Buffer.from(`${secret.user}:${secret.password}`).toString('base64')}`;

/** Work that nobody does for so long means that no worker runs. */
const staleMs = 60_000;

/** What `/readyz` asks. */
export const checksOf = ({ store, playbooks }: World, slack: Slack | undefined) => ({
  redis: async () => `answers, its clock says ${new Date(await store.now()).toISOString()}`,
  // Only a gateway listens to people.
  ...(slack && {
    slack: async () => {
      if (slack.state() !== 'connected') throw new Error(slack.state());
      return 'connected';
    },
  }),
  /** Never a reason to send no work: what is broken stays as it was. */
  playbooks: async () => {
    const [loaded, problems] = [playbooks.current().length, playbooks.problems().length];
    return `${loaded} loaded${problems ? `, ${problems} problems: see /playbook list, or the log` : ''}`;
  },
  backlog: async () => {
    const { open, oldestMs } = await store.effects.backlog();
    if (oldestMs > staleMs)
      throw new Error(`${open} effects open, the oldest due for ${Math.round(oldestMs / 1000)} s`);
    return `${open} effects open`;
  },
});
