/** What `/playbook list` says of playbooks that are broken. */
import { expect, test } from 'vitest';
import { playbookList } from '../../src/engine/announce/lists.ts';

const said = (problems: readonly string[]) =>
  playbookList([], problems).sections.flatMap((one) =>
    one.kind === 'small' ? [one.text.map((span) => ('text' in span ? span.text : '')).join('')] : [],
  );

test('a folder without problems says nothing of them', () => {
  expect(said([])).toEqual([]);
});

test('five problems are shown, the rest is counted, and what is in use is said', () => {
  expect(said(['p/a.yml:1:1  x'])).toEqual([
    '⚠️ p/a.yml:1:1  x',
    'What is broken is used as it last was, if it ever was good.',
  ]);
  expect(said(Array.from({ length: 7 }, (_, n) => `p/${n}.yml`)).slice(4)).toEqual([
    '⚠️ p/4.yml',
    '… and 2 more: tocsin check prints them all.',
    'What is broken is used as it last was, if it ever was good.',
  ]);
});
