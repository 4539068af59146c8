/** Makes lines of output as it comes: each is told once it is whole, and the last ones are kept. */
import { StringDecoder } from 'node:string_decoder';

const linesKept = 200;
const lettersKept = 16_000;
const longestLine = 2_000;

export interface LineKeeper {
  add(bytes: Buffer): void;
  /** No more comes: what is left is a line. */
  end(): void;
  tail(): string;
}

export function lineKeeper(tell: (line: string) => void): LineKeeper {
  // A letter may come in two pieces.
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let last: string[] = [];
  const keep = (line: string): void => {
    const shown = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    tell(shown);
    last.push(shown);
    if (last.length > 2 * linesKept) last = last.slice(-linesKept);
  };
  const take = (text: string): void => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    lines.forEach(keep);
    if (rest.length <= longestLine) return;
    keep(rest);
    rest = '';
  };
  return {
    add: (bytes) => take(decoder.write(bytes)),
    end: () => {
      take(decoder.end());
      if (rest) keep(rest);
      rest = '';
    },
    tail: () => last.slice(-linesKept).join('\n').slice(-lettersKept),
  };
}
