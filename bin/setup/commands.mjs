/** Runs other programs: quietly with their output as the error, or in our place with signals and exit code passed on. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { SetupError } from './say.mjs';

const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin'];

/** The path of the first of these commands that this machine has. */
export function findCommand(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...systemFolders].filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => resolve(folder, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the command printed; a failure is an error that ends with what it said: why first, as npm does, or last. */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (result.error) throw new SetupError(`Could not run \`${command}\`: ${result.error.message}`);
  if (result.status === 0) return result.stdout;
  const said = endsOf(`${result.stdout}\n${result.stderr}`.trim().split('\n'));
  throw new SetupError(`\`${[command, ...args].join(' ')}\` failed:\n${said.join('\n')}`);
}

const endsOf = (lines) => (lines.length > 24 ? [...lines.slice(0, 14), '…', ...lines.slice(-8)] : lines);

/** Runs a program as if it were us; resolves with its exit code. */
export function become(command, args, env) {
  // The program must not stay behind when we are killed without a chance to pass that on.
  const setpriv = process.platform === 'linux' ? findCommand('setpriv') : undefined;
  const [file, all] = setpriv ? [setpriv, ['--pdeathsig', 'TERM', command, ...args]] : [command, args];
  const child = spawn(file, all, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (system.signals[signal] ?? 0)));
  });
}
