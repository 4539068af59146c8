/** Remembers on the target which invocation an attempt found, so that a second worker can tell whether the first restarted it. */
import { createHash } from 'node:crypto';
import type { SshClient } from '../clients/ssh.ts';
import type { StepContext } from '../engine/ports.ts';
import { quiet } from './ssh-target.ts';

export interface Marker {
  readonly host: string;
  readonly name: string;
}

// Root's first; either is emptied at boot or by tmpfiles.d.
const folders = ['/run', '/tmp'];

// A dangling symbolic link holds the id: making one is atomic, follows no other link, and never replaces anything.
export const markerOf = (host: string, attempt: string): Marker => ({
  host,
  name: `tocsin-${createHash('sha256').update(attempt).digest('hex').slice(0, 32)}`,
});

export async function rememberInvocation(
  ssh: SshClient,
  { host, name, id }: Marker & { readonly id: string },
  context: StepContext,
): Promise<void> {
  for (const folder of folders) {
    const made = await ssh.run(host, ['ln', '-s', '--', id || 'none', `${folder}/${name}`], quiet(context));
    if (made.exitCode === 0) return;
  }
  context.log(`no place on ${host} to remember the invocation in: a repeat would restart once more`);
}

/** Undefined: no earlier worker came as far as acting. */
export async function rememberedInvocation(
  ssh: SshClient,
  { host, name }: Marker,
  context: StepContext,
): Promise<string | undefined> {
  const places = folders.map((folder) => `${folder}/${name}`);
  const { stdout } = await ssh.run(host, ['readlink', '--', ...places], quiet(context));
  const id = stdout.trim().split('\n')[0];
  return id === 'none' ? '' : id || undefined;
}
