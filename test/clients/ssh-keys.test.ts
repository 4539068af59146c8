/** The private keys of the inventory, before a repair depends on them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, expect, test } from 'vitest';
import { unusableKeys } from '../../src/clients/ssh-keys.ts';

const dir = mkdtempSync(join(tmpdir(), 'tocsin-keys-'));
afterAll(() => rmSync(dir, { recursive: true }));

const host = (name: string) => ({
  name,
  address: '127.0.0.1',
  port: 22,
  user: 'tocsin',
  privateKeyPath: join(dir, name),
  hostKey: '',
});

test('each host whose key is missing, no key or locked is named, and none whose key can be used', async () => {
  writeFileSync(join(dir, 'text'), 'not a key');
  writeFileSync(join(dir, 'good'), ssh2.utils.generateKeyPairSync('ed25519').private);
  const lock = { passphrase: 'locked', cipher: 'aes256-ctr', rounds: 16 };
  writeFileSync(join(dir, 'locked'), ssh2.utils.generateKeyPairSync('ed25519', lock).private);
  const said = await unusableKeys(['good', 'missing', 'text', 'locked'].map(host));
  expect(said).toEqual([
    expect.stringMatching(/`missing`.*cannot be read \(ENOENT\)/),
    expect.stringMatching(/`text`.*cannot be used \(Unsupported key format\)/),
    expect.stringMatching(/`locked`.*cannot be used \(.*passphrase/),
  ]);
});
