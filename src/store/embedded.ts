/** A Redis of Tocsin's own: one child process, durable to the last write, its data in one folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

export interface EmbeddedRedis {
  readonly url: string;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly folder: string;
  /** The program; found on the path unless told. */
  readonly program: string;
  /** Redis ended by itself: nothing can be stored any more. */
  readonly onEnd: (why: string) => void;
}

const readyWithinMs = 15_000;

/** Throws with what to do when Redis is not installed, the folder is in use, or Redis does not start. */
export async function startEmbeddedRedis({ folder, program, onEnd }: EmbeddedOptions): Promise<EmbeddedRedis> {
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'tocsin.lock');
  await endLeftover(lock, folder);
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const child = spawnRedis(program, settings({ folder, port, password }));
  const end = ended(child);
  await writeFile(lock, JSON.stringify({ owner: process.pid, url }), { mode: 0o600 });
  await untilReady(url, { child, end, program });
  let stopping = false;
  void end.then((why) => stopping || onEnd(why));
  return {
    url,
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      await end;
      await rm(lock, { force: true });
    },
  };
}

/** `always`: what was answered is on disk. `hz 100`: BullMQ's timers are 100 ms late on Redis' own 10. */
const settings = ({ folder, port, password }: { folder: string; port: number; password: string }): string =>
  [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    `dir ${JSON.stringify(folder)}`,
    'save ""',
    'appendonly yes',
    'appendfsync always',
    'hz 100',
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n');

/** The settings go in by standard input, so that the password stands on no command line. */
function spawnRedis(program: string, config: string): ChildProcess {
  const bound = existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM', program, '-']
    : [program, '-'];
  const [command = program, ...args] = bound;
  // A group of its own: Ctrl-C is for us, and we still have to write.
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(config);
  return child;
}

function ended(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`redis-server ended (${signal ?? code}) ${said}`.trim()));
  });
}

async function untilReady(
  url: string,
  { child, end, program }: { child: ChildProcess; end: Promise<string>; program: string },
): Promise<void> {
  const late = new AbortController();
  const deadline = pause(readyWithinMs, 'it does not answer', { signal: late.signal }).catch(() => '');
  const why = await Promise.race([answering(url, late.signal), end, deadline]);
  late.abort();
  if (why === 'ready') return;
  child.kill('SIGKILL');
  throw new Error(
    `Tocsin's own Redis did not start: ${why}. Install it (Debian: apt-get install redis-server), name the program in ` +
      `TOCSIN_REDIS_SERVER (tried: ${program}), or set redis.url in tocsin.yml to one that runs.`,
  );
}

async function answering(url: string, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    if (await asked(url, (redis) => redis.ping())) return 'ready';
    await pause(20);
  }
  return '';
}

/** One command on a connection of its own. False when it could not be asked. */
async function asked(url: string, ask: (redis: Redis) => Promise<unknown>): Promise<boolean> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await ask(redis);
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

/** A Redis whose Tocsin was killed still writes into the folder: it is ended before another begins. */
async function endLeftover(lock: string, folder: string): Promise<void> {
  const left = await locked(lock);
  if (!left) return;
  if (left.owner !== process.pid && isAlive(left.owner) && (await asked(left.url, (redis) => redis.ping())))
    throw new Error(
      `${folder} is in use by another Tocsin (process ${left.owner}). End it, or give this one a folder of its own (redis.embedded in tocsin.yml).`,
    );
  // SHUTDOWN is answered by the end of the connection.
  await asked(left.url, (redis) => redis.shutdown('NOSAVE'));
}

interface Lock {
  readonly owner: number;
  readonly url: string;
}

const locked = (lock: string): Promise<Lock | undefined> =>
  readFile(lock, 'utf8')
    .then((text) => JSON.parse(text) as Lock)
    .catch(() => undefined);

/** Where the Redis of the Tocsin that runs on this folder is, if one does. */
export async function runningEmbedded(folder: string): Promise<string | undefined> {
  const found = await locked(join(folder, 'tocsin.lock'));
  return found && isAlive(found.owner) && (await asked(found.url, (redis) => redis.ping())) ? found.url : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
