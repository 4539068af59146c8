/** `tocsin doctor`: looks at everything that the configuration names, and starts, changes and repairs nothing. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { measured } from './blobs/folder.ts';
import { checkPlaybooks } from './check.ts';
import { alertmanagerClient } from './clients/alertmanager.ts';
import { prometheusClient } from './clients/prometheus.ts';
import { createSshClient } from './clients/ssh.ts';
import { type Config, secretsOf } from './config/config.ts';
import { manifestScopes } from './config/manifest.ts';
import type { ConfigProblems } from './config/problems.ts';
import { blobsCheck, diskCheck } from './doctor/disk.ts';
import { type Check, examine, type Finding, ok } from './doctor/finding.ts';
import { historyCheck } from './doctor/history.ts';
import { playbooksCheck } from './doctor/playbooks.ts';
import { poolsCheck } from './doctor/pools.ts';
import { prometheusCheck } from './doctor/prometheus.ts';
import { type RedisFacts, redisCheck } from './doctor/redis.ts';
import { slackCheck } from './doctor/slack.ts';
import { targetsCheck } from './doctor/targets.ts';
import { testAlertCheck } from './doctor/test-alert.ts';
import { type Door, webhooksCheck } from './doctor/webhooks.ts';
import type { AlertRecord } from './domain/alert.ts';
import type { Store } from './engine/ports.ts';
import { isGateway, ownHosts } from './pools.ts';
import { examineSlack } from './slack/examine.ts';
import { runningEmbedded } from './store/embedded.ts';
import { examineRedis } from './store/examine.ts';
import { redisStore } from './store/redis.ts';
import { scrubber } from './telemetry/scrub.ts';
import { addressOf, authorizationOf } from './wiring.ts';

export interface DoctorOptions {
  readonly redisProgram: string;
  readonly sendTestAlert?: boolean;
  /** For the test alert: Alertmanager may hold it back for its `group_wait`. */
  readonly testAlertMs?: number;
}

const withinMs = 20_000;
const clientMs = 10_000;

/** A configuration that cannot be used is all that there is to say. */
export const configFindings = ({ problems }: ConfigProblems): readonly Finding[] =>
  problems.map(({ where, code, message }) => ({
    about: 'configuration',
    verdict: 'problem',
    what: `${where}  ${code}`,
    advice: message,
  }));

export async function doctor(config: Config, options: DoctorOptions): Promise<readonly Finding[]> {
  const { testAlertMs = 90_000 } = options;
  const scrub = scrubber(secretsOf(config));
  const looked = await examine(checksOf(config, options), withinMs);
  const tested = options.sendTestAlert ? await sentAlert(config, testAlertMs) : [];
  return [...looked, ...tested].map((finding) => ({
    ...finding,
    what: scrub(finding.what),
    ...(finding.advice && { advice: scrub(finding.advice) }),
  }));
}

const checksOf = (config: Config, options: DoctorOptions): readonly Check[] => [
  { about: 'configuration', look: async () => [ok('It can be read, and every secret is there.')] },
  redisCheck(() => redisFacts(config, options)),
  // A Tocsin with a Redis of its own makes a key itself.
  historyCheck(config.history.key !== undefined || config.redis.kind === 'embedded'),
  diskCheck([...(config.redis.kind === 'embedded' ? [config.redis.folder] : []), config.blobs.folder]),
  blobsCheck(config.blobs, measured),
  slackCheck({
    facts: () => examineSlack(slackAccess(config)),
    // Who does not listen to people opens no socket.
    mode: isGateway(config) ? config.slack.mode : 'http',
    wanted: manifestScopes(),
  }),
  ...(isGateway(config) ? [webhooksCheck(doorOf(config))] : []),
  targetsCheck(() => createSshClient({ hosts: ownHosts(config), connectTimeoutMs: clientMs }), config.inventory.length),
  poolsCheck(config.pools, () => seenPools(config)),
  prometheusCheck(config.prometheus && prometheusClient({ url: config.prometheus.url, timeoutMs: clientMs })),
  playbooksCheck(() => checkPlaybooks(config), Object.keys(config.roles)),
];

/** Where Redis is out of reach, that is said already. */
async function seenPools({ redis }: Config) {
  const url = redis.kind === 'url' ? redis.url.reveal() : await runningEmbedded(redis.folder);
  const store = url === undefined ? undefined : await redisStore({ url }).catch(() => undefined);
  const seen = await store?.presence.pools();
  await store?.close();
  return seen;
}

async function redisFacts({ redis }: Config, { redisProgram }: DoctorOptions): Promise<RedisFacts | string> {
  if (redis.kind === 'url') return await examineRedis({ url: redis.url.reveal(), replicas: redis.replicas });
  const running = await runningEmbedded(redis.folder);
  if (running) return await examineRedis({ url: running });
  const { stdout } = await promisify(execFile)(redisProgram, ['--version']).catch(() => {
    throw new Error(`Tocsin would start a Redis of its own, and there is no program \`${redisProgram}\`.`);
  });
  return `Tocsin does not run; it will start its own Redis (${/v=([\d.]+)/.exec(stdout)?.[1] ?? 'unknown version'}) in ${redis.folder}.`;
}

function slackAccess(config: Config) {
  const { slack } = config;
  return {
    botToken: slack.botToken.reveal(),
    ...(slack.mode === 'socket' && isGateway(config) && { appToken: slack.appToken.reveal() }),
    ...(slack.apiUrl && { apiUrl: slack.apiUrl }),
  };
}

function doorOf(config: Config): Door {
  const { http, slack, sources } = config;
  return {
    address: addressOf(config),
    sources: Object.entries(sources).map(([name, { secret }]) => ({ name, authorization: authorizationOf(secret) })),
    ...(slack.mode === 'http' && { slack: { address: http.publicUrl?.replace(/\/$/, '') } }),
  };
}

async function sentAlert(config: Config, testAlertMs: number): Promise<readonly Finding[]> {
  const url = config.redis.kind === 'url' ? config.redis.url.reveal() : await runningEmbedded(config.redis.folder);
  if (!url) return [{ about: 'test alert', verdict: 'problem', what: 'No Tocsin runs.', advice: 'Start it first.' }];
  const store = await redisStore({ url });
  const alertmanager = config.alertmanager && alertmanagerClient({ url: config.alertmanager.url, timeoutMs: clientMs });
  const mark = randomBytes(6).toString('hex');
  const arrived = (label: string, value: string) => incidentWith(store, ({ labels }) => labels[label] === value);
  const parts = { alertmanager, mark, arrived, now: () => Date.now(), withinMs: testAlertMs };
  try {
    return await examine([testAlertCheck(parts)], testAlertMs + withinMs);
  } finally {
    await store.close();
  }
}

const newest = 20;

/** Among the newest incidents, and of each the alerts heard last. */
async function incidentWith(store: Store, isIt: (alert: AlertRecord) => boolean): Promise<string | undefined> {
  for (const id of await store.list('incident', 'all', newest)) {
    const alerts = await store.topAlerts(id, newest);
    if (alerts.some(isIt)) return id;
  }
  return undefined;
}
