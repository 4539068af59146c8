/** The environment: the one place that reads `process.env`, and the ways to hand over a value by it. */
import { readFileSync } from 'node:fs';
import type { Problem } from './problems.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const readEnvironment = (): Environment => ({ ...process.env });

/** Which configuration file to read where the command line names none. */
export const configFile = (env: Environment): string => env.TOCSIN_CONFIG || 'tocsin.yml';

export type Lookup = { readonly value: string | undefined } | { readonly problem: Problem };

/** `NAME`, or the content of the file that `NAME_FILE` names (as Docker and Kubernetes mount secrets). */
export function lookup(env: Environment, name: string): Lookup {
  const value = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (value && file) return { problem: setTwice(name) };
  return file ? contentOf(file, name) : { value };
}

function contentOf(file: string, name: string): Lookup {
  try {
    const value = readFileSync(file, 'utf8').trimEnd();
    return value ? { value } : { problem: unreadable(name, `${file} is empty`) };
  } catch (error) {
    return { problem: unreadable(name, error instanceof Error ? error.message : String(error)) };
  }
}

const setTwice = (name: string): Problem => ({
  where: name,
  code: 'set_twice',
  message: `Both ${name} and ${name}_FILE are set. Keep one of them.`,
});

const unreadable = (name: string, why: string): Problem => ({
  where: `${name}_FILE`,
  code: 'unreadable',
  message: `The file it names cannot be read: ${why}. Name a readable file that holds the value alone.`,
});
