/** Reads vitest's JSON report: names what should have run and did not, and ends with the counts. Old Nodes can read it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A lane is a folder of test/. These stand for what the product promises: without one of them nothing is proved. */
const lanes = [
  'demo',
  'domain',
  'e2e',
  'engine',
  'evidence',
  'house',
  'http',
  'playbooks',
  'queue',
  'scenarios',
  'simulator',
  'slack',
  'sources',
  'steps',
  'store',
];

const [reportPath = ''] = process.argv.slice(2);
const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')) : { testResults: [] };
const files = report.testResults.map(({ name, status, assertionResults }) => ({
  path: relative(process.cwd(), name).split(sep).join('/'),
  broke: status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  tests: assertionResults,
}));

const problems = [
  ...(files.some(({ tests }) => tests.some(ran)) ? [] : ['nothing ran']),
  ...files.filter(({ broke }) => broke).map(({ path }) => `${path} could not be run`),
  ...testFiles('test')
    .filter((path) => !hasRun(path))
    .map((path) => `${path} did not run`),
  ...lanes
    .filter((lane) => !files.some(({ path, tests }) => path.startsWith(`test/${lane}/`) && tests.some(ran)))
    .map((lane) => `lane ${lane} did not run`),
];

for (const problem of problems) console.log(`.ci/run: ${problem}`);
const broken = files.filter(({ broke }) => broke).length;
console.log(
  `${count('passed')} passed, ${count('failed') + broken} failed, ${count('pending', 'skipped', 'todo', 'disabled')} skipped`,
);
process.exitCode = problems.length || count('failed') ? 1 : 0;

function ran({ status }) {
  return status === 'passed' || status === 'failed';
}

function hasRun(path) {
  return files.some((file) => file.path === path && file.tests.some(ran));
}

function count(...statuses) {
  return files.flatMap(({ tests }) => tests).filter(({ status }) => statuses.includes(status)).length;
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return path.endsWith('.test.ts') ? [path.split(sep).join('/')] : [];
  });
}
