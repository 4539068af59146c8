/** What continuous integration says last: counts from the runner's own report, and the name of whatever did not run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

type Result = { name: string; status: string; assertionResults: { status: string }[] };

const script = resolve('.ci/report.mjs');
const lanes = [...readFileSync(script, 'utf8').matchAll(/^ {2}'([a-z0-9]+)',$/gm)].map(([, lane = '']) => lane);

/** What the script says of a project with one test file in each lane, of which the report tells. */
function said(change: (results: Result[]) => unknown) {
  const project = mkdtempSync(join(tmpdir(), 'tocsin-report-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  const results = lanes.map((lane) => {
    mkdirSync(join(project, 'test', lane), { recursive: true });
    writeFileSync(join(project, 'test', lane, 'a.test.ts'), '');
    return {
      name: join(project, 'test', lane, 'a.test.ts'),
      status: 'passed',
      assertionResults: [{ status: 'passed' }],
    };
  });
  change(results);
  writeFileSync(join(project, 'report.json'), JSON.stringify({ testResults: results }));
  const { stdout, status } = spawnSync(process.execPath, [script, 'report.json'], { cwd: project, encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  return { status, last: lines.at(-1), problems: lines.slice(0, -1) };
}

test('when all passed, the counts are all that is said', () => {
  expect(lanes.length).toBeGreaterThan(10);
  expect(said(() => {})).toEqual({ status: 0, last: `${lanes.length} passed, 0 failed, 0 skipped`, problems: [] });
});

test('a run in which nothing ran fails', () => {
  const { status, last, problems } = said((results) => results.splice(0));
  expect(status).toBe(1);
  expect(last).toBe('0 passed, 0 failed, 0 skipped');
  expect(problems).toContain('.ci/run: nothing ran');
});

test('a lane whose tests were all skipped fails by name', () => {
  const { status, problems } = said((results) => {
    const [first] = results;
    if (first) first.assertionResults = [{ status: 'skipped' }];
  });
  expect(status).toBe(1);
  expect(problems).toEqual([
    `.ci/run: test/${lanes[0]}/a.test.ts did not run`,
    `.ci/run: lane ${lanes[0]} did not run`,
  ]);
});

test('a file that could not even be loaded counts as failed', () => {
  const { status, last, problems } = said((results) => {
    results.push({ name: resolve('/nowhere/b.test.ts'), status: 'failed', assertionResults: [] });
  });
  expect(status).toBe(1);
  expect(last).toBe(`${lanes.length} passed, 1 failed, 0 skipped`);
  expect(problems.join()).toContain('b.test.ts could not be run');
});
