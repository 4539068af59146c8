/** The patterns that are answered without RE2 are answered as RE2 would. */
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { regexp } from '../../src/playbooks/regexps.ts';

const word = fc.constantFrom('', 'a', 'ab', 'shop-', 'a b', 'x:9100', 'x/y', 'a@b', '_1');
const pattern = fc.oneof(
  fc.tuple(word, fc.constantFrom('.*', '.+')).map((parts) => parts.join('')),
  fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('|')),
  fc.constantFrom('a.b', '.*a', '(a|b)', 'a.*b', '(?i)a', '.?', '[ab]+', 'a|b.*'),
);
const text = fc.oneof(
  word,
  fc.tuple(word, fc.constantFrom('', '\n', 'z', 'ü', '\r', ' ', '\u2028', 'a\nb')).map((parts) => parts.join('')),
);

test('whatever the pattern and the text', () => {
  fc.assert(
    fc.property(pattern, text, (written, given) => {
      expect(regexp(written).matches(given)).toBe(RE2JS.compile(`^(?:${written})$`).testExact(given));
    }),
    { numRuns: 3_000 },
  );
});
