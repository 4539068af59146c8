/** Empties Tocsin's own budgets for Slack, for tests whose workspace has no limits: else most of the time would be waiting. */
import { Redis } from 'ioredis';

const emptiedEveryMs = 150;

/** Until it is stopped. A Redis that is away is waited for. */
export function unhurried(url: string): () => Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, commandTimeout: 1_000 });
  redis.on('error', () => undefined);
  const emptying = setInterval(() => {
    redis
      .keys('{tocsin}:budget:*')
      .then((keys) => (keys.length ? redis.unlink(keys) : 0))
      .catch(() => undefined);
  }, emptiedEveryMs);
  return async () => {
    clearInterval(emptying);
    redis.disconnect();
  };
}
