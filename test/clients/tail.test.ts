/** The end of an output, or its beginning: what is cut has whole words. */
import { expect, test } from 'vitest';
import { endOf, startOf, tailKeeper } from '../../src/clients/tail.ts';

test('a short text is all of it', () => {
  expect(endOf('all of it', 9)).toBe('all of it');
});

test('half a word is left out, since half a secret would not be known for one', () => {
  expect(endOf('token=s3cret-value and more', 15)).toBe('and more');
  const kept = tailKeeper(20);
  for (const piece of ['first line\n', 'token=s3cret-', 'value\n', 'done, ', 'at last\n']) kept.add(Buffer.from(piece));
  expect([kept.text(), kept.truncated()]).toEqual(['done, at last\n', true]);
});

test('a single word that is longer than all of it is a blob, and stays', () => {
  expect(endOf('x'.repeat(100), 10)).toBe('x'.repeat(10));
});

test('a beginning ends with a whole word, and a long one before it takes no longer than others', () => {
  expect(startOf('done, token=s3cret-value', 12)).toBe('done, ');
  const word = 'x'.repeat(1_000_000);
  expect(startOf(`${word}! and more`, 1_000_001)).toBe(`${word}!`);
});
