/** `tocsin.yml` as data that remembers where each value stands. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isMap, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { ConfigProblems, type Problem } from './problems.ts';

export type Path = readonly PropertyKey[];

export interface ConfigDocument {
  readonly tree: unknown;
  /** `tocsin.yml:12:5`: of the value at the path, or of the nearest thing around it; with `key`, of a key in it. */
  where(path: Path, key?: string): string;
}

// A few services with their links take 10 kB; `yaml` needs seconds for what is very much larger.
const maxBytes = 1_000_000;

/** Throws `ConfigProblems`. */
export function readDocument(file: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${basename(file)}:${line}:${col}`;
  };
  const problems = document.errors.map(({ pos, message }): Problem => {
    return { where: at(pos[0]), code: 'bad_yaml', message: firstLine(message) };
  });
  if (problems.length) throw new ConfigProblems(problems);
  const where = (path: Path, key?: string) => at(offsetOf(document.contents, path, key));
  return { tree: treeOf(() => document.toJS({ maxAliasCount: 100 }), at(0)), where };
}

function textOf(file: string): string {
  const text = readOrExplain(file);
  if (text.length <= maxBytes) return text;
  const message = `${file} has more than ${maxBytes / 1e6} MB. This does not look like a configuration of Tocsin.`;
  throw new ConfigProblems([{ where: basename(file), code: 'bad_yaml', message }]);
}

function readOrExplain(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `It cannot be read: ${why}. Copy the example tocsin.yml there, or name your file in TOCSIN_CONFIG.`;
    throw new ConfigProblems([{ where: file, code: 'no_file', message }]);
  }
}

function treeOf(read: () => unknown, where: string): unknown {
  try {
    return read();
  } catch (error) {
    const why = firstLine(error instanceof Error ? error.message : String(error));
    throw new ConfigProblems([{ where, code: 'bad_yaml', message: `${why}. Write it without so many aliases.` }]);
  }
}

/** `yaml` adds a picture of the place; the position says it already. */
const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '.');

function offsetOf(root: unknown, path: Path, key?: string): number {
  let found = root;
  for (const step of path) {
    const next = childOf(found, step);
    if (!next) break;
    found = next;
  }
  const keyNode = key === undefined ? undefined : keyOf(found, key);
  return (keyNode as Node | undefined)?.range?.[0] ?? (found as Node | null)?.range?.[0] ?? 0;
}

function childOf(node: unknown, step: PropertyKey): unknown {
  if (isMap(node)) return node.get(String(step), true) ?? keyOf(node, String(step));
  return isSeq(node) ? node.get(Number(step), true) : undefined;
}

const keyOf = (node: unknown, key: string): unknown =>
  isMap(node) ? (node as YAMLMap).items.find((pair) => String(pair.key) === key)?.key : undefined;
