/** `tocsin playbook test`: every `*.test.yml` of the given files and folders, each case played to its end. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Playbook } from '../domain/playbook.ts';
import { isPlaybookFile } from '../playbooks/folder.ts';
import { loadFiles } from '../playbooks/load.ts';
import { printed } from '../playbooks/problems.ts';
import { type PlaybookTest, readTest, type TestCase } from '../playbooks/test-file.ts';
import { checkNames } from '../playbooks/test-names.ts';
import { alertGroup } from './alerts.ts';
import { differences } from './expectations.ts';
import { filesAt } from './lint.ts';
import { rehearse } from './rehearse.ts';
import { frozenBy, rehearsedActions, settingOf } from './setting.ts';

export interface Tested {
  readonly file: string;
  readonly playbook: string;
  readonly name: string;
  /** Empty: as expected. */
  readonly problems: readonly string[];
}

/** Throws where a path is not there. */
export async function testPlaybooks(paths: readonly string[]): Promise<readonly Tested[]> {
  const tested: Tested[] = [];
  for (const file of paths.flatMap(testFilesOf)) tested.push(...(await testFile(file)));
  return tested;
}

/** Of a playbook the test beside it. */
const testFilesOf = (path: string): readonly string[] => {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (isFolder) return filesAt(path).filter((file) => !isPlaybookFile(file));
  return filesAt(path.replace(/(?<!\.test)\.(ya?ml)$/, '.test.$1'));
};

async function testFile(file: string): Promise<readonly Tested[]> {
  const about = { file, playbook: '', name: file };
  const read = readTest({ file, text: readFileSync(file, 'utf8') });
  if ('problems' in read) return [{ ...about, problems: read.problems.map(printed) }];
  const { test } = read;
  const { playbooks, problems } = playbooksBeside(file, test);
  const playbook = playbooks.find(({ id }) => id === test.playbook);
  if (!playbook) {
    const why = problems.length ? problems : [`there is no playbook \`${test.playbook}\` in ${dirname(file)}`];
    return [{ ...about, playbook: test.playbook, problems: why }];
  }
  const misnamed = checkNames(test, playbook, playbooks);
  if (misnamed.length) return [{ ...about, problems: misnamed.map((one) => printed(read.problem(one))) }];
  const tested: Tested[] = [];
  for (const one of test.cases) {
    const differing = await testCase(one, { file, test, playbook, playbooks });
    tested.push({ file, playbook: playbook.id, name: one.name, problems: differing });
  }
  return tested;
}

function playbooksBeside(file: string, { playbook }: PlaybookTest) {
  const files = loadFiles(dirname(file), rehearsedActions());
  return {
    playbooks: files.flatMap(({ loaded }) => ('playbook' in loaded ? [loaded.playbook] : [])),
    problems: files
      .filter((one) => one.file.includes(playbook))
      .flatMap(({ loaded }) => ('problems' in loaded ? loaded.problems.map(printed) : [])),
  };
}

interface Beside {
  readonly file: string;
  readonly test: PlaybookTest;
  readonly playbook: Playbook;
  readonly playbooks: readonly Playbook[];
}

async function testCase(one: TestCase, { file, test, playbook, playbooks }: Beside): Promise<readonly string[]> {
  const setting = settingOf({ hosts: test.hosts, frozen: frozenBy(one.frozen) });
  try {
    const alert = alertGroup(one.alert, dirname(file), Date.parse(one.at ?? '2026-01-05T10:00:00Z'));
    return differences(one.expect, await rehearse(one, { ...setting, playbook, playbooks, alert }));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** For people; the last line counts. */
export function printedTests(tested: readonly Tested[]): readonly string[] {
  const failed = tested.filter(({ problems }) => problems.length);
  return [
    ...tested.flatMap(({ playbook, name, problems }) => [
      `${problems.length ? '✗' : '✓'} ${playbook ? `${playbook}: ` : ''}${name}`,
      ...problems.map((problem) => `    ${problem}`),
    ]),
    `${tested.length} case${tested.length === 1 ? '' : 's'}, ${failed.length} failed`,
  ];
}
