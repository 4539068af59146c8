/** The shell programs of `sh/`, filled in: each is parsed whole before its first line runs, so that half of one does nothing. */
import { readFileSync } from 'node:fs';
import { programQuote } from '../clients/shell.ts';

const source = (name: string): string => readFileSync(new URL(`sh/${name}.sh`, import.meta.url), 'utf8');

const prelude = source('prelude');
const sources = {
  launch: source('launch'),
  verdict: source('verdict'),
  look: source('look'),
  end: source('end'),
} as const;

export type ProgramName = keyof typeof sources;

/** Lies on the target beside the script. */
export const wrapper = `${prelude}\n${source('wrapper')}`;

/** Throws `Unquotable`. */
export function program(name: ProgramName, given: Readonly<Record<string, string | number>>): string {
  const assignments = Object.entries(given).map(([key, value]) => `${key}=${programQuote(String(value))}`);
  // A connection that ends in the middle leaves a function without its end, which is never called.
  return ['run() {', ...assignments, prelude, sources[name], '}', 'run', ''].join('\n');
}

/** What the program said, among whatever a login shell prints. */
export const saidBy = (stdout: string): string | undefined => /^tocsin: (.*)$/m.exec(stdout)?.[1];
