/** A host with a unit `shop.service` to reach over SSH: a real systemd where one can run, else a script that answers like it. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSshClient, type SshClient } from '../../src/clients/ssh.ts';
import { startTarget } from '../../src/demo/target.ts';
import { startSshd } from '../support/servers.ts';

export interface UnitHost {
  readonly ssh: SshClient;
  /** A real one. */
  readonly hasSystemd: boolean;
  stop(): Promise<void>;
}

type Access = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly hostPublicKey: string;
};

export async function startUnitHost(): Promise<UnitHost> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-units-'));
  const target = await startTarget({ dir, mode: 'best' });
  const server =
    target.kind === 'systemd'
      ? { access: target.ssh, stop: target.stop }
      : await target.stop().then(() => startImitation(dir));
  const ssh = clientOf(server.access);
  return {
    ssh,
    hasSystemd: target.kind === 'systemd',
    stop: async () => {
      await ssh.close();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const clientOf = ({ host, port, user, privateKeyPath, hostPublicKey }: Access): SshClient =>
  createSshClient({ hosts: [{ name: 'shop-1', address: host, port, user, privateKeyPath, hostKey: hostPublicKey }] });

/** Only what is used: `show`, `start`, `stop`, `restart`, `reload`, and exit code 5 for a unit that is not there. */
const systemctl = `#!/bin/sh
state=$(dirname "$0")/state
[ -e "$state" ] || echo "active $(date +%s%N)" > "$state"
verb=$1
for word in "$@"; do unit=$word; done
read -r active id < "$state"
if [ "$verb" = show ]; then
  [ "$unit" = shop.service ] || { echo LoadState=not-found; exit 0; }
  sub=dead; [ "$active" = active ] && sub=running
  printf 'LoadState=loaded\\nActiveState=%s\\nSubState=%s\\nInvocationID=%s\\nMainPID=42\\nStateChangeTimestamp=today\\n' "$active" "$sub" "$id"
  exit 0
fi
[ "$unit" = shop.service ] || { echo "Unit $unit not found." >&2; exit 5; }
case $verb in
  restart) echo "active $(date +%s%N)" > "$state" ;;
  start) [ "$active" = active ] || echo "active $(date +%s%N)" > "$state" ;;
  stop) echo "inactive $id" > "$state" ;;
  reload) echo 'Job type reload is not applicable.' >&2; exit 1 ;;
esac
`;

async function startImitation(dir: string) {
  const bin = join(dir, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'systemctl'), systemctl);
  await chmod(join(bin, 'systemctl'), 0o755);
  const sshd = await startSshd({ settings: [`SetEnv PATH=${bin}:/usr/bin:/bin`] });
  return { access: sshd, stop: () => sshd.stop() };
}
