/** The tests of the playbooks that ship, and those of the examples in the language's description. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadFiles } from '../../src/playbooks/load.ts';
import { lintPlaybooks } from '../../src/rehearsal/lint.ts';
import { rehearsedActions } from '../../src/rehearsal/setting.ts';
import { testPlaybooks } from '../../src/rehearsal/suite.ts';

test.each(['playbooks', 'test/fixtures/rehearsal'])('every case of %s goes as expected', async (folder) => {
  const tested = await testPlaybooks([folder]);
  expect(tested.length).toBeGreaterThan(4);
  expect(tested.filter(({ problems }) => problems.length)).toEqual([]);
  expect(lintPlaybooks([folder]).problems).toEqual([]);
});

/** The script of a step, as its author wrote it. */
function scriptOf(id: string, step: string): string {
  const playbooks = loadFiles('playbooks', rehearsedActions()).flatMap(({ loaded }) =>
    'playbook' in loaded ? [loaded.playbook] : [],
  );
  const script = playbooks.find((one) => one.id === id)?.steps.find((one) => one.id === step)?.with.script;
  return typeof script === 'string' ? script : expect.fail(`${id} has no script ${step}`);
}

test.each(['sh', 'bash', 'dash'])('disk-full-cleanup deletes what is old and nothing else, by %s', (shell) => {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-disk-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const monthAgo = new Date(Date.now() - 30 * 24 * 3_600_000);
  for (const name of ['old', 'old file', '-rf', 'young']) writeFileSync(join(dir, name), name);
  for (const name of ['old', 'old file', '-rf']) utimesSync(join(dir, name), monthAgo, monthAgo);
  symlinkSync('/etc/hostname', join(dir, 'link'));
  const clean = (freePercent: string) =>
    spawnSync(shell, ['-c', scriptOf('disk-full-cleanup', 'clean')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, CLEAN: dir, DAYS: '14', FREE_PERCENT: freePercent },
    });
  const { status, stdout, stderr } = clean('0');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+ % free before\n[\s\S]*old file\n[\s\S]*\d+ % free after\n$/);
  expect(readdirSync(dir).sort()).toEqual(['link', 'young']);
  expect(clean('101').status).toBe(1);
});
