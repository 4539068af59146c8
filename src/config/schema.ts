/** The shape of `tocsin.yml`, with every default. */
import { z } from 'zod';
import { durationMs } from '../domain/duration.ts';
import { permissions } from '../domain/guardrails.ts';
import { isSeverity, severities } from '../domain/policy.ts';
import { isZone } from './calendars/zone.ts';

const Text = z.string().min(1);
const Name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/i, 'Use letters, digits, `-`, `_` and `.`, at most 63 of them.');

/** Values from the environment are always text. */
const WholeNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );

const YesNo = z.preprocess(
  (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
  z.boolean('Write `true` or `false`.'),
);

/** A list may be given as one text with commas, as from the environment. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean)
        : value,
    z.array(item),
  );

const Texts = listOf(Text);

const TextList = Texts.default([]);

const Duration = (fallback: string) =>
  z
    .string()
    .refine((text) => durationMs(text) !== undefined, 'Write a time like `30s`, `5m` or `1h30m`.')
    .default(fallback)
    .transform((text) => durationMs(text) ?? 0);

const HttpUrl = z.url({ protocol: /^https?$/, error: 'Write an address that begins with http:// or https://.' });

const Severity = z.string().refine(isSeverity, `Severities are ${severities.join(', ')}.`);

const Service = z.strictObject({
  channel: Text.optional(),
  invite: TextList,
  invite_groups: TextList,
  links: z.array(z.strictObject({ title: Text, url: Text })).default([]),
});

// Alertmanager: `=`, `!=`, `=~` or `!~` between a label's name and a value.
const Matcher = z
  .string()
  .regex(/^\s*[a-zA-Z_]\w*\s*(=~|!~|!=|=)/, 'Write a matcher like `severity="critical"` or `job=~"shop.*"`.');

const Route = z.strictObject({
  match: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(Matcher)).default([]),
  service: Text.optional(),
  severity: Severity.optional(),
  channel: z.enum(['first_alert', 'never']).optional(),
});

const Source = z.strictObject({
  kind: z.enum(['alertmanager']).default('alertmanager'),
  bearer: Text.optional(),
  basic: z.strictObject({ user: Text, password: Text }).optional(),
});

const Pool = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Write a name of small letters, digits and `-`, beginning with a letter.');

/** What this process does: one `tocsin.yml` serves all of them. */
const Process = z.strictObject({
  roles: listOf(z.enum(['gateway', 'worker'], 'Roles are `gateway` and `worker`.')).default(['gateway', 'worker']),
  pools: listOf(Pool).optional(),
});

const Host = z.strictObject({
  name: Name,
  service: Text.optional(),
  pool: Pool.optional(),
  address: Text,
  port: WholeNumber(1, 65_535).default(22),
  user: Text,
  private_key: Text,
  // OpenSSH: `ssh-keyscan` prints this; the fingerprint form is what `ssh-keygen -l` prints.
  host_key: z
    .string()
    .regex(/^((ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))\s+AAAA[\w+/]+=*(\s|$)|SHA256:[\w+/]{43}$)/, {
      error:
        "Write the host's public key, as in `ssh-keyscan -t ed25519 HOST` without the host name: `ssh-ed25519 AAAA…`.",
    }),
});

const Incidents = z.strictObject({
  service_label: Text.default('service'),
  default_severity: Severity.default('sev3'),
  channel_prefix: z
    .string()
    .regex(/^[a-z0-9_-]{1,20}$/, 'Use small letters, digits, `-` and `_`, at most 20.')
    .default('inc-'),
  default_channel: Text.optional(),
  grace: Duration('5m'),
  join_window: Duration('10m'),
  close_after: Duration('1h'),
  late: Duration('1m'),
});

const Share = z.preprocess(
  (value) => (typeof value === 'string' && /^[01]?\.?\d+$/.test(value) ? Number(value) : value),
  z.number().min(0).max(1),
);

const Guardrails = z.strictObject({
  blast_radius: z
    .strictObject({
      percent: WholeNumber(1, 100).default(20),
      window: Duration('1h'),
      at_least: WholeNumber(1, 10_000).default(1),
    })
    .prefault({}),
  override_roles: TextList,
  // The last 20 endings of each playbook are kept.
  efficacy: z.strictObject({ at_least: Share.default(0.5), of_last: WholeNumber(1, 20).default(10) }).prefault({}),
});

/** Field of the target → globs, one of which must fit. */
const AllowRule = z.record(
  Text,
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(Text).min(1)),
);

const Calendar = z.strictObject({
  ics: Text.optional(),
  weekly: z.array(z.string()).optional(),
  timezone: z.string().refine(isZone, 'Write a zone like `Europe/Berlin`, or `UTC`.').optional(),
});

/** An empty list asks for no role at all; a permission that is not named keeps its default. */
const Permissions = z.strictObject(
  Object.fromEntries(permissions.map((permission) => [permission, Texts.optional()])) as Record<
    (typeof permissions)[number],
    z.ZodOptional<typeof Texts>
  >,
);

export const TocsinYml = z.strictObject({
  http: z
    .strictObject({
      host: Text.default('127.0.0.1'),
      port: WholeNumber(0, 65_535).default(8080),
      public_url: HttpUrl.optional(),
    })
    .prefault({}),
  redis: z
    .strictObject({
      embedded: Text.default('.tocsin/redis'),
      url: z.string().optional(),
      replicas: WholeNumber(0, 10).default(0),
    })
    .prefault({}),
  slack: z.strictObject({
    mode: z.enum(['socket', 'http']).default('socket'),
    bot_token: z
      .string()
      .regex(/^xoxb-/, 'This is no bot token: it begins with `xoxb-`. See "OAuth & Permissions" of your Slack app.'),
    app_token: z
      .string()
      .regex(/^xapp-/, 'This is no app-level token: it begins with `xapp-`. See "Basic Information" of your Slack app.')
      .optional(),
    signing_secret: Text.optional(),
    api_url: HttpUrl.optional(),
  }),
  sources: z.record(Name, Source).default({}),
  services: z
    .record(
      Name,
      z.preprocess((value) => value ?? {}, Service),
    )
    .default({}),
  routes: z.array(Route).default([]),
  severities: z.record(z.string(), Severity).default({ critical: 'sev1', warning: 'sev2', info: 'sev3' }),
  incidents: Incidents.prefault({}),
  roles: z.record(Name, z.strictObject({ users: TextList, groups: TextList })).default({}),
  permissions: Permissions.prefault({}),
  policy: z.strictObject({ allow: z.array(AllowRule).optional() }).prefault({}),
  guardrails: Guardrails.prefault({}),
  calendars: z.record(Name, Calendar).default({}),
  inventory: z.array(Host).default([]),
  prometheus: z.strictObject({ url: HttpUrl.optional(), external_url: HttpUrl.optional() }).prefault({}),
  alertmanager: z.strictObject({ url: HttpUrl.optional() }).prefault({}),
  secrets: z.strictObject({ env: TextList, folder: Text.optional() }).prefault({}),
  steps: z.strictObject({ http: z.strictObject({ allow: TextList }).prefault({}) }).prefault({}),
  playbooks: z.strictObject({ folder: Text.default('playbooks'), watch: YesNo.default(true) }).prefault({}),
  blobs: z.strictObject({ folder: Text.default('.tocsin/blobs'), keep: Duration('30d') }).prefault({}),
  history: z
    .strictObject({
      key: Text.optional(),
      old_keys: TextList,
      archive_after: Duration('90d'),
    })
    .prefault({}),
  process: Process.prefault({}),
  pools: listOf(Pool).default([]),
  worker: z.strictObject({ concurrency: WholeNumber(1, 1000).default(8) }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

export type TocsinYml = z.output<typeof TocsinYml>;
