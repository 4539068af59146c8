/** What lists say of playbooks that are broken, and help of words that are not understood. */
import { expect, test } from 'vitest';
import { help, playbookList } from '../../src/engine/announce/lists.ts';
import { linesOf } from '../support/lines.ts';

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

test.each([
  ['incident', 'open', 'It needs a title, as in `/incident open Checkout fails sev=sev2'],
  ['incident', 'open The shop sev=high', 'a severity is sev1, sev2, sev3 or sev4'],
  ['incident', 'sev high', 'A severity is sev1'],
  ['incident', 'note', 'Say what to note'],
  ['playbook', 'run', 'Say which playbook'],
  ['playbook', 'show', 'Say which playbook or run'],
] as const)('/%s %s is told what it lacks before all that could be typed', (topic, typed, lacks) => {
  expect(linesOf(help(topic, typed)).split('\n')[1]).toContain(lacks);
});
