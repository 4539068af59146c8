/** Fresh ed25519 keys for sshd and for the one who logs in, in the forms that OpenSSH reads and prints. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export type SshKey = {
  readonly path: string;
  /** The private key as OpenSSH writes it. */
  readonly privateKey: string;
  /** One line: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
};

const type = 'ssh-ed25519';

/** Written by hand so that no `ssh-keygen` is needed; the layout is OpenSSH's PROTOCOL.key. */
export async function createSshKey(path: string): Promise<SshKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const blob = Buffer.concat([field(type), field(point)]);
  const text = armour(openSshPrivateKey({ blob, point, seed }));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
  const line = `${type} ${blob.toString('base64')}`;
  await writeFile(`${path}.pub`, `${line}\n`);
  return { path, privateKey: text, publicKey: line, fingerprint: fingerprintOf(blob) };
}

function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function openSshPrivateKey({ blob, point, seed }: { blob: Buffer; point: Buffer; seed: Buffer }): Buffer {
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    field(type),
    field(point),
    field(Buffer.concat([seed, point])),
    field('tocsin-demo'),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const header = [Buffer.from('openssh-key-v1\0'), field('none'), field('none'), field(''), one, field(blob)];
  return Buffer.concat([...header, field(Buffer.concat([secret, padding]))]);
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function armour(key: Buffer): string {
  const lines = key.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
