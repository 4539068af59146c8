/** Real git in a folder of the test's own, with nobody's settings but its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const env = {
  PATH: '/usr/bin:/bin',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

export interface Scratch {
  readonly dir: string;
  path(name: string): string;
  write(name: string, text: string): void;
  remove(name: string): void;
  rename(from: string, to: string): void;
  /** As an editor does that never leaves half a file. */
  replace(name: string, text: string): void;
  /** Points a link elsewhere in one step, as `ln -sfn` does not. */
  point(link: string, target: string): void;
  git(...args: readonly string[]): string;
  /** All that is there, as a commit; its name. */
  commit(message?: string): string;
}

/** A folder of its own, gone with the test. */
export function scratch(): Scratch {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'tocsin-scratch-')));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = (name: string) => join(dir, name);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  const rename = (from: string, to: string) => renameSync(path(from), path(to));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', dir, ...args], { env, encoding: 'utf8' }).trim();
  return {
    ...{ dir, path, write, rename, git },
    remove: (name) => rmSync(path(name)),
    replace: (name, text) => {
      write(`${name}.swp`, text);
      rename(`${name}.swp`, name);
    },
    point: (link, target) => {
      symlinkSync(target, path(`${link}.new`));
      rename(`${link}.new`, link);
    },
    commit: (message = 'as it is') => {
      git('add', '-A');
      git('commit', '-qm', message);
      return git('rev-parse', 'HEAD');
    },
  };
}
