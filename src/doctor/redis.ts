/** Redis: whether it answers, keeps what it acknowledged, deletes nothing, and is new enough. */
import { type Check, ok, problem, type Said, warning } from './finding.ts';

export interface RedisFacts {
  /** `host:port`. */
  readonly where: string;
  readonly version: string;
  readonly usedBytes: number;
  /** 0: no limit. */
  readonly mostBytes: number;
  /** What it could lose, in words, with what to do. */
  readonly weaknesses: readonly string[];
}

/** BullMQ: 5.0 or newer, and 6.2 or newer recommended. */
const oldest = 5;
const recommended = 6.2;
const fullAt = 0.8;

/** `facts` throws when Redis cannot be reached; nothing where none runs, and Tocsin would start its own. */
export const redisCheck = (facts: () => Promise<RedisFacts | string>): Check => ({
  about: 'redis',
  look: async () => {
    const found = await facts().catch((error: unknown) => error);
    if (typeof found === 'string') return [ok(found)];
    if (found instanceof Error) return [problem(found.message, 'Start it, or correct `redis` in tocsin.yml.')];
    return saidOf(found as RedisFacts);
  },
});

function saidOf({ where, version, usedBytes, mostBytes, weaknesses }: RedisFacts): readonly Said[] {
  return [
    ok(`Redis ${version} at ${where} answers.`),
    ...ageOf(version),
    ...weaknesses.map(apart),
    ...(weaknesses.length ? [] : [ok('It keeps what it acknowledged, and deletes nothing when it is full.')]),
    ...(mostBytes && usedBytes > fullAt * mostBytes
      ? [warning(`${Math.round((100 * usedBytes) / mostBytes)} % of its memory is in use.`, 'Raise `maxmemory`.')]
      : []),
  ];
}

function ageOf(version: string): readonly Said[] {
  const number = Number.parseFloat(version);
  if (number < oldest) return [problem(`Redis ${version} is too old.`, 'Take 6.2 or newer.')];
  return number < recommended ? [warning(`Redis ${version} is old.`, 'Take 6.2 or newer.')] : [];
}

/** `… : a restart loses webhooks. Set appendonly yes.`: the last sentence is what to do. */
function apart(weakness: string): Said {
  const at = weakness.lastIndexOf('. ', weakness.length - 2);
  return at < 0
    ? warning(weakness, 'See docs/operations.md.')
    : warning(weakness.slice(0, at + 1), weakness.slice(at + 2));
}
