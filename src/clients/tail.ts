/** Keeps the last part of what comes in: the end of an output is what tells how it went. */
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
      return Buffer.concat(chunks).toString('utf8');
    },
    truncated: (): boolean => cut || bytes > maxBytes,
  };
}
