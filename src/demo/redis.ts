/** A real redis-server on loopback, as careful as the production advice: every write is on disk before it is answered. */
import { mkdir } from 'node:fs/promises';
import { binaryOf } from './binaries.ts';
import { firstWordOf, freePort } from './ports.ts';
import { type ServerProcess, startProcess } from './processes.ts';

export type RedisOptions = {
  readonly dir: string;
  readonly port?: number;
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** More settings as on redis-server's command line, for example `['--maxmemory-policy', 'allkeys-lru']`. */
  readonly args?: readonly string[];
};

export type Redis = ServerProcess & { readonly url: string; readonly port: number; readonly dir: string };

export async function startRedisIn({
  dir,
  appendfsync = 'always',
  args = [],
  ...options
}: RedisOptions): Promise<Redis> {
  await mkdir(dir, { recursive: true });
  const port = options.port ?? (await freePort());
  const listen = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no', '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--hz', '100'];
  const server = await startProcess({
    name: 'redis-server',
    command: binaryOf('redis'),
    args: [...listen, ...durable, ...args],
    isReady: async () => (await firstWordOf(port, 'PING\r\n'))?.startsWith('+PONG') ?? false,
  });
  return { ...server, url: `redis://127.0.0.1:${port}`, port, dir };
}
