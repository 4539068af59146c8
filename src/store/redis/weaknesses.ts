/** What a Redis, as it is configured, could lose: said in words, with what to do. */
import type { Redis } from 'ioredis';
import type { Connection } from './connection.ts';

export async function weaknessesOf({ ask, where, replicas }: Connection): Promise<readonly string[]> {
  const config = await ask((redis) => configOf(redis).catch(undefinedIfRefused));
  const info = await ask((redis) => redis.info('persistence').catch(undefinedIfRefused));
  const replication = await ask((redis) => redis.info('replication').catch(undefinedIfRefused));
  const found = [
    ...(config ? fromConfig(config) : [hidden]),
    ...fromInfo(info ?? ''),
    ...fromReplication(replication ?? '', replicas),
  ];
  return found.map((weakness) => `Redis at ${where} ${weakness}`);
}

const hidden =
  'does not let its configuration be read (CONFIG GET): whether it keeps what it acknowledged cannot be seen. ' +
  'See that it has appendonly yes, appendfsync always and maxmemory-policy noeviction.';

const names = ['appendonly', 'appendfsync', 'maxmemory-policy'] as const;
type Config = Readonly<Partial<Record<(typeof names)[number], string>>>;

async function configOf(redis: Redis): Promise<Config | undefined> {
  const pairs = await Promise.all(names.map(async (name) => [name, valueIn(await redis.config('GET', name))]));
  return pairs.every(([, value]) => value) ? Object.fromEntries(pairs) : undefined;
}

/** RESP2 answers name and value as a list, RESP3 as a map. */
function valueIn(reply: unknown): string {
  const [, value] = Array.isArray(reply) ? reply : (Object.entries(reply ?? {})[0] ?? []);
  return String(value ?? '');
}

function fromConfig(config: Config): readonly string[] {
  return [lossOf(config), evictionOf(config)].filter((weakness) => weakness !== undefined);
}

function lossOf({ appendonly, appendfsync }: Config): string | undefined {
  if (appendonly !== 'yes') {
    return 'has appendonly no: a restart loses acknowledged webhooks and running playbooks. Set `appendonly yes`.';
  }
  if (appendfsync === 'always') return undefined;
  const lost = appendfsync === 'everysec' ? 'about the last second' : 'the last half minute or more';
  return `has appendfsync ${appendfsync}: a power cut loses ${lost} of what was acknowledged. Set \`appendfsync always\`.`;
}

function evictionOf({ 'maxmemory-policy': policy }: Config): string | undefined {
  if (policy === 'noeviction') return undefined;
  return `has maxmemory-policy ${policy}: short of memory it may delete a running playbook. Set \`maxmemory-policy noeviction\`.`;
}

/** A full disk shows here first. */
function fromInfo(info: string): readonly string[] {
  if (!/^aof_last_write_status:(?!ok)/m.test(info)) return [];
  return ['could not write its append-only file last time (is the disk full?): see its log.'];
}

/** Who has replicas means to go on with one of them. */
function fromReplication(info: string, replicas: number): readonly string[] {
  // INFO: `slave0:ip=…,port=…,state=online,…`; other states have not caught up yet.
  const there = info.match(/^slave\d+:.*state=online/gm)?.length ?? 0;
  if (there < replicas)
    return [
      `has ${there} replicas, and ${replicas} must have what is acknowledged: webhooks are refused and steps fail. Start them, or lower redis.replicas.`,
    ];
  return there && !replicas
    ? [
        'has replicas that are not waited for: one that takes over may have missed what was acknowledged. Set `redis.replicas: 1`.',
      ]
    : [];
}

/** Managed Redis hides these commands: that is an answer. Not being reached is not. */
function undefinedIfRefused(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ReplyError' && /unknown command|NOPERM/i.test(error.message)) {
    return undefined;
  }
  throw error;
}
