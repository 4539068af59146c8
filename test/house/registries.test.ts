/** Registries and folders agree: what lies on a shelf is registered or part of what is, under the name of its file. */
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PrometheusClient } from '../../src/clients/prometheus.ts';
import { createSshClient } from '../../src/clients/ssh.ts';
import type { Chat } from '../../src/engine/ports.ts';
import { evidenceProviders } from '../../src/evidence/index.ts';
import { alertSources } from '../../src/sources/index.ts';
import { stepActions } from '../../src/steps/index.ts';
import { filesBelow, read, sourceModules } from './support/modules.ts';

/** To be held, not to be called. */
const unused = <T>() => ({}) as T;

const ssh = createSshClient({ hosts: [] });
const prometheus = unused<PrometheusClient>();

const registries: Readonly<Record<string, readonly string[]>> = {
  sources: Object.keys(alertSources),
  steps: stepActions({ ssh, prometheus, chat: unused<Chat>() }).map(({ id }) => id),
  evidence: evidenceProviders({ prometheus, draw: unused() }).map(({ id }) => id),
};

/** What the registry imports by `import { … } from './x.ts'`. */
const registeredFiles = (shelf: string): readonly string[] =>
  [...read(`src/${shelf}/index.ts`).matchAll(/^import \{[^}]*\} from '\.\/([\w-]+)\.ts';$/gm)].map(
    ([, file = '']) => file,
  );

const fileOf = (id: string): string => id.replaceAll('.', '-');

/** By the files of the shelf, its registry's passing on included. */
const importedOnShelf = (shelf: string): ReadonlySet<string> =>
  new Set(
    sourceModules()
      .filter(({ part }) => part === shelf)
      .flatMap(({ imports }) => imports.map(({ to }) => to)),
  );

describe.each(Object.entries(registries))('%s', (shelf, ids) => {
  test('has entries', () => {
    expect(ids.length).toBeGreaterThan(0);
    expect(registeredFiles(shelf).length).toBeGreaterThan(0);
  });

  test('each file is registered, or part of one that is', () => {
    const parts = importedOnShelf(shelf);
    const entries = ['index', ...registeredFiles(shelf)].map((file) => `src/${shelf}/${file}.ts`);
    const forgotten = filesBelow(`src/${shelf}`, '.ts').filter((path) => !parts.has(path) && !entries.includes(path));
    expect(forgotten, `Each file in src/${shelf} has its line in src/${shelf}/index.ts, or belongs to one.`).toEqual(
      [],
    );
  });

  test('each entry has a test that names it', () => {
    const tests = filesBelow(`test/${shelf}`, '.test.ts');
    const isTested = (file: string) =>
      tests.some(
        (path) =>
          basename(path).startsWith(file) || new RegExp(`['/]${file.replace('-', '[.-]')}('|\\.ts')`).test(read(path)),
      );
    const untested = registeredFiles(shelf).filter((file) => !isTested(file));
    expect(untested, `Whatever is registered in src/${shelf}/index.ts has a test in test/${shelf}.`).toEqual([]);
  });
});

describe.each(['sources', 'steps'])('ids of %s', (shelf) => {
  const ids = registries[shelf] ?? [];

  test('each lies in the file of its name: `ssh.exec` in ssh-exec.ts', () => {
    expect([...ids].map(fileOf).sort()).toEqual([...registeredFiles(shelf)].sort());
  });

  test('none stands there twice', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });
});
