/** A real sshd on loopback with keys of its own: nothing of the machine's ssh set-up is read or changed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { binaryOf } from './binaries.ts';
import { createSshKey, type SshKey } from './keys.ts';
import { firstWordOf, freePort } from './ports.ts';
import { type ServerProcess, startProcess } from './processes.ts';

export type SshdOptions = {
  readonly dir: string;
  readonly port?: number;
  /** More lines for sshd_config, for example `ForceCommand /bin/false`. */
  readonly settings?: readonly string[];
};

/** Everything that sshd needs, on disk: whoever starts it runs `command` with `args`. */
export type SshdSetup = {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly hostKey: SshKey;
  readonly clientKey: SshKey;
  readonly logPath: string;
};

export type Sshd = ServerProcess & {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostPublicKey: string;
  readonly hostKeyFingerprint: string;
  readonly privateKey: string;
  readonly privateKeyPath: string;
  readonly logPath: string;
};

export async function startSshdIn(options: SshdOptions): Promise<Sshd> {
  const setup = await prepareSshd(options);
  const server = await startProcess({
    name: 'sshd',
    command: setup.command,
    args: setup.args,
    isReady: () => greets(setup.port),
  });
  return { ...server, ...accessTo(setup) };
}

export async function prepareSshd({ dir, settings = [], ...options }: SshdOptions): Promise<SshdSetup> {
  const port = options.port ?? (await freePort());
  await mkdir(dir, { recursive: true });
  const hostKey = await createSshKey(join(dir, 'host_key'));
  const clientKey = await createSshKey(join(dir, 'client_key'));
  const logPath = join(dir, 'sshd.log');
  await writeFile(logPath, '');
  await writeFile(join(dir, 'authorized_keys'), `${clientKey.publicKey}\n`, { mode: 0o600 });
  await writeFile(join(dir, 'sshd_config'), [...configOf(dir, port), ...settings, ''].join('\n'));
  // sshd as root refuses to start without its (compiled in) folder for privilege separation.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const args = ['-D', '-E', logPath, '-f', join(dir, 'sshd_config')];
  return { command: binaryOf('sshd'), args, port, user: userInfo().username, hostKey, clientKey, logPath };
}

export function accessTo(setup: SshdSetup) {
  const { port, user, hostKey, clientKey, logPath } = setup;
  return {
    host: '127.0.0.1',
    port,
    user,
    hostPublicKey: hostKey.publicKey,
    hostKeyFingerprint: hostKey.fingerprint,
    privateKey: clientKey.privateKey,
    privateKeyPath: clientKey.path,
    logPath,
  };
}

export async function greets(port: number): Promise<boolean> {
  return (await firstWordOf(port, ''))?.startsWith('SSH-') ?? false;
}

function configOf(dir: string, port: number): readonly string[] {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host_key')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    `PidFile ${join(dir, 'sshd.pid')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    // Without root it could let nobody else in, and would find out only after saying yes.
    `AllowUsers ${userInfo().username}`,
    'PermitRootLogin prohibit-password',
    'UsePAM no',
    // The keys lie in a folder of the checkout or of /tmp, whose modes are not ours to judge.
    'StrictModes no',
    'UseDNS no',
    'PrintMotd no',
    'LogLevel VERBOSE',
  ];
}
