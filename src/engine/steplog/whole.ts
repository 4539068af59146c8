/** The whole of a log, bounded: the beginning, how much was left out, and the end. */

const mostBytes = 8 * 1024 * 1024;
/** Of what did not fit, the end is what tells how it went. */
const lastLines = 50;

export interface Whole {
  add(line: string): void;
  text(): string;
}

export function createWhole(limit = mostBytes): Whole {
  const lines: string[] = [];
  let bytes = 0;
  let left = 0;
  let last: string[] = [];
  const leaveOut = (line: string): void => {
    left += 1;
    last.push(line);
    if (last.length > 2 * lastLines) last = last.slice(-lastLines);
  };
  return {
    add(line) {
      bytes += Buffer.byteLength(line) + 1;
      if (bytes > limit) leaveOut(line);
      else lines.push(line);
    },
    text() {
      const end = last.slice(-lastLines);
      const gap =
        left > end.length
          ? [`[… the log is longer than ${limit} bytes: ${left - end.length} lines are left out here]`]
          : [];
      const all = [...lines, ...gap, ...end];
      return all.length ? `${all.join('\n')}\n` : '';
    },
  };
}
