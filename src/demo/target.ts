/** The host that the playbook repairs: the shop and an sshd to reach it, under systemd where that can run. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.ts';
import { answers, startProcess } from './processes.ts';
import { accessTo, greets, prepareSshd } from './sshd.ts';
import { startSupervised } from './supervised.ts';
import { startSystemd, whyNoSystemd } from './systemd.ts';

/** `best` is systemd where it can run, else a supervised process. */
export type TargetMode = 'best' | 'systemd' | 'supervised';

export type Target = {
  readonly kind: 'systemd' | 'supervised';
  /** Why it is not systemd. */
  readonly reason?: string;
  readonly shopUrl: string;
  readonly ssh: ReturnType<typeof accessTo>;
  /** What to run over ssh to repair the shop. */
  readonly restart: readonly string[];
  stop(): Promise<void>;
};

type Host = { readonly dir: string; readonly port: number; readonly shop: readonly string[]; readonly shopUrl: string };

export async function startTarget({ dir, mode }: { dir: string; mode: TargetMode }): Promise<Target> {
  const port = await freePort();
  const script = fileURLToPath(new URL('shop.ts', import.meta.url));
  const shop = [process.execPath, '--disable-warning=ExperimentalWarning', script, '--port', String(port)];
  const host = { dir, port, shop, shopUrl: `http://127.0.0.1:${port}` };
  if (mode === 'supervised') return supervisedTarget(host, 'asked for');
  const obstacle = whyNoSystemd();
  if (mode === 'systemd' && obstacle) throw new Error(`The demo cannot start a systemd here: ${obstacle}.`);
  if (obstacle) return supervisedTarget(host, obstacle);
  try {
    return await systemdTarget(host);
  } catch (error) {
    if (mode === 'systemd') throw error;
    return supervisedTarget(host, `it did not start: ${String(error).split('\n').slice(0, 3).join(' ')}`);
  }
}

async function systemdTarget({ dir, shop, shopUrl }: Host): Promise<Target> {
  const sshd = await prepareSshd({ dir: join(dir, 'sshd') });
  const server = await startSystemd({
    dir: join(dir, 'systemd'),
    writable: dir,
    shop,
    sshd,
    isOpen: () => answers(shopUrl),
  });
  const restart = ['systemctl', 'restart', 'shop.service'];
  return { kind: 'systemd', shopUrl, ssh: accessTo(sshd), restart, stop: server.stop };
}

async function supervisedTarget({ dir, shop, shopUrl }: Host, reason: string): Promise<Target> {
  const supervised = await startSupervised({ dir: join(dir, 'shop'), shop, isOpen: () => answers(shopUrl) });
  const sshd = await prepareSshd({ dir: join(dir, 'sshd') });
  const { command, args } = sshd;
  const server = await startProcess({ name: 'sshd', command, args, isReady: () => greets(sshd.port) });
  const stop = async () => {
    await server.stop();
    await supervised.stop();
  };
  return { kind: 'supervised', reason, shopUrl, ssh: accessTo(sshd), restart: [supervised.shopctl, 'restart'], stop };
}
