/** The private keys of the inventory: whether each can be read and used, asked before a repair depends on it. */
import { readFile } from 'node:fs/promises';
import type { SshHost } from './ssh-connection.ts';

/** One sentence for each host that could not be reached with its key. */
export async function unusableKeys(hosts: readonly SshHost[]): Promise<readonly string[]> {
  const problems = await Promise.all(hosts.map(problemOf));
  return problems.filter((problem) => problem !== undefined);
}

async function problemOf({ name, privateKeyPath, passphrase }: SshHost): Promise<string | undefined> {
  const said = (why: string) =>
    `The private key of \`${name}\` in the inventory, ${privateKeyPath}, ${why}: no playbook can reach that host.`;
  try {
    const bytes = await readFile(privateKeyPath);
    const { default: ssh2 } = await import('ssh2');
    const key = ssh2.utils.parseKey(bytes, passphrase);
    return key instanceof Error ? said(`cannot be used (${key.message})`) : undefined;
  } catch (error) {
    return said(`cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'})`);
  }
}
