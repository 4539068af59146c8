/** The one place where a value becomes part of a shell command. */

/** The value cannot stand in a command line at all. */
export class Unquotable extends Error {
  override name = 'Unquotable';
}

/**
 * One word of a POSIX shell, whatever the value: single quotes, inside of which nothing has a meaning.
 * An empty value stays a word. NUL cannot be passed on; a newline could end the command where a shell is not POSIX.
 */
export function shellQuote(value: string): string {
  if (/[\0\r\n]/.test(value))
    throw new Unquotable(`${JSON.stringify(value.slice(0, 60))} holds a NUL or a line break.`);
  return quoted(value);
}

/** The same in a program that a POSIX shell reads by itself, as `sh -s`: there a line break within quotes is one. */
export function programQuote(value: string): string {
  if (value.includes('\0')) throw new Unquotable(`${JSON.stringify(value.slice(0, 60))} holds a NUL.`);
  return quoted(value);
}

const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

export const commandLine = (argv: readonly string[]): string => argv.map(shellQuote).join(' ');
