/** The short road says what the long road says, or nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDocument } from '../../src/playbooks/document.ts';
import { isPlaybookFile } from '../../src/playbooks/folder.ts';
import { plainData } from '../../src/playbooks/plain-yaml.ts';
import { restart, withSteps } from './written.ts';

const shipped = fileURLToPath(new URL('../../playbooks', import.meta.url));

/**
 * One reader is stricter than the other here and there (a comment between a key and its text). What only one of them
 * refuses may be read by the other: but never as something else, and never what the language forbids.
 */
function agrees(text: string): boolean {
  const short = plainData(text);
  if (!short) return false;
  const long = readDocument('a.yml', text);
  if ('problems' in long) expect(new Set(long.problems.map(({ code }) => code)), text).toEqual(new Set(['bad_yaml']));
  else expect(short.data, text).toEqual(long.document.data);
  return true;
}

test.each(readdirSync(shipped).filter(isPlaybookFile))('%s takes the short road', (name) => {
  expect(agrees(readFileSync(join(shipped, name), 'utf8'))).toBe(true);
});

test.each([
  ['texts and what looks like something else', 'a: yes\nb: 012\nc: 1_000\nd: 2026-01-01\ne: 1:30\nf: off\ng: =\n'],
  ['numbers', 'a: 1\nb: -2\nc: +3\nd: 1.50\ne: .5\nf: 1e3\ng: 7.\nh: -0\ni: 1.e-2\nj: -.5E+1\n'],
  ['truth and nothing', 'a: true\nb: False\nc: NULL\nd: ~\ne:\nf: ""\ng: tRue\n'],
  ['quotes', `a: 'it''s'\nb: "\\u00fc\\n\\x41\\t\\\\\\/"\nc: '\\d+'\nd: "#no"\ne: 'a: b'\n`],
  ['blocks', 'a: |\n  one\n\n    two\n\nb: >-\n  one\n  two\n\n  three\nc: |\n  x\n\nd: >\n    y\n     z\n'],
  ['long lines', 'a: one\n  two\n\n  three\nb: [one\n  two, three]\n'],
  ['comments', '# a\na: b # c\n\n#d\ne: #f\n  - g #h\n'],
  ['flow', 'a: {b: [c, {d: e}], "f": g}\ni: [\n  j,\n  {k: l},\n  ]\n'],
  ['other alphabets', 'a: größe ≥ 3 ✓ 🔔\n日本: 語\n'],
])('%s take the short road', (_, text) => {
  expect(agrees(text)).toBe(true);
});

test.each([
  ['an anchor', 'a: &x b\n'],
  ['an alias', 'a: &x b\nc: *x\n'],
  ['a tag', 'a: !!str 1\n'],
  ['a merge key', 'a: {<<: {b: c}}\n'],
  ['a prototype', 'a: {__proto__: {b: c}}\n'],
  ['what every object has', 'a: {toString: b}\n'],
  ['a key twice', 'a: b\na: c\n'],
  ['a key that is no text', '1: a\n'],
  ['a key that is nothing', '~: a\n'],
  ['a key that is a list', '? [a]\n: b\n'],
  ['a number that cannot be kept', 'a: 12345678901234567890\n'],
  ['a number of no end', 'a: 1e999\n'],
  ['an octal number', 'a: 0o17\n'],
  ['an infinity', 'a: -.inf\n'],
  ['two documents', 'a: b\n---\nc: d\n'],
  ['a directive', '%YAML 1.1\n---\na: yes\n'],
  ['nothing', ''],
  ['a list at the top', '- a\n'],
  ['a text at the top', '>-\n#\n'],
  ['a block that says how it is indented', 'a: |2\n    b\n'],
  ['a block that keeps its end', 'a: |+\n  b\n\n'],
  ['quotes of several lines', 'a: "one\n  two"\n'],
  ['no YAML', 'a: [b\n'],
  ['a tab', 'a:\tb\n'],
  ['depth', `a: ${'['.repeat(15)}${']'.repeat(15)}\n`],
  ['size', `a: "${'ü'.repeat(40_000)}"\n`],
])('%s takes the long road', (_, text) => {
  expect(plainData(text)).toBeUndefined();
});

const corpus = [
  ...readdirSync(shipped)
    .filter(isPlaybookFile)
    .map((name) => readFileSync(join(shipped, name), 'utf8')),
  withSteps(restart),
  'a: |\n  one\n  two\nb: >\n  three\n  four\n\nc: "five\n  six"\nd: [e, {f: g}]\n',
];
const bits = [...':-?#&*!|>\'"%@`{}[], \n~'];
const words = [
  '  ',
  '\n  ',
  ': ',
  '- ',
  ' #',
  '\n\n',
  '"',
  "'",
  '1',
  '.5',
  'e3',
  'true',
  'null',
  '|\n',
  '>-\n',
  '---',
  '...',
  '\\',
  '\\n',
];

/** A playbook in which something was typed, left out or repeated. */
const mistyped = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), fc.constantFrom(...bits, ...words)), {
      maxLength: 4,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((now, [where, cut, typed]) => {
      const at = Math.floor(where * now.length);
      return now.slice(0, at) + typed + now.slice(at + cut);
    }, text),
  );

const scribbled = fc
  .array(fc.constantFrom(...bits, ...words, 'a', 'b', 'c'), { maxLength: 25 })
  .map((parts) => parts.join(''));

describe('whatever is written', () => {
  test.each([
    { what: 'playbooks with typing errors', texts: mistyped, runs: 1_500 },
    { what: 'scribbles', texts: scribbled, runs: 6_000 },
  ])('$what', ({ texts, runs }) => {
    fc.assert(
      fc.property(texts, (text) => void agrees(text)),
      { numRuns: runs },
    );
  });
});
