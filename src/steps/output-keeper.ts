/** Hands output on as it comes, and keeps its last lines: the end of an output is what tells how it went. */
import { StringDecoder } from 'node:string_decoder';
import { endOf } from '../clients/tail.ts';

const linesKept = 200;
const lettersKept = 16_000;
const lettersHeld = 4 * lettersKept;

export interface OutputKeeper {
  add(bytes: Buffer): void;
  /** At most 200 lines. */
  tail(): string;
}

export function outputKeeper(tell: (text: string) => void): OutputKeeper {
  // A letter may come in two pieces.
  const decoder = new StringDecoder('utf8');
  let held = '';
  return {
    add: (bytes) => {
      const text = decoder.write(bytes);
      if (!text) return;
      tell(text);
      held += text;
      if (held.length > 2 * lettersHeld) held = endOf(held, lettersHeld);
    },
    tail: () => endOf(held.trimEnd().split(/\r?\n/).slice(-linesKept).join('\n'), lettersKept),
  };
}
