/** The import table of the house holds: who may import what, where each package may be, and no ring anywhere. */
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { ringsIn } from './support/cycles.ts';
import { type Import, lineOf, type Module, moduleFrom, nodesIn, sourceModules } from './support/modules.ts';
import { packages, parts } from './support/table.ts';

const modules = sourceModules();

const isIn = (path: string, places: readonly string[] = []): boolean =>
  places.some((place) =>
    place === '.' ? path.split('/').length === 2 : path === `src/${place}` || path.startsWith(`src/${place}/`),
  );

const said = ({ path }: Module, { line, to }: Import): string => `${path}:${line} imports ${to}`;

function wrongParts(module: Module): readonly string[] {
  const row = parts[module.part];
  if (!row) return [`${module.path}: \`${module.part}\` is not in the table`];
  const isAllowed = ({ to, isTypeOnly }: Import) =>
    isIn(to, [module.part, ...row.ours]) || (isTypeOnly && isIn(to, row.types));
  return module.imports
    .filter((found) => found.kind === 'ours' && !isAllowed(found))
    .map((found) => said(module, found));
}

const wrongPackages = (module: Module): readonly string[] =>
  module.imports
    .filter(({ kind, to }) => kind === 'npm' && !packages[to]?.includes(module.part))
    .map((found) => said(module, found));

/** What would make deciding depend on anything but what is handed in. */
function impurities({ path, syntax, imports }: Module): readonly string[] {
  const imported = imports.filter(({ kind }) => kind !== 'ours').map(({ to, line }) => `${path}:${line} imports ${to}`);
  const used = nodesIn(syntax).flatMap((node) => {
    const what = impurityOf(node);
    return what ? [`${path}:${lineOf(node)} uses ${what}`] : [];
  });
  return [...imported, ...used];
}

const outsiders = ['process', 'globalThis', 'performance', 'crypto', 'fetch', 'console', 'Promise', 'PromiseLike'];
const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) return 'a promise';
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'the clock';
  if (ts.isPropertyAccessExpression(node)) return { 'Date.now': 'the clock', 'Math.random': 'chance' }[node.getText()];
  if (!ts.isIdentifier(node) || isMemberName(node)) return undefined;
  return [...outsiders, ...timers].includes(node.text) ? `\`${node.text}\`` : undefined;
}

/** `a.process` and `{ process: … }` name something else. */
const isMemberName = (node: ts.Identifier): boolean =>
  ts.isPropertySignature(node.parent) ||
  ts.isPropertyAssignment(node.parent) ||
  (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node);

const readsEnvironment = ({ path, syntax }: Module): readonly string[] =>
  nodesIn(syntax)
    .filter((node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env')
    .map((node) => `${path}:${lineOf(node)} reads process.env`);

/** Only config reads it; the demo hands its own on to the programs that it starts. */
const mayReadEnvironment = ['config', 'demo', 'simulator/main.ts'];

const graphOf = (some: readonly Module[], counts: (found: Import) => boolean) =>
  new Map(some.map(({ path, imports }) => [path, imports.filter(counts).map(({ to }) => to)]));

const planted = (path: string, text: string) => moduleFrom(path, text);

describe('what was read', () => {
  test('there are modules in every part of src, and every part stands in the table', () => {
    expect(modules.length).toBeGreaterThan(150);
    expect(modules.flatMap(({ imports }) => imports).length).toBeGreaterThan(500);
    expect([...new Set(modules.map(({ part }) => part))].sort()).toEqual(Object.keys(parts).sort());
  });

  test('every import of ours leads to a module that exists', () => {
    const paths = new Set(modules.map(({ path }) => path));
    const lost = modules.flatMap((module) =>
      module.imports.filter(({ kind, to }) => kind === 'ours' && !paths.has(to)).map((found) => said(module, found)),
    );
    expect(lost).toEqual([]);
  });
});

describe('who may import what', () => {
  test.each(Object.entries(parts))('src/%s', (part, { sentence }) => {
    const found = modules.filter((module) => module.part === part).flatMap(wrongParts);
    expect(found, sentence).toEqual([]);
  });

  test('each package stays where it belongs', () => {
    const sentence = 'A package is imported only by the parts that test/house/support/table.ts names for it.';
    expect(modules.flatMap(wrongPackages), sentence).toEqual([]);
  });

  test('the table names no package that nobody imports', () => {
    const imported = new Set(modules.flatMap(({ imports }) => imports.map(({ to }) => to)));
    const mentioned = (name: string) => modules.some(({ text }) => text.includes(`\`${name}/`));
    expect(Object.keys(packages).filter((name) => !imported.has(name) && !mentioned(name))).toEqual([]);
  });

  test('the domain is pure', () => {
    const domain = modules.filter(({ part }) => part === 'domain');
    expect(domain.length).toBeGreaterThan(10);
    const sentence = 'The domain has no clock, no chance, no promise and no package: what it needs is handed in.';
    expect(domain.flatMap(impurities), sentence).toEqual([]);
  });

  test('only config reads the environment', () => {
    const found = modules.filter(({ path }) => !isIn(path, mayReadEnvironment)).flatMap(readsEnvironment);
    expect(found, 'Only src/config reads process.env; everybody else is handed a Config.').toEqual([]);
    expect(modules.filter(({ part }) => part === 'config').flatMap(readsEnvironment)).toHaveLength(1);
  });

  test('no modules import each other in a ring, not even for types', () => {
    const rings = ringsIn(graphOf(modules, ({ kind }) => kind === 'ours'));
    expect(rings, 'Modules never import each other in a ring: move what both need into a third.').toEqual([]);
  });
});

describe('the rules see what they forbid', () => {
  test.each([
    ['src/slack/x.ts', "import { a } from '../store/redis.ts';"],
    ['src/slack/x.ts', "import { a } from '../engine/ports.ts';"],
    ['src/slack/x.ts', "import type { A } from '../engine/receive.ts';"],
    ['src/slack/x.ts', "const a = await import('../store/redis.ts');"],
    ['src/domain/x.ts', "import type { A } from '../engine/ports.ts';"],
    ['src/engine/x.ts', "import { type A } from '../slack/app.ts';"],
    ['src/engine/x.ts', "export * from '../slack/app.ts';"],
    ['src/demo/x.ts', "import { a } from '../config/load.ts';"],
    ['src/telemetry/x.ts', "type A = import('../engine/ports.ts').Log;"],
  ])('%s: %s', (path, text) => {
    expect(wrongParts(planted(path, text))).toHaveLength(1);
  });

  test('a shelf may import types of the ports', () => {
    expect(wrongParts(planted('src/slack/x.ts', "import type { Chat } from '../engine/ports.ts';"))).toEqual([]);
    expect(wrongParts(planted('src/slack/x.ts', "import { type Chat } from '../engine/ports.ts';"))).toEqual([]);
  });

  test('a package at the wrong place, or one that nobody knows', () => {
    expect(wrongPackages(planted('src/store/x.ts', "import { App } from '@slack/bolt';"))).toHaveLength(1);
    expect(wrongPackages(planted('src/store/x.ts', "import pad from 'left-pad/deep';"))).toHaveLength(1);
  });

  test.each([
    ['const a = Date.now();'],
    ['const a = new Date();'],
    ['const a = Math.random();'],
    ['const a = process.pid;'],
    ['async function a() {}'],
    ['type A = Promise<void>;'],
    ["import { z } from 'zod';"],
    ["import { readFileSync } from 'node:fs';"],
    ['setTimeout(a, 1);'],
  ])('in the domain: %s', (text) => {
    expect(impurities(planted('src/domain/x.ts', text))).not.toEqual([]);
  });

  test('a time that was handed in may be written out', () => {
    expect(impurities(planted('src/domain/x.ts', 'const a = (at: number) => new Date(at).toISOString();'))).toEqual([]);
  });

  test('a ring of three, and a module that imports itself', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', ['d']],
      ['e', ['a']],
    ]);
    expect(ringsIn(graph)).toEqual([['d'], ['a', 'b', 'c']]);
  });
});
