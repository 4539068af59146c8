/** The word that somebody probably meant. */

/** Of the words the one at most two letters, or a third of its letters, away; undefined where none is. */
export function nearest(wrong: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((word) => ({ word, distance: distance(wrong, word) }))
    .filter(({ word, distance }) => distance <= Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return best?.word;
}

/** Levenshtein: how many letters to change, add or leave out. */
function distance(a: string, b: string): number {
  let row = [...b, ''].map((_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j < row.length; j++) {
      const change = (row[j - 1] ?? 0) + (b[j - 1] === letter ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
