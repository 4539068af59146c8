/** The folder of scripts on a target: one that is not ours alone is not used, since whoever owns it decides what runs. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
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

/** The boot, and the clock tick of its start (proc(5)). */
function identityOf(pid: number): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
}

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

test('what ended more than a week ago, or died then, is cleared away, and nothing that lives', () => {
  const of = (name: string): string => join(bases[0] ?? '', name);
  const names = ['old', 'dead', 'unborn', 'running', 'new'];
  for (const name of names) mkdirSync(of(name), { recursive: true, mode: 0o700 });
  for (const name of ['old', 'new']) writeFileSync(join(of(name), 'exit'), '0 itself');
  writeFileSync(join(of('dead'), 'pid'), `${process.pid} 00000000-0000-0000-0000-000000000000:1\n`);
  writeFileSync(join(of('running'), 'pid'), `${process.pid} ${identityOf(process.pid)}\n`);
  const longAgo = Date.now() / 1000 - 9 * 86_400;
  for (const name of names.slice(0, -1)) utimesSync(of(name), longAgo, longAgo);
  launch();
  expect(names.filter((name) => existsSync(of(name)))).toEqual(['running', 'new']);
});
