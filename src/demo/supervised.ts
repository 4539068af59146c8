/** The demo host where no systemd can run: we start the shop again whenever it ends, and `shopctl` makes it end. */
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ServerProcess, startProcess } from './processes.ts';

export type Supervised = { readonly shopctl: string; stop(): Promise<void> };

export type SupervisedOptions = {
  readonly dir: string;
  readonly shop: readonly string[];
  readonly isOpen: () => Promise<boolean>;
};

export async function startSupervised({ dir, shop, isOpen }: SupervisedOptions): Promise<Supervised> {
  await mkdir(dir, { recursive: true });
  const shopctl = join(dir, 'shopctl');
  const pidFile = join(dir, 'shop.pid');
  await writeFile(shopctl, shopctlScript(pidFile));
  await chmod(shopctl, 0o755);
  const [command = '', ...args] = shop;
  let stopping = false;
  const start = async () => {
    const running = await startProcess({ name: 'The shop', command, args, isReady: isOpen });
    await replace(pidFile, `${running.pid}\n`);
    return running;
  };
  let current = await start();
  const keepOpen = async (running: ServerProcess): Promise<void> => {
    await running.ended;
    if (stopping) return;
    current = await start();
    return keepOpen(current);
  };
  const watch = keepOpen(current);
  const stop = async () => {
    stopping = true;
    await current.stop();
    await watch;
  };
  return { shopctl, stop };
}

/** Whoever reads the file sees the old number or the new one, never half of one. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

function shopctlScript(pidFile: string): string {
  return `#!/bin/sh
# shopctl restart | status
pid="$(cat "${pidFile}")"
case "$1" in
  status)
    if kill -0 "$pid" 2>/dev/null; then echo "active (pid $pid)"; else echo inactive; exit 3; fi ;;
  restart)
    kill "$pid"
    for attempt in $(seq 100); do
      new="$(cat "${pidFile}")"
      if [ "$new" != "$pid" ]; then echo "restarted (pid $pid, now $new)"; exit 0; fi
      sleep 0.1
    done
    echo "the shop did not come back within 10 s" >&2; exit 1 ;;
  *) echo "shopctl: say restart or status" >&2; exit 2 ;;
esac
`;
}
