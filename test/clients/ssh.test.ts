/** Commands over a real sshd, and what is said when the key, the host or the network is not as it should be. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createSshClient, type SshHost } from '../../src/clients/ssh.ts';
import { connect } from '../../src/clients/ssh-connection.ts';
import { exec } from '../../src/clients/ssh-exec.ts';
import { fingerprintOf, pinnedKey } from '../../src/clients/ssh-host-key.ts';
import type { Sshd } from '../../src/demo/sshd.ts';
import { freePort, startSshd } from '../support/servers.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const shop = (change: Partial<SshHost> = {}): SshHost => ({
  name: 'shop-1',
  address: sshd.host,
  port: sshd.port,
  user: sshd.user,
  privateKeyPath: sshd.privateKeyPath,
  hostKey: sshd.hostPublicKey,
  ...change,
});

function clientFor(change: Partial<SshHost> = {}) {
  const client = createSshClient({ hosts: [shop(change)], connectTimeoutMs: 5_000 });
  onTestFinished(() => client.close());
  return client;
}

const soon = { timeoutMs: 10_000 };

test('a command runs, and its exit code, output and errors come back apart', async () => {
  const result = await clientFor().run('shop-1', ['sh', '-c', 'echo out; echo err >&2; exit 7'], soon);
  expect(result).toEqual({ exitCode: 7, signal: null, stdout: 'out\n', stderr: 'err\n', truncated: false });
});

test('the key may be pinned by its fingerprint', async () => {
  const result = await clientFor({ hostKey: sshd.hostKeyFingerprint }).run('shop-1', ['true'], soon);
  expect(result.exitCode).toBe(0);
});

test('arguments arrive as they were given, an empty one included', async () => {
  const values = ["it's", '', '$(id)', '; id', '--help', 'é 👩‍🚒', '\\'];
  const result = await clientFor().run('shop-1', ['printf', '%s|', ...values], soon);
  expect(result.stdout).toBe(`${values.join('|')}|`);
});

test('what is written to standard input arrives', async () => {
  const result = await clientFor().run('shop-1', ['cat'], { ...soon, stdin: 'line 1\nline 2' });
  expect(result.stdout).toBe('line 1\nline 2');
});

test('a changed host key is refused before anything is sent, and the message says what to compare', async () => {
  const hostKey = `SHA256:${'A'.repeat(43)}`;
  const failure = await clientFor({ hostKey })
    .run('shop-1', ['true'], soon)
    .catch((error) => error);
  expect(failure).toMatchObject({ code: 'ssh_host_key', when: 'before_dispatch' });
  expect(failure.message).toContain(sshd.hostKeyFingerprint);
  expect(failure.message).toContain(hostKey);
  expect(failure.message).toContain('ssh-keygen -lf');
});

test('a key of a kind that the server does not have is refused', async () => {
  const hostKey = `ssh-rsa ${Buffer.from('no such key').toString('base64')}`;
  const failure = await clientFor({ hostKey })
    .run('shop-1', ['true'], soon)
    .catch((error) => error);
  expect(failure).toMatchObject({ code: 'ssh_host_key', when: 'before_dispatch' });
});

test.each(['', 'yes', 'ssh-ed25519', 'SHA256:short', 'MD5:aa:bb', '*'])(
  '%j is no host key, and no client is made of it',
  (hostKey) => {
    expect(() => createSshClient({ hosts: [shop({ hostKey })] })).toThrow(/host key of `shop-1`/);
  },
);

test('the verifier answers at once and with a boolean', () => {
  const key = Buffer.from('a key');
  expect(pinnedKey(fingerprintOf(key))?.accepts(key)).toBe(true);
  expect(pinnedKey(fingerprintOf(key))?.accepts(Buffer.from('another'))).toBe(false);
});

test('a host outside the inventory is not talked to', async () => {
  await expect(clientFor().run('127.0.0.1', ['true'], soon)).rejects.toMatchObject({ code: 'ssh_unknown_host' });
});

test('nobody listening is a failure before dispatch', async () => {
  const failure = clientFor({ port: await freePort() }).run('shop-1', ['true'], soon);
  await expect(failure).rejects.toMatchObject({ code: 'ssh_connect', when: 'before_dispatch' });
});

test('a user that may not log in is told so with the key that was tried', async () => {
  const failure = clientFor({ user: 'nobody' }).run('shop-1', ['true'], soon);
  await expect(failure).rejects.toMatchObject({ code: 'ssh_auth', when: 'before_dispatch' });
});

test('a private key that is missing or broken is named', async () => {
  const missing = clientFor({ privateKeyPath: '/nowhere/key' }).run('shop-1', ['true'], soon);
  await expect(missing).rejects.toMatchObject({
    code: 'ssh_private_key',
    message: expect.stringContaining('/nowhere/key'),
  });
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-key-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'key'), 'not a key');
  await chmod(join(dir, 'key'), 0o600);
  const broken = clientFor({ privateKeyPath: join(dir, 'key') }).run('shop-1', ['true'], soon);
  await expect(broken).rejects.toMatchObject({ code: 'ssh_private_key', when: 'before_dispatch' });
});

test('an argument that cannot be quoted is refused before anything is sent', async () => {
  const failure = clientFor().run('shop-1', ['echo', 'a\nb'], soon);
  await expect(failure).rejects.toMatchObject({ code: 'ssh_bad_argument', when: 'before_dispatch' });
});

test('a command that takes too long is ended on the other side', async () => {
  const result = await clientFor().run('shop-1', ['sleep', '600'], { timeoutMs: 1_000 });
  expect(result.exitCode).toBe(124);
});

test.each(['reset', 'cut'] as const)('a connection that is %s during a command leaves its end unknown', async (how) => {
  const proxy = await startTcpProxy(sshd);
  onTestFinished(() => proxy.stop());
  const onOutput = () => proxy[how]();
  const client = clientFor({ port: proxy.port });
  const result = await client.run('shop-1', ['sh', '-c', 'echo begun; sleep 3'], { ...soon, onOutput });
  expect(result).toMatchObject({ exitCode: null, signal: null, stdout: 'begun\n' });
  expect(result.lost).toBeTruthy();
  expect(await client.run('shop-1', ['echo', 'again'], soon)).toMatchObject({ exitCode: 0, stdout: 'again\n' });
});

test('a target that goes silent is not waited for beyond the deadline', async () => {
  const proxy = await startTcpProxy(sshd);
  onTestFinished(() => proxy.stop());
  const connection = await connect(shop({ port: proxy.port }), 5_000);
  onTestFinished(() => connection.close());
  const onOutput = () => proxy.silence();
  const command = 'echo begun; sleep 2';
  const result = await exec(connection, { command, deadlineMs: 300, maxOutputBytes: 1_000, onOutput });
  expect(result).toMatchObject({ exitCode: null, lost: 'no answer within 300 ms' });
});

test('a cancelled command is given up, and its end is unknown', async () => {
  const cancel = new AbortController();
  const onOutput = () => cancel.abort();
  const result = await clientFor().run('shop-1', ['sh', '-c', 'echo begun; sleep 3'], {
    ...soon,
    onOutput,
    signal: cancel.signal,
  });
  expect(result).toMatchObject({ exitCode: null, lost: expect.stringContaining('cancelled') });
});

test('one connection serves many commands', async () => {
  const proxy = await startTcpProxy(sshd);
  onTestFinished(() => proxy.stop());
  const client = clientFor({ port: proxy.port });
  await Promise.all([1, 2, 3].map((n) => client.run('shop-1', ['echo', `${n}`], soon)));
  await client.run('shop-1', ['echo', '4'], soon);
  expect(proxy.connections()).toBe(1);
});

test('of a flood of output the end is kept', async () => {
  const client = createSshClient({ hosts: [shop()], maxOutputBytes: 1_000 });
  onTestFinished(() => client.close());
  const result = await client.run('shop-1', ['seq', '1', '200000'], soon);
  expect(result).toMatchObject({ exitCode: 0, truncated: true });
  expect(result.stdout.length).toBeLessThanOrEqual(1_000);
  expect(result.stdout.startsWith('199859\n')).toBe(true);
  expect(result.stdout.endsWith('200000\n')).toBe(true);
});
