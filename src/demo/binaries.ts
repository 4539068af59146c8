/** Finds the real servers that the demo and the tests start: where bin/servers.mjs said they are, else on the usual paths. */
import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';

const names = {
  redis: { variable: 'TOCSIN_REDIS_SERVER', commands: ['redis-server'] },
  prometheus: { variable: 'TOCSIN_PROMETHEUS', commands: ['prometheus'] },
  // Debian's package renames it.
  alertmanager: { variable: 'TOCSIN_ALERTMANAGER', commands: ['prometheus-alertmanager', 'alertmanager'] },
  promtool: { variable: 'TOCSIN_PROMTOOL', commands: ['promtool'] },
  sshd: { variable: 'TOCSIN_SSHD', commands: ['sshd'] },
} as const;

export type ServerName = keyof typeof names;

const usualFolders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

export function binaryOf(server: ServerName): string {
  const { variable, commands } = names[server];
  const given = process.env[variable];
  if (given) return given;
  const found = findCommand(...commands);
  if (found) return found;
  throw new Error(
    `${commands[0]} is not installed. \`npm test\` and \`npm run demo\` fetch it; or set ${variable} to its path.`,
  );
}

/** The first of these commands (or paths) that can be run, or nothing. */
export function findCommand(...commands: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...usualFolders].filter(Boolean);
  return commands.flatMap((command) => folders.map((folder) => resolve(folder, command))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
