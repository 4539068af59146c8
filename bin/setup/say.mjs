/** How the set-up speaks: progress on stderr, and problems as one text for the person who reads them. */

/** A problem that the reader can do something about: printed without a stack. */
export class SetupError extends Error {}

export function say(text) {
  process.stderr.write(`tocsin: ${text}\n`);
}

export function explain(error) {
  const expected = error instanceof SetupError;
  process.stderr.write(`tocsin: ${expected ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = 1;
}
