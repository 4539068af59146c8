/** The index of triggers says what asking each trigger would say, whatever the matchers and labels. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Playbook } from '../../src/domain/playbook.ts';
import { matches } from '../../src/playbooks/matchers.ts';
import { triggered } from '../../src/playbooks/trigger-index.ts';

/** Only what the index looks at. */
const playbookOf = (lists: readonly (readonly string[])[], id = 'p'): Playbook =>
  ({
    id,
    triggers: [
      { kind: 'manual', roles: ['responder'] },
      ...lists.map((matchers) => ({ kind: 'alert', matchers, forMs: 0, mode: 'propose' })),
    ],
  }) as unknown as Playbook;

type Labels = Readonly<Record<string, string>>;

/** One after the other. */
const asked = (playbooks: readonly Playbook[], labels: Labels) =>
  playbooks.flatMap((playbook) =>
    playbook.triggers.flatMap((trigger) =>
      trigger.kind === 'alert' && matches(trigger.matchers, labels)
        ? [{ id: playbook.id, matchers: trigger.matchers }]
        : [],
    ),
  );

const found = (playbooks: readonly Playbook[], labels: Labels) =>
  triggered(playbooks, labels).map(({ playbook, trigger }) => ({ id: playbook.id, matchers: trigger.matchers }));

test.each([
  { why: 'one label', matchers: ['alertname="Down"'], labels: { alertname: 'Down' }, hit: true },
  { why: 'another value', matchers: ['alertname="Down"'], labels: { alertname: 'Up' }, hit: false },
  {
    why: 'two labels',
    matchers: ['env="prod"', 'alertname="Down"'],
    labels: { alertname: 'Down', env: 'prod' },
    hit: true,
  },
  {
    why: 'the second differs',
    matchers: ['env="prod"', 'alertname="Down"'],
    labels: { alertname: 'Down' },
    hit: false,
  },
  { why: 'plain words', matchers: ['alertname=~"Down|Slow"'], labels: { alertname: 'Slow' }, hit: true },
  { why: 'words are whole', matchers: ['alertname=~"Down|Slow"'], labels: { alertname: 'Slower' }, hit: false },
  { why: 'a pattern', matchers: ['alertname=~"Shop.*"'], labels: { alertname: 'ShopDown' }, hit: true },
  { why: 'empty is missing', matchers: ['team=""'], labels: { alertname: 'Down' }, hit: true },
  { why: 'empty is empty', matchers: ['team=""'], labels: { team: '' }, hit: true },
  { why: 'not missing', matchers: ['team!=""', 'alertname="Down"'], labels: { alertname: 'Down' }, hit: false },
  { why: 'twice the same label', matchers: ['a="1"', 'a="2"'], labels: { a: '1' }, hit: false },
  { why: 'twice the same', matchers: ['a="1"', 'a="1"'], labels: { a: '1' }, hit: true },
  { why: 'inherited is missing', matchers: ['constructor=""'], labels: {}, hit: true },
  { why: 'values do not run together', matchers: ['a="x"', 'b="yz"'], labels: { a: 'xy', b: 'z' }, hit: false },
])('$why: $matchers', ({ matchers, labels, hit }) => {
  expect(found([playbookOf([matchers])], labels as unknown as Labels)).toHaveLength(hit ? 1 : 0);
});

const label = fc.constantFrom('alertname', 'env', 'team', '__proto__');
const value = fc.constantFrom('', 'a', 'b', 'ab', 'a b', 'ü', '1:a', 'a|b');
const matcher = fc.oneof(
  fc.tuple(label, fc.constantFrom('=', '!='), value),
  fc.tuple(label, fc.constantFrom('=~', '!~'), fc.constantFrom('a|b', 'a.*', '', 'a|', '.+', 'a b|ü', 'A|B|a')),
);
const written = matcher.map(([name, operator, wanted]) => `${name}${operator}"${wanted}"`);
const list = fc.array(written, { minLength: 1, maxLength: 4 });
const labelSet = fc
  .array(fc.tuple(label, value), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries.filter(([name]) => name !== '__proto__')));

test('whatever triggers there are, and whatever the alerts', () => {
  const shelf = fc
    .array(fc.array(list, { maxLength: 3 }), { maxLength: 8 })
    .map((all) => all.map((lists, at) => playbookOf(lists, `p${at}`)));
  fc.assert(
    fc.property(shelf, fc.array(labelSet, { maxLength: 5 }), (playbooks, alerts) => {
      for (const labels of alerts) expect(found(playbooks, labels)).toEqual(asked(playbooks, labels));
    }),
    { numRuns: 2_000 },
  );
});
