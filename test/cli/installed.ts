/** A configuration in a folder of its own, and the real command line against it. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Enough for everything but secrets: those come from `env`. */
export const secrets = {
  TOCSIN_SLACK_BOT_TOKEN: 'xoxb-of-nobody-at-all',
  TOCSIN_SLACK_APP_TOKEN: 'xapp-of-nobody-at-all',
  TOCSIN_ALERTMANAGER_TOKEN: 'a-token-for-the-command-line',
};

export interface Said {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: string;
}

export interface Installed {
  path(name: string): string;
  write(name: string, text: string): void;
  tocsin(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Said>;
}

/** `more`: lines of `tocsin.yml`. */
export function installed(more = ''): Installed {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = (name: string): string => join(dir, name);
  mkdirSync(path('playbooks'));
  const write = (name: string, text: string): void => writeFileSync(path(name), text);
  const sources = 'sources: {alertmanager: {bearer: "${env:TOCSIN_ALERTMANAGER_TOKEN}"}}\n';
  write('tocsin.yml', `${sources}playbooks: {folder: ${path('playbooks')}}\n${more}`);
  return {
    path,
    write,
    async tocsin(args, env = {}) {
      const clean = { PATH: process.env.PATH ?? '', HOME: dir, ...env };
      const all = ['--disable-warning=ExperimentalWarning', cli, '-c', path('tocsin.yml'), ...args];
      const said = await run(process.execPath, all, { env: clean }).then(
        (ended) => ({ ...ended, code: 0 }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
      return { code: said.code, out: said.stdout.trimEnd().split('\n'), err: said.stderr };
    },
  };
}
