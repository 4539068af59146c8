/** What a process was told, as a file for a shell to read (`. FILE`): then what is typed there is told the same. */
export const shellFile = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');

/** Single quotes keep everything as it is but themselves. */
const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;
