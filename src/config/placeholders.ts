/** `${env:NAME}` and `${env:NAME:-default}` in the values of `tocsin.yml`: replaced as data, never read as YAML. */
import type { Path } from './document.ts';
import { type Environment, lookup } from './environment.ts';
import type { Problem } from './problems.ts';

export interface Filled {
  /** Keys whose value came out empty are left out, as if they were not written. */
  readonly tree: unknown;
  /** Paths (joined by `.`) of values that came from the environment. */
  readonly fromEnvironment: ReadonlySet<string>;
  /** Paths whose value could not be had: said in `problems`, not to be said again. */
  readonly failed: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** How a value from the environment is written. */
export const placeholderOf = (name: string, fallback?: string): string =>
  `\${env:${name}${fallback === undefined ? '' : `:-${fallback}`}}`;

const placeholder = /\$\{env:([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

export function fill(tree: unknown, env: Environment, where: (path: Path) => string): Filled {
  const fromEnvironment = new Set<string>();
  const failed = new Set<string>();
  const problems: Problem[] = [];
  const fail = (path: Path, problem: Problem) => {
    failed.add(path.join('.'));
    problems.push(problem);
  };
  const fillText = (text: string, path: Path): string | undefined => {
    if (!text.includes('${env')) return text;
    fromEnvironment.add(path.join('.'));
    const filled = text.replace(placeholder, (_, name: string, fallback?: string) => {
      const found = lookup(env, name);
      if ('problem' in found) fail(path, found.problem);
      else if (found.value === undefined && fallback === undefined) fail(path, notSet(name, path, where(path)));
      return ('value' in found ? found.value : undefined) ?? fallback ?? '';
    });
    if (/\$\{env/.test(text.replace(placeholder, ''))) fail(path, badPlaceholder(where(path)));
    return filled || undefined;
  };
  const fillAny = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return fillText(value, path);
    if (Array.isArray(value)) return value.map((item, i) => fillAny(item, [...path, i])).filter((v) => v !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).map(([key, item]) => [key, fillAny(item, [...path, key])]);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  };
  return { tree: fillAny(tree, []), fromEnvironment, failed, problems };
}

const notSet = (name: string, path: Path, where: string): Problem => ({
  where: name,
  code: 'not_set',
  message: `${path.join('.')} (${where}) takes its value from it. Set ${name}, or ${name}_FILE to a file that holds it.`,
});

const badPlaceholder = (where: string): Problem => ({
  where,
  code: 'bad_placeholder',
  message: `A value from the environment is written \`${placeholderOf('NAME')}\` or \`${placeholderOf('NAME:-default')}\`.`,
});
