/** Keeps one expression from holding up everybody: loops within loops over what an alert says, and values without end. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { nodesOf } from './cel-ast.ts';

/** Some 50 ms of work: `list.map(a, list.map(b, …))` over 300 entries. */
const mostRounds = 100_000;
/** Of a value, in parts and in letters. */
const mostParts = 100_000;
const mostLetters = 1_000_000;

let rounds = 0;

/** Counts the rounds of each loop; from then on every loop that would begin fails. */
export function bound(ast: ASTNode): void {
  for (const node of nodesOf(ast)) {
    const loop = (node as ASTNode & Expanded).meta?.alternate;
    if (loop?.op === 'comprehension') loop.setMeta('evaluate', countedLoop);
  }
}

/** Nothing is evaluated within it but one expression: evaluating waits for nothing. */
export function withinBounds<T>(evaluate: () => T): T {
  rounds = 0;
  return evaluate();
}

/** What cel-js makes of a macro (`all`, `map` …) when it is parsed: see its `lib/operators.js`, `comprehension`. */
interface Expanded {
  readonly meta?: { readonly alternate?: Loop };
}

interface Loop {
  readonly op: string;
  readonly args: { readonly iterable: unknown };
  readonly handle: (items: unknown, args: unknown, evaluator: Evaluator, context: unknown) => unknown;
  setMeta(name: 'evaluate', evaluate: typeof countedLoop): void;
}

interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}

function countedLoop(evaluator: Evaluator, loop: Loop, context: unknown): unknown {
  const items = evaluator.run(loop.args.iterable, context);
  rounds += lengthOf(items);
  if (rounds > mostRounds) throw new Error(`it goes round more than ${mostRounds} times`);
  return loop.handle(items, loop.args, evaluator, context);
}

const lengthOf = (items: unknown): number =>
  Array.isArray(items) ? items.length : typeof items === 'object' && items !== null ? Object.keys(items).length : 0;

export interface Measure {
  part(): void;
  letters(text: string): string;
}

/** Counts what a value is made of. */
export function measure(): Measure {
  let parts = 0;
  let letters = 0;
  return {
    part: () => {
      parts += 1;
      if (parts > mostParts) throw new Error(`its value has more than ${mostParts} parts`);
    },
    letters: (text) => {
      letters += text.length;
      if (letters > mostLetters) throw new Error(`its value has more than ${mostLetters} letters`);
      return text;
    },
  };
}
