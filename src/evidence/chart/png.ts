/** Pixels as a PNG of 256 colours: a graph has no more that matter, and is a third as large as with all of them. */
import { constants, crc32, deflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel. */
  readonly pixels: Uint8Array;
}

const mostColors = 256;

export function toPng(picture: Picture): Buffer {
  const { width, height } = picture;
  const { known, runs } = runsOf(picture);
  const { colors, placeOf } = paletteOf([...known.values()]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // PNG: 8 bits a pixel, each the number of a colour.
  header.set([8, 3, 0, 0, 0], 8);
  // Runs are nearly all there is to find in a drawing, and looking for nothing else takes a quarter of the time.
  const packed = deflateSync(linesOf(picture, runs, placeOf), { strategy: constants.Z_RLE });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colors.flatMap((color) => color.slice(0, 3)))),
    chunk('tRNS', Buffer.from(colors.map(([, , , alpha]) => alpha))),
    chunk('IDAT', packed),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

interface Counted {
  /** Four bytes as one number. */
  readonly value: number;
  /** In the order of their first pixel. */
  readonly number: number;
  count: number;
}

/** So many pixels of one colour, side by side in one line. */
interface Run {
  readonly number: number;
  readonly length: number;
}

function runsOf({ width, pixels }: Picture): { known: ReadonlyMap<number, Counted>; runs: readonly Run[] } {
  const values = new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  const known = new Map<number, Counted>();
  const runs: Run[] = [];
  for (let from = 0, to = 0; from < values.length; from = to) {
    const value = values[from] ?? 0;
    const lineEnd = from - (from % width) + width;
    for (to = from + 1; to < lineEnd && values[to] === value; ) to += 1;
    const color = known.get(value) ?? { value, number: known.size, count: 0 };
    if (!color.count) known.set(value, color);
    color.count += to - from;
    runs.push({ number: color.number, length: to - from });
  }
  return { known, runs };
}

type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** The most frequent colours as they are; what is between two of them, at the edge of a line, as the nearest. */
function paletteOf(found: readonly Counted[]): { colors: readonly Color[]; placeOf: Uint8Array } {
  const ranked = [...found].sort((a, b) => b.count - a.count);
  const colors = ranked.slice(0, mostColors).map(({ value }) => colorOf(value));
  const placeOf = new Uint8Array(found.length);
  for (const [rank, { value, number }] of ranked.entries())
    placeOf[number] = rank < mostColors ? rank : nearest(colors, colorOf(value));
  return { colors, placeOf };
}

/** Of a number as the processor reads four bytes, the lowest first, and as resvg has them: alpha multiplied in. */
function colorOf(value: number): Color {
  const alpha = value >>> 24;
  const whole = (part: number): number => (alpha ? Math.min(255, Math.round(((part & 255) * 255) / alpha)) : 0);
  return [whole(value), whole(value >> 8), whole(value >> 16), alpha];
}

function nearest(colors: readonly Color[], [red, green, blue, alpha]: Color): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let place = 0; place < colors.length; place += 1) {
    const color = colors[place] as Color;
    const distance = (color[0] - red) ** 2 + (color[1] - green) ** 2 + (color[2] - blue) ** 2 + (color[3] - alpha) ** 2;
    if (distance >= least) continue;
    best = place;
    least = distance;
  }
  return best;
}

/** PNG: each line begins with the filter it went through: 0, none. */
function linesOf({ width, height }: Picture, runs: readonly Run[], placeOf: Uint8Array): Uint8Array {
  const lines = new Uint8Array((width + 1) * height);
  let at = 0;
  for (const { number, length } of runs) {
    if (at % (width + 1) === 0) at += 1;
    lines.fill(placeOf[number] ?? 0, at, at + length);
    at += length;
  }
  return lines;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const all = Buffer.alloc(named.length + 8);
  all.writeUInt32BE(data.length, 0);
  all.set(named, 4);
  all.writeUInt32BE(crc32(named), named.length + 4);
  return all;
}
