/** The folder of scripts on a target: one that is not ours alone is not used, since whoever owns it decides what runs. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { program, saidBy, wrapper } from '../../src/steps/script-programs.ts';

/** A user whom nobody is, so that the folders are the test's own. */
const user = `${process.pid}${Date.now() % 100_000}`;
const folder = (base: string): string => `${base}/tocsin-${user}`;
const bases = ['/var/tmp', '/run', '/tmp'].map(folder);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tocsin-folder-'));
  writeFileSync(join(dir, 'id'), `#!/bin/sh\necho ${user}\n`);
  chmodSync(join(dir, 'id'), 0o755);
});
afterEach(() => {
  for (const path of [dir, ...bases]) rmSync(path, { recursive: true, force: true });
});

const given = {
  name: 'tocsin-x-1',
  seconds: 5,
  patience: 1,
  interpreter: '/bin/sh',
  script: 'true',
  environment: '',
  wrapper,
};

function launch(shell = '/bin/sh'): readonly string[] {
  const said = execFileSync(shell, ['-s'], {
    input: program('launch', given),
    encoding: 'utf8',
    env: { PATH: `${dir}:/usr/bin:/bin`, HOME: dir },
  });
  return saidBy(said)?.split(' ') ?? [];
}

test.each(['/bin/dash', '/bin/bash'])(
  '%s: it is made for us alone, and the wrapper of nothing that was let go ends by itself',
  (shell) => {
    const [word, where = '', pid] = launch(shell);
    expect([word, where]).toEqual(['staged', `${bases[0]}/tocsin-x-1`]);
    expect([statSync(bases[0] ?? '').mode & 0o777, statSync(where).mode & 0o777]).toEqual([0o700, 0o700]);
    expect(Number(pid)).toBeGreaterThan(1);
    expect(launch(shell).slice(0, 3)).toEqual([word, where, pid]);
  },
);

test('a link that somebody laid there first is not followed', () => {
  mkdirSync(join(dir, 'theirs'), { mode: 0o777 });
  symlinkSync(join(dir, 'theirs'), bases[0] ?? '');
  const [word, where] = launch();
  expect([word, where]).toEqual(['staged', `${bases[1]}/tocsin-x-1`]);
});

test('a file, or a folder that cannot be had, is passed over; where there is none at all nothing is started', () => {
  for (const base of bases) writeFileSync(base, '');
  expect(launch()).toEqual(['refused', 'no-folder']);
});

test('what ended more than a week ago is cleared away, and nothing else', () => {
  for (const name of ['old', 'new', 'running']) mkdirSync(join(bases[0] ?? '', name), { recursive: true, mode: 0o700 });
  for (const name of ['old', 'new']) writeFileSync(join(bases[0] ?? '', name, 'exit'), '0 itself');
  const longAgo = Date.now() / 1000 - 9 * 86_400;
  utimesSync(join(bases[0] ?? '', 'old', 'exit'), longAgo, longAgo);
  launch();
  expect(['old', 'new', 'running'].filter((name) => existsSync(join(bases[0] ?? '', name)))).toEqual([
    'new',
    'running',
  ]);
});
