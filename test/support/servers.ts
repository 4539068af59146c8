/** Real servers for tests: each on a free loopback port, in a folder of its own, gone when the test says so or dies. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Redis, type RedisOptions, startRedisIn } from '../../src/demo/redis.ts';

export { freePort } from '../../src/demo/ports.ts';

/** Give `dir` (and `port`) of an earlier one to start it again on the same data; a folder given is kept by `stop`. */
export function startRedis(options: Partial<RedisOptions> = {}): Promise<Redis> {
  return inFolder(options.dir, 'redis', (dir) => startRedisIn({ ...options, dir }));
}

/** A folder of the test's own unless it brings one, removed after `stop`. */
async function inFolder<S extends { stop(): Promise<void> }>(
  given: string | undefined,
  name: string,
  start: (dir: string) => Promise<S>,
): Promise<S> {
  const dir = given ?? (await mkdtemp(join(tmpdir(), `tocsin-${name}-`)));
  const clean = () => (given ? Promise.resolve() : rm(dir, { recursive: true, force: true }));
  try {
    const server = await start(dir);
    return { ...server, stop: () => server.stop().then(clean) };
  } catch (error) {
    await clean();
    throw error;
  }
}
