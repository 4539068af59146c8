/** `ssh.exec` over a real sshd: arguments stay arguments, and an end that nobody saw is unknown. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createSshClient, type SshClient } from '../../src/clients/ssh.ts';
import type { Sshd } from '../../src/demo/sshd.ts';
import { sshExec } from '../../src/steps/ssh-exec.ts';
import { freePort, startSshd } from '../support/servers.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { contextOf } from './contexts.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

function clientAt(port: number): SshClient {
  const { host: address, user, privateKeyPath, hostPublicKey: hostKey } = sshd;
  const client = createSshClient({ hosts: [{ name: 'shop-1', address, port, user, privateKeyPath, hostKey }] });
  onTestFinished(() => client.close());
  return client;
}

const run = (argv: readonly (string | number)[], more = {}, client = clientAt(sshd.port)) =>
  sshExec(client).execute({ host: 'shop-1', argv, ...more }, contextOf());

test('a command gives its exit code and output', async () => {
  expect(await run(['printf', 'n=%s', 5])).toEqual({
    kind: 'succeeded',
    outputs: { exit_code: 0, stdout: 'n=5', stderr: '' },
    note: 'exit code 0',
  });
});

test('what an alert says is an argument and nothing else', async () => {
  const hostile = ["'; id; '", '$(id)', '`id`', '&& id', '', '-rf', '*', '\\', '"'];
  const outcome = await run(['printf', '<%s>', ...hostile]);
  expect(outcome).toMatchObject({ outputs: { stdout: hostile.map((value) => `<${value}>`).join('') } });
});

test('another exit code is a failure after dispatch, in the words of the command', async () => {
  expect(await run(['sh', '-c', 'echo no space left >&2; exit 3'])).toEqual({
    kind: 'failed',
    when: 'after_dispatch',
    class: 'exit_code',
    message: 'Exit code 3 on shop-1. no space left',
  });
});

test('an exit code that counts as success is one', async () => {
  expect(await run(['sh', '-c', 'exit 3'], { accept_exit_codes: [0, 3] })).toMatchObject({
    kind: 'succeeded',
    outputs: { exit_code: 3 },
  });
});

test('a connection that is lost meanwhile leaves the outcome unknown', async () => {
  const proxy = await startTcpProxy(sshd);
  onTestFinished(() => proxy.stop());
  const context = contextOf({ log: () => proxy.reset() });
  const outcome = await sshExec(clientAt(proxy.port)).execute(
    { host: 'shop-1', argv: ['sh', '-c', 'echo begun; sleep 2'] },
    context,
  );
  expect(outcome).toMatchObject({
    kind: 'unknown',
    message: expect.stringContaining('not known how the command on shop-1 ended'),
  });
});

test('a host that cannot be reached is a failure before dispatch, which may be tried again', async () => {
  const outcome = await run(['true'], {}, clientAt(await freePort()));
  expect(outcome).toMatchObject({
    kind: 'failed',
    when: 'before_dispatch',
    class: 'connect_error',
    message: expect.stringContaining('ssh_connect'),
  });
});

test('a command is shown as it will run', () => {
  const action = sshExec(clientAt(sshd.port));
  expect(action.describe({ host: 'shop-1', argv: ['rm', '--', "it's here"] })).toBe(
    "run rm -- 'it'\\''s here' on shop-1",
  );
  expect(action.lockOf({ host: 'shop-1', argv: ['true'] })).toBe('host/shop-1');
  expect(action.targetOf({ host: 'shop-1', argv: ['true'] })).toEqual({ host: 'shop-1' });
});

test.each([
  [{ host: 'shop-1', argv: [] }, ['argv']],
  [{ host: 'shop-1', argv: 'rm -rf /' }, ['argv']],
  [{ host: 'shop-1', argv: ['a\nb'] }, ['argv', 0]],
  [{ host: 'nowhere', argv: ['a'] }, ['host']],
  [{ host: 'shop-1', argv: ['a'], shell: true }, ['shell']],
])('%j is refused', (args, path) => {
  expect(sshExec(clientAt(sshd.port)).check(args, false)).toMatchObject([{ path }]);
});
