/** The lock file as `npm ci` wants it on every system, also where the registry that wrote it lacked some of them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Readonly<Record<string, Locked>>;
};

/** Node looks beside the package, then outwards. */
const isLocked = (from: string, name: string): boolean =>
  [from, ...outwardsOf(from), ''].some((at) => Object.hasOwn(packages, `${at && `${at}/`}node_modules/${name}`));

const outwardsOf = (path: string): readonly string[] => {
  const end = path.lastIndexOf('/node_modules/');
  return end < 0 ? [] : [path.slice(0, end), ...outwardsOf(path.slice(0, end))];
};

test('the lock file names every optional package of every system: npm ci refuses it otherwise', () => {
  const optional = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ from, name })),
  );
  expect(optional.length).toBeGreaterThan(0);
  expect(optional.filter(({ from, name }) => !isLocked(from, name))).toEqual([]);
});
