/** Masked lines out of text that comes in pieces: none longer than people read, none with a terminal's colours. */
import { stripVTControlCharacters } from 'node:util';
import type { Masker } from '../masking.ts';

export interface Lines {
  write(piece: string): void;
  /** What has no line break yet is a line, too. */
  end(): void;
}

const longestLine = 2_000;

export function linesFrom(masker: Masker, take: (line: string) => void): Lines {
  const masked = masker.stream();
  let open = '';
  /** Of the open line, which is too long, the rest is not kept. */
  let isSkipping = false;
  const finish = (): void => {
    if (!isSkipping) take(clean(open, masker));
    isSkipping = false;
    open = '';
  };
  const add = (text: string): void => {
    if (isSkipping) return;
    open += text;
    if (open.length <= longestLine) return;
    take(`${clean(open.slice(0, longestLine), masker)}… (the line is longer)`);
    isSkipping = true;
    open = '';
  };
  const read = (text: string): void => {
    // A lone `\r` begins the line anew on a terminal: progress bars become lines.
    const [first = '', ...rest] = text.split(/\r?\n|\r/);
    add(first);
    for (const line of rest) {
      finish();
      add(line);
    }
  };
  return {
    write: (piece) => read(masked.write(piece)),
    end() {
      read(masked.flush());
      if (open) finish();
    },
  };
}

/** Once more over the line: without a terminal's colours in between, a secret may have become one. */
const clean = (line: string, masker: Masker): string =>
  line.includes('\u001b') ? masker.mask(stripVTControlCharacters(line)) : line;
