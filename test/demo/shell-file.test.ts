/** What the demo tells Tocsin, for people who want to ask it something from a shell. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shellFile } from '../../src/demo/shell-file.ts';

test.each(['/bin/sh', '/bin/bash'])('%s hands each value on as it was', (shell) => {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-env-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const env = { PLAIN: 'ssh-ed25519 AAAA', QUOTES: `it's "$HOME" \`id\``, EMPTY: '', LINES: 'a\nb' };
  writeFileSync(join(dir, 'told.env'), shellFile(env));
  const told = execFileSync(
    shell,
    ['-c', '. ./told.env; exec "$0" -p "JSON.stringify(process.env)"', process.execPath],
    {
      cwd: dir,
      encoding: 'utf8',
      env: {},
    },
  );
  expect(JSON.parse(told)).toMatchObject(env);
});
