/** The house style that can be counted: small files, each opening with what it is, in the plain part of the language. */
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { filesBelow, lineOf, type Module, moduleFrom, nodesIn, read, sourceModules } from './support/modules.ts';

const mostLines = 400;
const medianLines = 100;

const modules = sourceModules();
const written = [
  ...[...filesBelow('src'), ...filesBelow('test', '.ts'), ...filesBelow('bin')],
  ...filesBelow('.ci', '.mjs'),
].filter((path) => /\.(ts|lua|mjs)$/.test(path));

const linesOf = (path: string): number => read(path).trimEnd().split('\n').length;

/** At the top, below a shebang, as a comment that is read by editors; in Lua as a comment of one line. */
function opensWithSentence(path: string, text: string): boolean {
  const top = text.replace(/^(#!|\/\/ biome-ignore).*\n/, '');
  const said = path.endsWith('.lua') ? /^-- (.+)/.exec(top)?.[1] : /^\/\*\*\s*([\s\S]+?)\s*\*\//.exec(top)?.[1];
  return said !== undefined && /^(["'`A-Z]|\w+\.).*[.?!:)…](\s|$)/s.test(said.trim());
}

const found = (isWrong: (node: ts.Node) => boolean) => (module: Module) =>
  nodesIn(module.syntax)
    .filter(isWrong)
    .map((node) => `${module.path}:${lineOf(node)}`);

const isDefault = (node: ts.Node): boolean => ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;

const rules = [
  {
    sentence: 'Nothing is `any`: say `unknown`, and look.',
    isWrong: ({ kind }) => kind === ts.SyntaxKind.AnyKeyword,
    bad: 'let a: any;',
  },
  {
    sentence: 'Nothing is exported as default: a thing has one name.',
    isWrong: (node) => isDefault(node) && !isInSwitch(node),
    bad: 'export default 1;',
  },
  {
    sentence: 'There are no enums: a union of texts does.',
    isWrong: (node) => ts.isEnumDeclaration(node),
    bad: 'enum A { B }',
  },
  {
    sentence: 'Nothing is said to be there with `!`: look, and return early.',
    isWrong: (node) => ts.isNonNullExpression(node),
    bad: 'a!.b();',
  },
  {
    sentence: 'Nobody must be handed more than three arguments in a row: hand in an object.',
    isWrong: takesMany,
    bad: 'function a(b, c, d, e) {}',
  },
] satisfies readonly { sentence: string; isWrong: (node: ts.Node) => boolean; bad: string }[];

const isInSwitch = ({ parent }: ts.Node): boolean => ts.isDefaultClause(parent);

/** Of functions that are ours to shape: a callback's arguments are somebody else's. */
function takesMany(node: ts.Node): boolean {
  const isNamed = ts.isFunctionDeclaration(node) || (ts.isArrowFunction(node) && ts.isVariableDeclaration(node.parent));
  return isNamed && node.parameters.filter(mustBeGiven).length > 3;
}

const mustBeGiven = ({ initializer, questionToken, dotDotDotToken }: ts.ParameterDeclaration): boolean =>
  !initializer && !questionToken && !dotDotDotToken;

describe('sizes', () => {
  test(`no file has more than ${mostLines} lines`, () => {
    expect(written.length).toBeGreaterThan(200);
    const long = written.filter((path) => linesOf(path) > mostLines).map((path) => `${path}: ${linesOf(path)} lines`);
    expect(long, `No file has more than ${mostLines} lines: give a part of it a name and a file.`).toEqual([]);
  });

  test(`half of the modules have at most ${medianLines} lines`, () => {
    const sizes = modules.map(({ path }) => linesOf(path)).sort((a, b) => a - b);
    const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
    expect(median).toBeGreaterThan(0);
    expect(median).toBeLessThanOrEqual(medianLines);
  });
});

describe('words', () => {
  test('every file opens with a sentence that says what it is', () => {
    const silent = written.filter((path) => !opensWithSentence(path, read(path)));
    expect(silent, 'Every file opens with one sentence (`/** … */`) that says what it is.').toEqual([]);
  });

  test('no folder or file is called what says nothing', () => {
    const empty = /(^|\/)(utils?|helpers?|common|services?|managers?|misc|shared)(\/|\.|$)/;
    const sentence = 'No utils, helpers, common, services or managers: a name says what is inside.';
    expect(
      written.filter((path) => empty.test(path)),
      sentence,
    ).toEqual([]);
  });
});

describe('language', () => {
  test.each(rules)('$sentence', ({ sentence, isWrong }) => {
    expect(modules.flatMap(found(isWrong)), sentence).toEqual([]);
  });

  test.each(rules)('the rule sees `$bad`', ({ isWrong, bad }) => {
    expect(found(isWrong)(moduleFrom('src/x.ts', bad))).not.toEqual([]);
  });

  test('a sentence is told from none', () => {
    expect(opensWithSentence('a.ts', '/** The door. */\n')).toBe(true);
    expect(opensWithSentence('a.mjs', '#!/usr/bin/env node\n/** The door. */\n')).toBe(true);
    expect(opensWithSentence('a.lua', '-- The door.\n')).toBe(true);
    expect(opensWithSentence('a.ts', '/** door */\n')).toBe(false);
    expect(opensWithSentence('a.ts', 'export const a = 1; /** The door. */\n')).toBe(false);
  });
});
