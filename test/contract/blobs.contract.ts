/** What every place for blobs promises. */
import { expect, test } from 'vitest';
import type { Blobs } from '../../src/engine/ports.ts';

export function blobsContract(open: () => Promise<Blobs>): void {
  const bytes = Uint8Array.from([137, 80, 78, 71, 0, 255]);

  test('what was put is found under its key, byte by byte', async () => {
    const blobs = await open();
    const key = await blobs.put('graph.png', bytes);
    expect(Uint8Array.from((await blobs.get(key)) ?? [])).toEqual(bytes);
    expect(key).toMatch(/\.png$/);
  });

  test('the same content has the same key, other content another', async () => {
    const blobs = await open();
    const [one, again, other] = [
      await blobs.put('a.png', bytes),
      await blobs.put('b.png', bytes),
      await blobs.put('a.png', bytes.subarray(1)),
    ];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  test('what changes the bytes later does not change what was put', async () => {
    const blobs = await open();
    const mine = Uint8Array.from(bytes);
    const key = await blobs.put('a.png', mine);
    mine.fill(0);
    expect(Uint8Array.from((await blobs.get(key)) ?? [])).toEqual(bytes);
  });

  test('an unknown key finds nothing', async () => {
    const blobs = await open();
    expect(await blobs.get(`${'0'.repeat(64)}.png`)).toBeUndefined();
    expect(await blobs.get('')).toBeUndefined();
  });

  test.each(['../../../../etc/x.png', '/etc/passwd', 'a/b\0.png', '..', 'evil.p/../ng', 'no-ending', '.png'])(
    'a name like %j leads nowhere else',
    async (name) => {
      const blobs = await open();
      const key = await blobs.put(name, bytes);
      expect(key).toMatch(/^[0-9a-f]{64}(\.[a-z0-9]+)?$/);
      expect(Uint8Array.from((await blobs.get(key)) ?? [])).toEqual(bytes);
    },
  );
}
