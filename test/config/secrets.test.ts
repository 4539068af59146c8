/** Secrets of playbooks: what is allowed is read, and everything else says what to do. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretsOf } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createSecrets } from '../../src/config/secrets.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tocsin-secrets-'));
  await mkdir(join(dir, 'secrets', '..data'), { recursive: true });
  await mkdir(join(dir, 'secrets', 'folder'));
  const files = {
    'secrets/token': 's3cret\n',
    'secrets/two': 'a\nb\n\n',
    'secrets/..data/linked': 'linked',
    'secrets/empty': '\n',
  };
  for (const [name, text] of Object.entries({ ...files, outside: 'outside', 'secrets/big': 'x'.repeat(200_000) }))
    await writeFile(join(dir, name), text);
  await symlink('..data/linked', join(dir, 'secrets/linked'));
  await symlink('../outside', join(dir, 'secrets/escape'));
});
afterAll(() => rm(dir, { recursive: true }));

const slack = { TOCSIN_SLACK_BOT_TOKEN: 'xoxb-123456789012', TOCSIN_SLACK_APP_TOKEN: 'xapp-123456789012' };

async function load(yml: string, env: Record<string, string> = {}) {
  const file = join(dir, 'tocsin.yml');
  await writeFile(file, yml);
  return loadConfig({ env: { ...slack, ...env }, file });
}

const read = async (reference: string, env: Record<string, string> = { SHOP_TOKEN: 'from-env' }) =>
  createSecrets((await load('secrets: {env: [SHOP_TOKEN], folder: secrets}', env)).secrets).read(reference);

test('a variable that is allowed is read, also from the file that it names', async () => {
  expect(await read('env:SHOP_TOKEN')).toBe('from-env');
  expect(await read('env:SHOP_TOKEN', { SHOP_TOKEN_FILE: join(dir, 'secrets/token') })).toBe('s3cret');
});

test('a file of the folder is read without its line end, also by a link within the folder', async () => {
  expect(await read('file:token')).toBe('s3cret');
  expect(await read('file:two')).toBe('a\nb\n');
  expect(await read('file:linked')).toBe('linked');
});

test.each([
  ['env:HOME', /may not read `env:HOME`/],
  ['env:TOCSIN_SLACK_BOT_TOKEN', /may not read/],
  ['env:__proto__', /may not read/],
  ['file:../outside', /no plain file name/],
  ['file:folder/x', /no plain file name/],
  ['file:/etc/passwd', /no plain file name/],
  ['file:.hidden', /no plain file name/],
  ['file:a\0b', /no plain file name/],
  ['file:escape', /leads out of/],
  ['file:folder', /not a plain file/],
  ['file:missing', /is not there/],
  ['file:empty', /is empty/],
  ['file:big', /more than 100 kB/],
  ['vault:x', /no reference/],
  ['', /no reference/],
])('%j is refused', async (reference, message) => {
  await expect(read(reference)).rejects.toThrow(message);
});

test('a variable that is allowed and not set says so', async () => {
  await expect(read('env:SHOP_TOKEN', {})).rejects.toThrow('`env:SHOP_TOKEN` has no value: set SHOP_TOKEN');
});

test('without a folder no file is read', async () => {
  const { secrets } = await load('http: {port: 0}');
  await expect(createSecrets(secrets).read('file:token')).rejects.toThrow('needs `secrets.folder`');
});

test('their values are known to whoever keeps secrets out of the log, and seen nowhere else', async () => {
  const config = await load('secrets: {env: [SHOP_TOKEN]}', { SHOP_TOKEN: 'canary-value' });
  expect(secretsOf(config)).toContain('canary-value');
  expect(JSON.stringify(config)).not.toContain('canary-value');
});

test('playbooks get nothing of Tocsin’s own, and hosts are hosts', async () => {
  const yml =
    'secrets: {env: [TOCSIN_SLACK_BOT_TOKEN]}\nsteps: {http: {allow: ["https://api.example.com/v1", "api:8443"]}}';
  await expect(load(yml)).rejects.toThrow(/secrets\.env|TOCSIN_SLACK_BOT_TOKEN: what begins with TOCSIN_/);
  await expect(load(yml)).rejects.toThrow(/Write a host/);
  expect((await load('steps: {http: {allow: "api.example.com, api:8443"}}')).steps.http.allow).toEqual([
    'api.example.com',
    'api:8443',
  ]);
});
