/** Finds many words in one pass over a text (Aho and Corasick, 1975), whatever their number. */

export interface Node {
  /** Length of the longest unfinished word that the text read so far ends in. */
  readonly begun: number;
  /** Length of the longest word that ends here; 0 = none does. */
  readonly longest: number;
  step(char: number): Node;
}

interface Building {
  readonly depth: number;
  begun: number;
  longest: number;
  fallback: Building | undefined;
  readonly next: Map<number, Building>;
  step(char: number): Building;
}

export const root = (): Node => nodeAt(0);

export function automatonOf(words: readonly string[]): Node {
  const start = nodeAt(0);
  for (const word of words) add(start, word);
  // Breadth first: a fallback is always nearer to the start, and is ready.
  for (const node of breadthFirst(start))
    for (const [char, child] of node.next) {
      child.fallback = node === start ? start : (node.fallback ?? start).step(char);
      child.longest = Math.max(child.longest, child.fallback.longest);
      if (!child.next.size) child.begun = child.fallback.begun;
    }
  return start;
}

function nodeAt(depth: number): Building {
  const node: Building = {
    depth,
    begun: depth,
    longest: 0,
    fallback: undefined,
    next: new Map(),
    step(char) {
      for (let at: Building | undefined = node; at; at = at.fallback) {
        const next = at.next.get(char);
        if (next) return next;
        if (!at.fallback) return at;
      }
      return node;
    },
  };
  return node;
}

function add(start: Building, word: string): void {
  let node = start;
  for (let at = 0; at < word.length; at += 1) {
    const char = word.charCodeAt(at);
    const next = node.next.get(char) ?? nodeAt(node.depth + 1);
    node.next.set(char, next);
    node = next;
  }
  if (word) node.longest = word.length;
}

function* breadthFirst(start: Building): Generator<Building> {
  const waiting = [start];
  for (let at = 0; at < waiting.length; at += 1) {
    const node = waiting[at];
    if (!node) return;
    waiting.push(...node.next.values());
    yield node;
  }
}
