/** Those who want the same entry go one after the other, and nobody waits for another entry's. */
import { expect, test } from 'vitest';
import { singleFile } from '../../src/engine/single-file.ts';

test('tasks of one key never overlap, in the order in which they came, whatever becomes of one', async () => {
  const inFile = singleFile();
  const seen: string[] = [];
  const task = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
    if (name === 'b') throw new Error('b fails');
  };
  const all = ['a', 'b', 'c'].map((name) => inFile('key', task(name)));
  const results = await Promise.allSettled(all);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('another key, and none, wait for nobody', async () => {
  const inFile = singleFile();
  const never = inFile('key', () => new Promise(() => undefined));
  expect(await inFile('other', async () => 1)).toBe(1);
  expect(await inFile('', async () => 2)).toBe(2);
  expect(await Promise.race([never, Promise.resolve('waits')])).toBe('waits');
});
