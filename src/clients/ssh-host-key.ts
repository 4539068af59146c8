/** Pinned host keys: a server that shows any other key is not talked to. */
import { createHash } from 'node:crypto';

export interface PinnedKey {
  /** Must answer at once: ssh2 takes a promise for a yes. */
  readonly accepts: (key: Buffer) => boolean;
  /** As it is pinned, for error texts. */
  readonly shown: string;
  /** Which kinds of keys to ask the server for; undefined: any. */
  readonly algorithms: readonly string[] | undefined;
}

const keyLine = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/;
const fingerprint = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** `ssh-ed25519 AAAA…`, as in `known_hosts` without the host, or `SHA256:…`, as `ssh-keygen -lf` prints it. */
export function pinnedKey(text: string): PinnedKey | undefined {
  const wanted = text.trim();
  if (fingerprint.test(wanted))
    return { shown: wanted, accepts: (key) => fingerprintOf(key) === wanted, algorithms: undefined };
  const [, type = '', base64 = ''] = keyLine.exec(wanted) ?? [];
  if (!type) return undefined;
  const blob = Buffer.from(base64, 'base64');
  return { shown: fingerprintOf(blob), accepts: (key) => key.equals(blob), algorithms: algorithmsOf(type) };
}

export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** A server has several keys: the one that is pinned must be asked for. SHA-1 signatures are not. */
const algorithmsOf = (type: string): readonly string[] =>
  type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type];
