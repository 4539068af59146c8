/** YAML text as data whose every value knows its line and column; what a playbook's YAML may not do is refused here. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { maxBytes, maxDepth, tooDeepAt } from './depth.ts';
import type { Problem, ProblemCode } from './problems.ts';
import { reservedKeys } from './reserved-keys.ts';

export type Path = readonly (string | number)[];

/** Where a problem is: at a value, or at the key that names it. */
export interface Place {
  readonly path: Path;
  readonly at?: 'key';
  /** Inside a text: what stands there, to point at it. */
  readonly within?: string;
  /** So many characters further. */
  readonly skip?: number;
}

export interface Finding extends Place {
  readonly code: ProblemCode;
  readonly message: string;
}

export interface PlaybookDocument {
  readonly data: unknown;
  problem(finding: Finding): Problem;
}

const maxAliases = 50;

type Read = { readonly document: PlaybookDocument } | { readonly problems: readonly Problem[] };

export function readDocument(file: string, text: string): Read {
  const lines = new LineCounter();
  const at = (offset: number, code: ProblemCode, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, code, message };
  };
  if (Buffer.byteLength(text) > maxBytes)
    return {
      problems: [
        { file, line: 1, column: 1, code: 'too_large', message: `It has more than ${maxBytes / 1024} kB. Split it.` },
      ],
    };
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    lines.addNewLine(0);
    for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
    return { problems: [at(deep, 'too_deep', `It nests deeper than ${maxDepth} levels.`)] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = [
    ...document.errors.map(({ code, pos, message }) =>
      code === 'DUPLICATE_KEY'
        ? at(pos[0], 'duplicate_key', `\`${wordAt(text, pos[0])}\` stands here twice.`)
        : at(pos[0], 'bad_yaml', message),
    ),
    ...forbidden(document).map(({ offset, code, message }) => at(offset, code, message)),
  ];
  if (problems.length) return { problems };
  const offsetOf = (place: Place) => offsetIn(document, text, place);
  const data = dataOf(document);
  if (data === undefined)
    return {
      problems: [at(firstAlias(document), 'too_many_aliases', 'Aliases of aliases, more than can be written out.')],
    };
  return {
    document: {
      data: data.is,
      problem: ({ code, message, ...place }) => at(offsetOf(place), code, message),
    },
  };
}

/** Nothing where aliases stand for more than may be written out. */
function dataOf(document: Document): { readonly is: unknown } | undefined {
  try {
    return { is: document.toJS({ maxAliasCount: maxAliases }) };
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function firstAlias(document: Document): number {
  let first: number | undefined;
  visit(document, {
    Alias: (_key, node) => {
      first ??= startOf(node);
    },
  });
  return first ?? 0;
}

const wordAt = (text: string, offset: number): string => /^[\w.-]+/.exec(text.slice(offset))?.[0] ?? 'This key';

type Forbidden = { readonly offset: number; readonly code: ProblemCode; readonly message: string };

function forbidden(document: Document): readonly Forbidden[] {
  const found: Forbidden[] = [];
  let aliases = 0;
  visit(document, {
    Alias: (_key, node) => {
      aliases += 1;
      if (!node.resolve(document))
        found.push({
          offset: startOf(node),
          code: 'bad_yaml',
          message: `There is no anchor \`&${node.source}\` before this.`,
        });
      if (aliases === maxAliases + 1)
        found.push({ offset: startOf(node), code: 'too_many_aliases', message: `More than ${maxAliases} aliases.` });
    },
    Pair: (_key, { key }) => {
      if (isNode(key) && !isScalar(key))
        found.push({
          offset: startOf(key),
          code: 'bad_yaml',
          message: 'A key is a word, not a list, a map or an alias.',
        });
      if (!isScalar(key)) return;
      if (key.value === '<<')
        found.push({
          offset: startOf(key),
          code: 'merge_key',
          message: 'Merge keys (`<<`) are not part of the language: write the keys out.',
        });
      if (typeof key.value === 'string' && reservedKeys.includes(key.value))
        found.push({ offset: startOf(key), code: 'unknown_key', message: `\`${key.value}\` cannot be a key.` });
    },
    Node: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'number' && !isExact(node.value))
        found.push({
          offset: startOf(node),
          code: 'bad_value',
          message: 'This number cannot be kept exactly: write it as text.',
        });
      // `yaml` notes a tag only where one is written.
      if ('tag' in node && node.tag)
        found.push({
          offset: startOf(node),
          code: 'tag_not_allowed',
          message: `The tag \`${node.tag}\` is not part of the language.`,
        });
    },
  });
  return found;
}

const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

const startOf = (node: Node | Alias): number => node.range?.[0] ?? 0;

function offsetIn(document: Document, text: string, { path, at, within, skip = 0 }: Place): number {
  let node: unknown = document.contents;
  let key: unknown;
  for (const step of path) {
    const next = childOf(resolved(node, document), step);
    if (!next) break;
    ({ node, key } = next);
  }
  const target = at === 'key' && key ? key : (node ?? key);
  const range = (target as Node | null)?.range ?? [0, 0, 0];
  const inside = within === undefined ? -1 : text.slice(range[0], range[1]).indexOf(within);
  return inside < 0 ? range[0] : range[0] + inside + skip;
}

const resolved = (node: unknown, document: Document): unknown => (isAlias(node) ? node.resolve(document) : node);

function childOf(node: unknown, step: string | number): { node: unknown; key: unknown } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { node: item, key: undefined };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step));
  return pair && { node: pair.value, key: pair.key };
}
