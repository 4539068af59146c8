/** The documentation is true where that can be checked: paths, links, commands, variables and error codes. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, matchesGlob, posix, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { filesBelow, moduleFrom, nodesIn, read, root, sourceModules } from './support/modules.ts';

const pages = ['README.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')];
const everything = ['src', 'test', 'bin', 'docs', 'playbooks', '.ci'].flatMap((folder) => filesBelow(folder));

interface Found {
  readonly page: string;
  readonly what: string;
}

const gather = (pattern: RegExp, of: (page: string) => string = read): readonly Found[] =>
  pages.flatMap((page) => [...of(page).matchAll(pattern)].map(([, what = '']) => ({ page, what })));

/** What stands in blocks is an example, as somebody's shell or file would have it. */
const prose = (page: string): string => read(page).replace(/^ *```[\s\S]*?^ *```/gm, '');

const inBackticks = gather(/`([^`\n]+)`/g, prose);

/** `src/http/server.ts`, `test/house/`, `playbooks/*.yml`, and names of source files alone. */
const paths = inBackticks.filter(
  ({ what }) =>
    /^(src|test|bin|docs|playbooks|\.ci)(\/[\w.*-]*)+$/.test(what) || /^[\w.-]+\.(ts|mjs|lua|md|yml)$/.test(what),
);

const commandsIn = (path: string): readonly string[] =>
  [...read(path).matchAll(/\.command\('([a-z]+)/g)].map(([, name = '']) => name);

/** What a page has its reader write. */
const isOfTheReader = ({ page, what }: Found): boolean => read(page).includes(`Save this as \`${what}\``);

/** `tocsin.yml` of the reader's, and so on. */
function isThere(path: string): boolean {
  if (path.includes('*')) return everything.some((file) => matchesGlob(file, path));
  return existsSync(resolve(root, path)) || (!path.includes('/') && everything.some((file) => basename(file) === path));
}

const listed = (some: readonly Found[]): readonly string[] => some.map(({ page, what }) => `${page}: ${what}`);

describe('paths and links', () => {
  test('every path that a page names exists', () => {
    expect(pages.length).toBeGreaterThan(8);
    expect(paths.length).toBeGreaterThan(50);
    const lost = paths.filter((found) => !isThere(found.what) && !isOfTheReader(found));
    expect(listed(lost), 'Every path in backticks in README.md and docs exists.').toEqual([]);
  });

  test('every link between pages leads somewhere', () => {
    const links = gather(/\]\(([^)\s]+)\)/g, prose).filter(({ what }) => !/^[a-z]+:/.test(what));
    expect(links.length).toBeGreaterThan(5);
    expect(listed(links.filter(isBroken)), 'Every link between pages leads to a page and a heading.').toEqual([]);
  });

  test('nothing on a page is one machine’s, or outside of the project', () => {
    expect(listed(gather(/((?:\/home\/|\/tmp\/|\/work\/|\.\.\/shared)\S*)/g))).toEqual([]);
  });
});

function isBroken({ page, what }: Found): boolean {
  const [path = '', heading] = what.split('#');
  const target = path ? posix.join(posix.dirname(page), path) : page;
  if (!existsSync(resolve(root, target))) return true;
  return heading !== undefined && !headingsOf(target).includes(heading);
}

/** As GitHub makes anchors of headings. */
const headingsOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('commands and variables', () => {
  test('every npm script that a page names exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = gather(/\bnpm (?:run )?(start|test|demo|check|[a-z]+:[a-z]+)\b/g);
    expect(named.length).toBeGreaterThan(3);
    expect(listed(named.filter(({ what }) => !scripts[what]))).toEqual([]);
  });

  test('every command of tocsin that a page names exists', () => {
    const commands = [...commandsIn('src/cli.ts'), ...commandsIn('src/playbook-commands.ts')];
    const ofPlaybooks = commandsIn('src/playbook-commands.ts')
      .slice(1)
      .map((name) => `playbook ${name}`);
    commands.push(...ofPlaybooks);
    expect(ofPlaybooks.length).toBeGreaterThan(4);
    const named = gather(/(?:npx |`)tocsin (playbook [a-z]+|[a-z]+)/g);
    expect(named.length).toBeGreaterThan(0);
    expect(listed(named.filter(({ what }) => !commands.includes(what)))).toEqual([]);
  });

  test('every variable that a page names is read somewhere', () => {
    const code = [...everything.filter((path) => /^(src|bin)\//.test(path)), 'tocsin.yml'].map(read).join('\n');
    const known = new Set(code.match(/TOCSIN_[A-Z_]+[A-Z]/g));
    const named = gather(/(TOCSIN_[A-Z_]*[A-Z])/g);
    expect(named.length).toBeGreaterThan(5);
    const lost = named.filter(({ what }) => !known.has(what) && !known.has(what.replace(/_FILE$/, '')));
    expect(listed(lost), 'Every variable in README.md and docs stands in tocsin.yml or in the code.').toEqual([]);
  });
});

describe('the configuration in README.md', () => {
  const [, example = ''] = /`tocsin\.yml`[\s\S]*?```yaml\n([\s\S]*?)```/.exec(read('README.md')) ?? [];
  const secrets = ['TOCSIN_SLACK_BOT_TOKEN', 'TOCSIN_SLACK_APP_TOKEN', 'TOCSIN_ALERTMANAGER_TOKEN'];
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-readme-'));
  const file = join(folder, 'tocsin.yml');
  writeFileSync(file, example);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is accepted, with the variables that the table names', () => {
    const env = Object.fromEntries(
      secrets.map((name) => [name, `${name.includes('BOT') ? 'xoxb' : 'xapp'}-of-the-reader`]),
    );
    const config = loadConfig({ env, file });
    expect(Object.keys(config.sources)).toEqual(['alertmanager']);
    expect(config.inventory.map(({ name }) => name)).toEqual(['shop-1']);
  });

  test('names each variable that it needs', () => {
    expect(() => loadConfig({ env: {}, file })).toThrow(/not_set/);
    expect(secrets.filter((name) => !read('README.md').includes(`| \`${name}\` |`))).toEqual([]);
  });
});

/** Where each section of docs/errors.md has its codes from. */
const codeLists = [
  { heading: 'Configuration', file: 'src/config/problems.ts', type: 'ProblemCode' },
  { heading: 'Playbooks', file: 'src/playbooks/problems.ts', type: 'ProblemCode' },
  { heading: 'SSH', file: 'src/clients/ssh-connection.ts', type: 'SshFailureCode' },
];

function codesIn(file: string, type: string): readonly string[] {
  const alias = nodesIn(moduleFrom(file, read(file)).syntax).find(
    (node) => ts.isTypeAliasDeclaration(node) && node.name.text === type,
  );
  if (!alias) return [];
  return nodesIn(alias).flatMap((node) =>
    ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) ? [node.literal.text] : [],
  );
}

/** First cells of the table below a heading. */
function documented(heading: string): readonly string[] {
  const [, after = ''] = read('docs/errors.md').split(`\n## ${heading}\n`);
  const section = after.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code = '']) => code);
}

describe('error codes', () => {
  test.each(codeLists)('$heading: docs/errors.md has the codes of $file', ({ heading, file, type }) => {
    const codes = codesIn(file, type);
    expect(codes.length).toBeGreaterThan(3);
    const sentence = `The section "${heading}" of docs/errors.md has each code of ${file} once.`;
    expect([...documented(heading)].sort(), sentence).toEqual([...codes].sort());
  });

  test('no list of codes is left out', () => {
    const lists = sourceModules()
      .filter(({ part }) => part !== 'simulator')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^export type (\w*Code) =/gm)].map(([, type]) => `${path} ${type}`),
      );
    expect(lists.sort()).toEqual(codeLists.map(({ file, type }) => `${file} ${type}`).sort());
  });
});
