/** Keeps the last part of what comes in: the end of an output is what tells how it went. */

/** The last part of a text, from a whole word on: half a secret would not be known for one. */
export function endOf(text: string, most: number): string {
  return text.length <= most ? text : withoutHalfWord(text.slice(-most));
}

/** The first part of a text, without the word that was cut. */
export function startOf(text: string, most: number): string {
  if (text.length <= most) return text;
  // From the end on: a regular expression would try at each letter of a long word anew.
  let end = most;
  while (end > 0 && /[\w.~+/=-]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** One word that is longer than all of it is a blob, and stays. */
function withoutHalfWord(text: string): string {
  const gap = text.search(/\s/);
  return gap < 0 ? text : text.slice(gap + 1);
}

export function tailKeeper(maxBytes: number) {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let cut = false;
  const shrink = () => {
    const all = Buffer.concat(chunks);
    chunks = [all.subarray(all.length - maxBytes)];
    bytes = maxBytes;
    cut = true;
  };
  return {
    add(chunk: Buffer): void {
      chunks.push(chunk);
      bytes += chunk.length;
      // Twice as much before it is cut, so that a flood is not copied again for each chunk.
      if (bytes > 2 * maxBytes) shrink();
    },
    text(): string {
      if (bytes > maxBytes) shrink();
      const text = Buffer.concat(chunks).toString('utf8');
      return cut ? withoutHalfWord(text) : text;
    },
    truncated: (): boolean => cut || bytes > maxBytes,
  };
}
