/** Commands on the machines of the inventory: connections are kept, commands are lists, results are honest. */

import { commandLine, Unquotable } from './shell.ts';
import { type Connection, connect, pinOf, SshFailure, type SshHost } from './ssh-connection.ts';
import { exec, type SshResult } from './ssh-exec.ts';

export { SshFailure, type SshHost } from './ssh-connection.ts';
export type { SshResult } from './ssh-exec.ts';

export interface SshClient {
  readonly hosts: readonly string[];
  /** Throws `SshFailure` where the command was not sent; whatever happens after that is in the result. */
  run(host: string, argv: readonly string[], options: SshRunOptions): Promise<SshResult>;
  close(): Promise<void>;
}

export interface SshRunOptions {
  /** The target ends the command after this time, by its own `timeout`: exit code 124. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  readonly stdin?: string;
  /** Through `sudo -n`: never asks for a password. */
  readonly become?: boolean;
}

export interface SshOptions {
  readonly hosts: readonly SshHost[];
  readonly connectTimeoutMs?: number;
  /** A connection that nobody uses is closed after this time. */
  readonly idleMs?: number;
  readonly maxOutputBytes?: number;
}

interface Kept {
  readonly host: SshHost;
  connection: Promise<Connection> | undefined;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

// After `timeout` has sent TERM: so long until KILL, and so long until nobody waits any more.
const killAfterMs = 5_000;
const answerAfterMs = 2_000;

export function createSshClient({ hosts, connectTimeoutMs = 10_000, idleMs = 60_000, ...rest }: SshOptions): SshClient {
  const maxOutputBytes = rest.maxOutputBytes ?? 64_000;
  for (const host of hosts) pinOf(host);
  const kept = new Map<string, Kept>(
    hosts.map((host) => [host.name, { host, connection: undefined, users: 0, idle: undefined }]),
  );
  return {
    hosts: hosts.map(({ name }) => name),
    run: async (name, argv, { timeoutMs, become = false, ...more }) => {
      const command = wrapped(argv, { timeoutMs, become });
      const entry = kept.get(name);
      if (!entry) throw new SshFailure('ssh_unknown_host', `\`${name}\` is not in the inventory of tocsin.yml.`);
      const deadlineMs = timeoutMs + killAfterMs + answerAfterMs;
      return inUse(entry, { idleMs }, async () => {
        const connection = await opened(entry, connectTimeoutMs);
        return exec(connection, { command, deadlineMs, maxOutputBytes, ...more });
      });
    },
    close: async () => {
      await Promise.all([...kept.values()].map(drop));
    },
  };
}

function wrapped(argv: readonly string[], { timeoutMs, become }: { timeoutMs: number; become: boolean }): string {
  if (!argv.length) throw new SshFailure('ssh_bad_argument', 'The command is empty.');
  const seconds = (ms: number) => `${Math.max(1, Math.ceil(ms / 1000))}`;
  const guard = ['timeout', '-k', seconds(killAfterMs), seconds(timeoutMs)];
  try {
    return commandLine([...guard, ...(become ? ['sudo', '-n', '--'] : []), ...argv]);
  } catch (error) {
    throw error instanceof Unquotable ? new SshFailure('ssh_bad_argument', error.message) : error;
  }
}

/** One connection for each host, shared by whoever asks meanwhile; a failed or ended one is forgotten. */
async function opened(entry: Kept, connectTimeoutMs: number): Promise<Connection> {
  const before = entry.connection;
  const current = await before?.catch(() => undefined);
  if (current?.isOpen()) return current;
  if (entry.connection === before) entry.connection = undefined;
  entry.connection ??= connect(entry.host, connectTimeoutMs);
  const opening = entry.connection;
  const forget = () => {
    if (entry.connection === opening) entry.connection = undefined;
  };
  void opening.then((connection) => void connection.onEnd(forget), forget);
  return opening;
}

async function inUse<T>(entry: Kept, { idleMs }: { idleMs: number }, work: () => Promise<T>): Promise<T> {
  clearTimeout(entry.idle);
  entry.users += 1;
  try {
    return await work();
  } finally {
    entry.users -= 1;
    if (!entry.users) entry.idle = setTimeout(() => void drop(entry), idleMs).unref();
  }
}

async function drop(entry: Kept): Promise<void> {
  clearTimeout(entry.idle);
  const connection = await entry.connection?.catch(() => undefined);
  entry.connection = undefined;
  await connection?.close();
}
