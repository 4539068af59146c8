/** A picture of 256 colours: up to so many it is exact, beyond it is as near as can be. */
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toPng } from '../../src/evidence/chart/png.ts';

type Pixel = readonly number[];

const picture = (width: number, all: readonly Pixel[]) => ({
  width,
  height: all.length / width,
  pixels: Uint8Array.from(all.flat()),
});

/** What a viewer would see, read as the PNG specification says. */
function seen(png: Buffer): readonly Pixel[] {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const part = (name: string) => chunks.get(name) ?? Buffer.alloc(0);
  const width = part('IHDR').readUInt32BE(0);
  const lines = inflateSync(part('IDAT'));
  expect(lines.length).toBe((width + 1) * part('IHDR').readUInt32BE(4));
  return [...lines].flatMap((place, at) => {
    if (at % (width + 1) === 0) return [];
    return [[...part('PLTE').subarray(3 * place, 3 * place + 3), part('tRNS')[place] ?? 255]];
  });
}

const opaque = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((color) => [...color, 255]);

test('up to 256 colours are exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(opaque, { minLength: 1, maxLength: 6 }), (width, colors) => {
      const all = Array.from({ length: width * 6 }, (_, at) => colors[at % colors.length] ?? []);
      expect(seen(toPng(picture(width, all)))).toEqual(all);
    }),
  );
});

test('of more colours, the rare ones become the nearest frequent one', () => {
  const frequent = Array.from({ length: 256 }, (_, at) => [at, at, at, 255]);
  const rare = [100, 101, 100, 255];
  const all = [...frequent, ...frequent, rare, rare.with(1, 99)];
  expect(seen(toPng(picture(2, all))).slice(-2)).toEqual([
    [100, 100, 100, 255],
    [100, 100, 100, 255],
  ]);
});

test('what is half transparent keeps its colour, as resvg multiplies it in', () => {
  expect(
    seen(
      toPng(
        picture(2, [
          [64, 0, 32, 64],
          [0, 0, 0, 0],
        ]),
      ),
    ),
  ).toEqual([
    [255, 0, 128, 64],
    [0, 0, 0, 0],
  ]);
});
