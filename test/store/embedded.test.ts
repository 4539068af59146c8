/** Tocsin's own Redis: durable, locked to one Tocsin, and picked up again after a kill. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { binaryOf } from '../../src/demo/binaries.ts';
import { runningEmbedded, startEmbeddedRedis } from '../../src/store/embedded.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-embedded-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (program = binaryOf('redis')) => startEmbeddedRedis({ folder, program, onEnd: () => undefined });

async function on<T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

test('what was written is there after a restart', async () => {
  const first = await start();
  await on(first.url, (redis) => redis.set('word', 'kept'));
  await first.stop();
  const second = await start();
  expect(await on(second.url, (redis) => redis.get('word'))).toBe('kept');
  await second.stop();
});

test('whoever looks at its folder finds it while it runs, and not after', async () => {
  expect(await runningEmbedded(folder)).toBeUndefined();
  const redis = await start();
  expect(await runningEmbedded(folder)).toBe(redis.url);
  await redis.stop();
  expect(await runningEmbedded(folder)).toBeUndefined();
});

test('it is as durable as promised, and asks for a password', async () => {
  const redis = await start();
  const settings = await on(redis.url, async (ask) => [
    await ask.config('GET', 'appendfsync'),
    await ask.config('GET', 'hz'),
  ]);
  expect(JSON.stringify(settings)).toContain('always');
  await expect(on(redis.url.replace(/:[^:@]+@/, ':wrong@'), (ask) => ask.ping())).rejects.toThrow();
  await redis.stop();
});

test('a folder in use by a living Tocsin is refused with what to do', async () => {
  const redis = await start();
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const lock = join(folder, 'tocsin.lock');
  await writeFile(lock, JSON.stringify({ ...JSON.parse(await readFile(lock, 'utf8')), owner: other.pid }));
  await expect(start()).rejects.toThrow(/in use by another Tocsin \(process \d+\)/);
  other.kill('SIGKILL');
  await redis.stop();
});

test('the Redis that a killed Tocsin left behind is ended before another begins, and nothing is lost', async () => {
  const left = await start();
  await on(left.url, (redis) => redis.set('word', 'kept'));
  const again = await start();
  expect(await on(again.url, (redis) => redis.get('word'))).toBe('kept');
  await expect(on(left.url, (redis) => redis.ping())).rejects.toThrow();
  await again.stop();
  await left.stop();
});

test('a missing redis-server is said with what to do', async () => {
  await expect(start('/nowhere/redis-server')).rejects.toThrow(/apt-get install redis-server/);
});
