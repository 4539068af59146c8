/** `tocsin playbook lint`: everything that is wrong with playbooks and their tests, and with the configuration that they would meet here. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Playbook } from '../domain/playbook.ts';
import { isPlaybookFile } from '../playbooks/folder.ts';
import { loadText } from '../playbooks/load.ts';
import type { LoadedFile } from '../playbooks/loaded.ts';
import { printed } from '../playbooks/problems.ts';
import { readTest } from '../playbooks/test-file.ts';
import { checkNames } from '../playbooks/test-names.ts';
import { checkedTogether } from '../playbooks/together.ts';
import { rehearsedActions } from './setting.ts';

export interface Linted {
  readonly files: number;
  readonly problems: readonly string[];
}

/** What is missing where it is to be used, one line each. */
type Concerns = (playbook: Playbook) => readonly string[];

/** Throws where a path is not there. */
export function lintPlaybooks(paths: readonly string[], concerns: Concerns = () => []): Linted {
  const files = [...new Set(paths.flatMap(filesAt))];
  const playbooks = checkedTogether(files.filter(isPlaybookFile).map(loadedAt));
  const tests = files.filter((file) => !isPlaybookFile(file));
  const problems = playbooks.flatMap(({ file, loaded }) =>
    'problems' in loaded ? loaded.problems.map(printed) : concerns(loaded.playbook).map((one) => `${file}  ${one}`),
  );
  return { files: files.length, problems: [...problems, ...tests.flatMap((file) => testProblems(file))] };
}

export function filesAt(path: string): readonly string[] {
  if (!existsSync(path)) throw new Error(`There is no ${path}.`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

const loadedAt = (file: string): LoadedFile => loadText({ file, text: readFileSync(file, 'utf8') }, rehearsedActions());

function testProblems(file: string): readonly string[] {
  const read = readTest({ file, text: readFileSync(file, 'utf8') });
  if ('problems' in read) return read.problems.map(printed);
  const beside = playbooksIn(dirname(file));
  const playbook = beside.find(({ id }) => id === read.test.playbook);
  const findings = playbook ? checkNames(read.test, playbook, beside) : [];
  return findings.map((finding) => printed(read.problem(finding)));
}

const playbooksIn = (dir: string): readonly Playbook[] =>
  filesAt(dir)
    .filter(isPlaybookFile)
    .map(loadedAt)
    .flatMap(({ loaded }) => ('playbook' in loaded ? [loaded.playbook] : []));
