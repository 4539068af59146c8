/** From YAML text to a playbook, or to everything that is wrong with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Playbook } from '../domain/playbook.ts';
import type { StepAction } from '../engine/ports.ts';
import { checkActions } from './check-actions.ts';
import { checkApprovals } from './check-approvals.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkInputShapes } from './check-inputs.ts';
import { checkSchedules } from './check-schedules.ts';
import { checkStructure } from './check-structure.ts';
import { checkTriggers } from './check-triggers.ts';
import { type Finding, readDocument } from './document.ts';
import { codeOf, type FileRead, isPlaybookFile } from './folder.ts';
import type { Loaded, LoadedFile } from './loaded.ts';
import { plainData } from './plain-yaml.ts';
import type { Problem } from './problems.ts';
import { PlaybookShape } from './shape/playbook.ts';
import { shapeFindings } from './shape-problems.ts';
import { toPlaybook } from './to-playbook.ts';
import { checkedTogether } from './together.ts';

type Source = { readonly file: string; readonly text: string };

/** Never throws: a file that nobody thought of must not stop the bot, nor hide what the other files say. */
export function loadPlaybook(source: Source, actions: readonly StepAction[]): Loaded {
  try {
    return loadedFrom(source, actions);
  } catch (error) {
    const message = `It cannot be looked at, by a fault of Tocsin: ${error instanceof Error ? error.message : String(error)}`;
    return { problems: [{ file: source.file, line: 1, column: 1, code: 'bad_value', message }] };
  }
}

function loadedFrom({ file, text }: Source, actions: readonly StepAction[]): Loaded {
  const plain = plainData(text);
  const short = plain && checked(plain.data, actions);
  if (short && 'playbook' in short) return short;
  const read = readDocument(file, text);
  if ('problems' in read) return read;
  const { document } = read;
  const found = short ?? checked(document.data, actions);
  return 'playbook' in found
    ? found
    : { problems: inOrder(found.findings.map((finding) => document.problem(finding))) };
}

type Checked = { readonly playbook: Playbook } | { readonly findings: readonly Finding[] };

/** Every check looks at the data as it is, so that one mistake does not hide another. */
function checked(data: unknown, actions: readonly StepAction[]): Checked {
  const known = new Map<unknown, StepAction>(actions.map((action) => [action.id, action]));
  const action = (id: unknown) => known.get(id);
  const shape = PlaybookShape.safeParse(data);
  const findings = [
    ...shapeFindings(data, shape),
    ...checkTriggers(data),
    ...checkSchedules(data),
    ...checkInputShapes(data),
    ...checkStructure(data, action),
    ...checkActions(data, actions),
    ...checkExpressions(data, action),
    ...checkApprovals(data, action),
  ];
  return shape.success && !findings.length ? { playbook: toPlaybook(shape.data, action) } : { findings };
}

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);

/** Throws where the folder cannot be read. */
export function loadFiles(dir: string, actions: readonly StepAction[]): readonly LoadedFile[] {
  const names = readdirSync(dir).filter(isPlaybookFile).sort();
  return checkedTogether(names.map((name) => loadFile(dir, readNow(dir, name), actions)));
}

function readNow(dir: string, name: string): FileRead {
  try {
    return { name, text: readFileSync(join(dir, name), 'utf8') };
  } catch (error) {
    return { name, unreadable: codeOf(error) };
  }
}

export function loadFile(dir: string, read: FileRead, actions: readonly StepAction[]): LoadedFile {
  const file = join(basename(dir), read.name);
  if ('text' in read) return loadText({ file, text: read.text }, actions);
  const problem = atTop(file);
  const finding: Finding = { path: [], code: 'unreadable', message: `It cannot be read (${read.unreadable}).` };
  return { file, loaded: { problems: [problem(finding)] }, problem };
}

export function loadText({ file, text }: Source, actions: readonly StepAction[]): LoadedFile {
  const [, claims] = /^id:\s*["']?([a-z][a-z0-9-]*)/m.exec(text) ?? [];
  return {
    file,
    loaded: loadPlaybook({ file, text }, actions),
    ...(claims !== undefined && { claims }),
    problem(finding) {
      const read = readDocument(file, text);
      return 'document' in read ? read.document.problem(finding) : atTop(file)(finding);
    },
  };
}

/** Where no place can be named. */
const atTop =
  (file: string): LoadedFile['problem'] =>
  ({ code, message }) => ({ file, line: 1, column: 1, code, message });

export function loadFolder(
  dir: string,
  actions: readonly StepAction[],
): { playbooks: readonly Playbook[]; problems: readonly Problem[] } {
  const files = loadFiles(dir, actions);
  return {
    playbooks: files.flatMap(({ loaded }) => ('playbook' in loaded ? [loaded.playbook] : [])),
    problems: files.flatMap(({ loaded }) => ('problems' in loaded ? loaded.problems : [])),
  };
}
