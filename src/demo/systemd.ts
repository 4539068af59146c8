/** A real systemd without a booted machine: PID 1 of namespaces of its own, with the shop and an sshd as its units. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommand } from './binaries.ts';
import { cgroupRoot, createCgroup, removeCgroup } from './cgroup.ts';
import { writeDocuments } from './documents.ts';
import { type ServerProcess, startProcess } from './processes.ts';
import { greets, type SshdSetup } from './sshd.ts';

export type SystemdOptions = {
  readonly dir: string;
  /** The one folder that stays writable on the host inside; `dir` and sshd's files lie in it. */
  readonly writable: string;
  readonly shop: readonly string[];
  readonly sshd: SshdSetup;
  readonly isOpen: () => Promise<boolean>;
};

/** Why no systemd of our own can run here, or nothing. */
export function whyNoSystemd(): string | undefined {
  if (process.platform !== 'linux') return 'systemd runs on Linux only';
  if (process.getuid?.() !== 0) return 'a systemd of its own needs root';
  if (!systemd()) return 'systemd is not installed';
  if (!findCommand('unshare')) return '`unshare` is not installed';
  return cgroupRoot() ? undefined : 'cgroup 2 is not mounted';
}

export async function startSystemd(options: SystemdOptions): Promise<ServerProcess> {
  const { dir, writable, sshd, isOpen } = options;
  await writeDocuments(join(dir, 'units'), unitsFor(options));
  await writeFile(join(dir, 'init.sh'), initScript);
  await chmod(join(dir, 'init.sh'), 0o755);
  const group = createCgroup(cgroupRoot() ?? '', String(sshd.port));
  try {
    const server = await startProcess({
      name: 'systemd',
      command: '/bin/sh',
      args: ['-c', enterScript, group, dir, systemd() ?? '', writable],
      readyWithinMs: 10_000,
      isReady: async () => (await greets(sshd.port)) && (await isOpen()),
    });
    // unshare itself ignores SIGTERM; killed, it takes PID 1 along, and PID 1 everything else.
    const stop = () => server.kill('SIGKILL').then(() => removeCgroup(group));
    return { ...server, stop };
  } catch (error) {
    await removeCgroup(group);
    throw error;
  }
}

function systemd(): string | undefined {
  return findCommand('../lib/systemd/systemd');
}

/** $0 is the control group, $1 our folder, $2 systemd, $3 the writable folder. */
const enterScript =
  'echo $$ > "$0/cgroup.procs" && exec unshare --pid --fork --kill-child --mount --uts --cgroup --mount-proc "$1/init.sh" "$1" "$2" "$3"';

/**
 * systemd must find no unit and no generator of the machine (its sysinit.target would empty /tmp), a cgroup tree
 * that it may change, and, should all that fail, a file system that is read-only except for our folder.
 */
const initScript = `#!/bin/sh
set -e
mount --make-rprivate /
mount --bind "$3" "$3"
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -o remount,bind,ro /
mkdir -p /run/sshd /run/none
export SYSTEMD_UNIT_PATH="$1/units" SYSTEMD_GENERATOR_PATH=/run/none SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/run/none
export container=tocsin-demo
exec "$2" --system --unit=mini.target --show-status=no --log-target=console
`;

function unitsFor({ dir, shop, sshd }: SystemdOptions) {
  return {
    'mini.target':
      '[Unit]\nDescription=The demo host\nDefaultDependencies=no\nAllowIsolate=yes\nWants=shop.service sshd.service\n',
    'shop.service': unit({ name: 'The shop', argv: shop, log: join(dir, 'shop.log') }),
    'sshd.service': unit({ name: 'The way in', argv: [sshd.command, ...sshd.args], log: join(dir, 'sshd.out') }),
  };
}

function unit({ name, argv, log }: { name: string; argv: readonly string[]; log: string }): string {
  return [
    '[Unit]',
    `Description=${name}`,
    'DefaultDependencies=no',
    '[Service]',
    `ExecStart=${argv.map(quoted).join(' ')}`,
    'Environment=TMPDIR=/run',
    'TimeoutStopSec=5',
    `StandardOutput=append:${log}`,
    `StandardError=append:${log}`,
    '',
  ].join('\n');
}

/** systemd.service(5), "Command lines": `%` and `$` have a meaning of their own there. */
function quoted(argument: string): string {
  return `"${argument.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}
