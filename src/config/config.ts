/** What `tocsin.yml` and the environment come to: one frozen value. */
import { dirname, resolve } from 'node:path';
import type { Guardrails } from '../domain/guardrails.ts';
import type { UserRef } from '../domain/ids.ts';
import type { Policy, Route, Service } from '../domain/policy.ts';
import { defaultPool } from '../domain/pool.ts';
import { weeklyHours } from './calendars/weekly.ts';
import type { Calendar } from './calendars.ts';
import { knownPools } from './check-pools.ts';
import { type Environment, lookup } from './environment.ts';
import type { TocsinYml } from './schema.ts';
import { hide, Secret } from './secret.ts';

export interface Config {
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl?: string };
  /** Embedded: a Redis of Tocsin's own with its data in `folder`. */
  readonly redis:
    | { readonly kind: 'embedded'; readonly folder: string }
    | { readonly kind: 'url'; readonly url: Secret; readonly replicas: number };
  readonly slack: { readonly botToken: Secret; readonly apiUrl?: string } & SlackMode;
  /** Each at `/webhooks/<name>`. */
  readonly sources: Readonly<Record<string, ConfiguredSource>>;
  readonly policy: Policy;
  readonly roles: Readonly<Record<string, { readonly users: readonly string[]; readonly groups: readonly string[] }>>;
  readonly calendars: Readonly<Record<string, Calendar>>;
  readonly inventory: readonly Host[];
  readonly prometheus?: { readonly url: string; readonly externalUrl?: string };
  /** Only asked by `tocsin doctor`. */
  readonly alertmanager?: { readonly url: string };
  /** What playbooks may read by reference: these variables, and files of the folder. */
  readonly secrets: { readonly env: readonly NamedSecret[]; readonly folder?: string };
  /** Hosts (`api.example.com`, `api:8443`) that `http.request` may talk to. */
  readonly steps: { readonly http: { readonly allow: readonly string[] } };
  readonly playbooks: { readonly folder: string; readonly watch: boolean };
  readonly blobs: { readonly folder: string; readonly keepMs: number };
  /** What history is sealed with, and what it was sealed with before. */
  readonly history: { readonly key?: Secret; readonly oldKeys: readonly Secret[]; readonly archiveAfterMs: number };
  /** What this process does. A process that is no worker has no pools. */
  readonly process: { readonly roles: readonly ('gateway' | 'worker')[]; readonly pools: readonly string[] };
  /** Every pool that there is. */
  readonly pools: readonly string[];
  readonly worker: { readonly concurrency: number };
  readonly log: { readonly level: string };
}

/** Socket Mode, or requests that Slack signs. */
export type SlackMode =
  | { readonly mode: 'socket'; readonly appToken: Secret }
  | { readonly mode: 'http'; readonly signingSecret: Secret };

export interface ConfiguredSource {
  readonly kind: 'alertmanager';
  /** Prints as `***`. */
  readonly secret: { readonly bearer: string } | { readonly user: string; readonly password: string };
}

/** Without a value: allowed, and not set. */
export interface NamedSecret {
  readonly name: string;
  readonly value?: Secret;
}

export interface Host {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly hostKey: string;
  /** Whose workers have its key, where it says so. */
  readonly pool?: string;
}

/** Folders and key files are named as seen from the configuration file. */
export function toConfig(yml: TocsinYml, file: string, env: Environment): Config {
  const path = (name: string) => resolve(dirname(file), name);
  return freeze({
    http: { host: yml.http.host, port: yml.http.port, ...given({ publicUrl: yml.http.public_url }) },
    redis: yml.redis.url
      ? { kind: 'url', url: new Secret(yml.redis.url), replicas: yml.redis.replicas }
      : { kind: 'embedded', folder: path(yml.redis.embedded) },
    slack: {
      botToken: new Secret(yml.slack.bot_token),
      ...slackMode(yml.slack),
      ...given({ apiUrl: yml.slack.api_url }),
    },
    sources: Object.fromEntries(Object.entries(yml.sources).map(([name, source]) => [name, toSource(source)])),
    policy: toPolicy(yml),
    roles: yml.roles,
    calendars: toCalendars(yml, path),
    inventory: yml.inventory.map((host) => ({
      name: host.name,
      address: host.address,
      port: host.port,
      user: host.user,
      privateKeyPath: path(host.private_key),
      hostKey: host.host_key,
      ...given({ pool: host.pool }),
    })),
    ...(yml.prometheus.url
      ? { prometheus: { url: yml.prometheus.url, ...given({ externalUrl: yml.prometheus.external_url }) } }
      : {}),
    ...(yml.alertmanager.url ? { alertmanager: { url: yml.alertmanager.url } } : {}),
    secrets: {
      env: yml.secrets.env.map((name) => namedSecret(name, env)),
      ...given({ folder: yml.secrets.folder === undefined ? undefined : path(yml.secrets.folder) }),
    },
    steps: yml.steps,
    playbooks: { folder: path(yml.playbooks.folder), watch: yml.playbooks.watch },
    blobs: { folder: path(yml.blobs.folder), keepMs: yml.blobs.keep },
    history: toHistory(yml),
    process: toProcess(yml.process),
    pools: knownPools(yml),
    worker: yml.worker,
    log: yml.log,
  });
}

const toHistory = ({ history }: TocsinYml): Config['history'] => ({
  ...(history.key !== undefined && { key: new Secret(history.key) }),
  oldKeys: history.old_keys.map((key) => new Secret(key)),
  archiveAfterMs: history.archive_after,
});

const toProcess = ({ roles, pools = [defaultPool] }: TocsinYml['process']): Config['process'] => ({
  roles,
  pools: roles.includes('worker') ? pools : [],
});

/** What is wrong with one was found before. */
function toCalendars({ calendars }: TocsinYml, path: (name: string) => string): Config['calendars'] {
  const entries = Object.entries(calendars).map(([name, { ics, weekly = [], timezone = 'UTC' }]) => {
    const hours = weekly.map(weeklyHours).filter((one) => one !== undefined);
    const calendar: Calendar =
      ics === undefined ? { kind: 'weekly', hours, timezone } : { kind: 'ics', file: path(ics), timezone };
    return [name, calendar] as const;
  });
  return Object.fromEntries(entries);
}

/** Every secret value, for whoever must keep them out of what they write. */
export function secretsOf(config: Config): readonly string[] {
  const sources = Object.values(config.sources).map(({ secret }) =>
    'bearer' in secret ? secret.bearer : secret.password,
  );
  const { slack } = config;
  const ofMode = slack.mode === 'socket' ? slack.appToken : slack.signingSecret;
  const named = config.secrets.env.flatMap(({ value }) => (value ? [value.reveal()] : []));
  const keys = [config.history.key, ...config.history.oldKeys].flatMap((key) => (key ? [key.reveal()] : []));
  return [slack.botToken.reveal(), ofMode.reveal(), ...sources, ...redisSecrets(config), ...named, ...keys];
}

function namedSecret(name: string, env: Environment): NamedSecret {
  const found = lookup(env, name);
  return { name, ...('value' in found && found.value !== undefined && { value: new Secret(found.value) }) };
}

/** Which of the two is there was checked. */
const slackMode = ({ mode, app_token = '', signing_secret = '' }: TocsinYml['slack']): SlackMode =>
  mode === 'socket' ? { mode, appToken: new Secret(app_token) } : { mode, signingSecret: new Secret(signing_secret) };

function redisSecrets({ redis }: Config): string[] {
  const password = redis.kind === 'url' && URL.canParse(redis.url.reveal()) ? new URL(redis.url.reveal()).password : '';
  return password ? [password, decodeURIComponent(password)] : [];
}

function toSource({ kind, bearer, basic }: TocsinYml['sources'][string]): ConfiguredSource {
  const secret = basic ? { user: basic.user, password: basic.password } : { bearer: bearer ?? '' };
  return { kind, secret: hide(secret) };
}

function toPolicy(yml: TocsinYml): Policy {
  const { incidents } = yml;
  return {
    services: Object.entries(yml.services).map(([name, service]) => toService(name, service)),
    routes: yml.routes.map(
      (route): Route => ({
        match: route.match,
        ...given({ service: route.service, severity: route.severity, channel: route.channel }),
      }),
    ),
    serviceLabel: incidents.service_label,
    severities: yml.severities,
    defaultSeverity: incidents.default_severity,
    channelPrefix: incidents.channel_prefix,
    ...given({ defaultChannel: incidents.default_channel }),
    graceMs: incidents.grace,
    joinWindowMs: incidents.join_window,
    closeAfterMs: incidents.close_after,
    lateMs: incidents.late,
    guardrails: toGuardrails(yml),
    permissions: given(yml.permissions),
    roles: Object.keys(yml.roles),
  };
}

const toGuardrails = ({ guardrails, policy, inventory }: TocsinYml): Guardrails => ({
  blastRadius: {
    percent: guardrails.blast_radius.percent,
    windowMs: guardrails.blast_radius.window,
    atLeast: guardrails.blast_radius.at_least,
  },
  overrideRoles: guardrails.override_roles,
  efficacy: { atLeast: guardrails.efficacy.at_least, ofLast: guardrails.efficacy.of_last },
  ...given({ allow: policy.allow }),
  hosts: inventory.map((host) => ({
    name: host.name,
    service: host.service ?? '',
    at: placeOf(host),
    ...given({ pool: host.pool }),
  })),
});

/** Which machine, and as whom: an approval is for these. */
const placeOf = ({ user, address, port, host_key }: TocsinYml['inventory'][number]): string =>
  `${user}@${address}:${port} ${host_key}`;

const toService = (name: string, service: TocsinYml['services'][string]): Service => ({
  name,
  ...given({ channel: service.channel }),
  invite: service.invite as UserRef[],
  inviteGroups: service.invite_groups,
  links: service.links,
});

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that were left out. */
const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;

function freeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
