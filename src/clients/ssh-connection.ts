/** Opens one SSH connection: key pinned, no Nagle, watched by keepalives, and never able to end the process. */
import { readFile } from 'node:fs/promises';
import { connect as dial, type Socket } from 'node:net';
import type { Config } from 'node-ssh';
import type { Client } from 'ssh2';
import { fingerprintOf, type PinnedKey, pinnedKey } from './ssh-host-key.ts';

export interface SshHost {
  /** As playbooks name it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly passphrase?: string;
  /** `ssh-ed25519 AAAA…` or `SHA256:…`. */
  readonly hostKey: string;
}

export type SshFailureCode =
  | 'ssh_unknown_host'
  | 'ssh_host_key'
  | 'ssh_private_key'
  | 'ssh_auth'
  | 'ssh_connect'
  | 'ssh_refused'
  | 'ssh_bad_argument'
  | 'ssh_closed';

/** The command was never sent: nothing has happened on the other side, and trying again is safe. */
export class SshFailure extends Error {
  override name = 'SshFailure';
  readonly when = 'before_dispatch';
  readonly code: SshFailureCode;
  constructor(code: SshFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Connection {
  readonly client: Client;
  /** Tells what ended it, once; at once where it is gone already. Answers how to listen no more. */
  onEnd(listener: (why: string) => void): () => void;
  isOpen(): boolean;
  close(): Promise<void>;
}

const keepaliveMs = 10_000;
const keepalivesMissed = 3;
const closeWithinMs = 1_000;

export async function connect(host: SshHost, connectTimeoutMs: number): Promise<Connection> {
  const pin = pinOf(host);
  const privateKey = await keyOf(host);
  // Loaded for the first connection: with ssh2 it is a tenth of the time that a start takes.
  const { NodeSSH } = await import('node-ssh');
  // Our own, since ssh2 lets nobody destroy a socket whose peer has gone silent, nor switch off Nagle (40 ms a command).
  const socket = dial({ host: host.address, port: host.port, noDelay: true });
  socket.on('error', () => socket.destroy());
  let shown = '';
  const config: Config = {
    sock: socket,
    username: host.user,
    privateKey,
    ...(host.passphrase ? { passphrase: host.passphrase } : {}),
    readyTimeout: connectTimeoutMs,
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: keepalivesMissed,
    ...(pin.algorithms ? { algorithms: { serverHostKey: [...pin.algorithms] as never[] } } : {}),
    hostVerifier: (key: Buffer) => {
      shown = fingerprintOf(key);
      return pin.accepts(key);
    },
  };
  const ssh = new NodeSSH();
  const opening = ssh.connect(config);
  // Set by `connect` before its first wait.
  const client = ssh.connection;
  if (!client) throw new Error(`node-ssh has no connection to \`${host.name}\``);
  const connection = watched(client, socket);
  await opening.catch((error: unknown) => {
    socket.destroy();
    throw explain(error, { host, pin, shown });
  });
  return connection;
}

/** Without an `error` listener a TCP reset would end the whole process. */
function watched(client: Client, socket: Socket): Connection {
  const listeners = new Set<(why: string) => void>();
  let why = 'the connection was closed';
  let open = true;
  client.on('error', (error) => {
    why = error.message;
  });
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.once('close', () => {
    open = false;
    for (const tell of listeners) tell(why);
  });
  const onEnd = (listener: (why: string) => void) => {
    if (open) listeners.add(listener);
    else listener(why);
    return () => void listeners.delete(listener);
  };
  return { client, onEnd, isOpen: () => open, close: () => closed({ client, socket, ended }) };
}

type Closing = { readonly client: Client; readonly socket: Socket; readonly ended: Promise<void> };

/** Politely; a peer that does not answer is not waited for. */
async function closed({ client, socket, ended }: Closing): Promise<void> {
  client.end();
  const late = setTimeout(() => socket.destroy(), closeWithinMs);
  await ended;
  clearTimeout(late);
}

export function pinOf({ name, hostKey }: SshHost): PinnedKey {
  const pin = pinnedKey(hostKey);
  if (pin) return pin;
  const advice =
    'Pin `ssh-ed25519 AAAA…` or `SHA256:…`: on that machine, `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it.';
  throw new SshFailure(
    'ssh_host_key',
    `The host key of \`${name}\` is not one: ${JSON.stringify(hostKey.slice(0, 80))}. ${advice}`,
  );
}

async function keyOf({ name, privateKeyPath }: SshHost): Promise<string> {
  try {
    return await readFile(privateKeyPath, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new SshFailure(
      'ssh_private_key',
      `The private key for \`${name}\` cannot be read: ${privateKeyPath} (${why}).`,
    );
  }
}

type Attempt = { readonly host: SshHost; readonly pin: PinnedKey; readonly shown: string };

function explain(error: unknown, { host, pin, shown }: Attempt): SshFailure {
  const place = `\`${host.name}\` (${host.address}:${host.port})`;
  const message = messageOf(error);
  const { level } = error as { readonly level?: string };
  if (/verification failed/.test(message))
    return new SshFailure(
      'ssh_host_key',
      `${place} shows the host key ${shown}, but ${pin.shown} is pinned: no connection was made. If that machine was set up anew, compare with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on it and pin the new one; otherwise somebody may stand in between.`,
    );
  if (level === 'client-authentication')
    return new SshFailure(
      'ssh_auth',
      `${place} does not let ${host.user} in with ${host.privateKeyPath}. Is the public key in its authorized_keys?`,
    );
  if (/no matching.*host key/i.test(message))
    return new SshFailure(
      'ssh_host_key',
      `${place} has no host key of the pinned kind (${pin.algorithms?.join(', ')}): no connection was made.`,
    );
  if (/parse|passphrase|private ?key/i.test(message))
    return new SshFailure(
      'ssh_private_key',
      `The private key for ${place}, ${host.privateKeyPath}, cannot be used: ${message}`,
    );
  return new SshFailure('ssh_connect', `${place} cannot be reached: ${message}`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
