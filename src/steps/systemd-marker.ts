/** Remembers on the target which invocation an attempt found, so that a second worker can tell whether the first restarted it. */
import { createHash } from 'node:crypto';
import type { SshClient } from '../clients/ssh.ts';
import type { StepContext } from '../engine/ports.ts';
import { optionsOf } from './ssh-target.ts';

export interface Marker {
  readonly host: string;
  readonly path: string;
}

// A dangling symbolic link holds the id: making one is atomic, follows no other link, and never replaces anything.
// systemd's tmpfiles.d removes it with the rest of /tmp.
export const markerOf = (attempt: string): string =>
  `/tmp/tocsin-${createHash('sha256').update(attempt).digest('hex').slice(0, 32)}`;

export async function rememberInvocation(
  ssh: SshClient,
  { host, path, id }: Marker & { readonly id: string },
  context: StepContext,
): Promise<void> {
  const { exitCode } = await ssh.run(host, ['ln', '-s', '--', id || 'none', path], optionsOf(context));
  if (exitCode !== 0) context.log(`could not remember the invocation in ${host}:${path}; a repeat would restart again`);
}

/** Undefined: no earlier worker came as far as acting. */
export async function rememberedInvocation(
  ssh: SshClient,
  { host, path }: Marker,
  context: StepContext,
): Promise<string | undefined> {
  const { exitCode, stdout } = await ssh.run(host, ['readlink', '--', path], {
    ...optionsOf(context),
    onOutput: () => {},
  });
  if (exitCode !== 0) return undefined;
  return stdout.trim() === 'none' ? '' : stdout.trim();
}
