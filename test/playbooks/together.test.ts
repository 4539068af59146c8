/** Playbooks of one folder that cannot be used beside each other, each said at its place. */
import { describe, expect, test } from 'vitest';
import { loadText } from '../../src/playbooks/load.ts';
import { printed } from '../../src/playbooks/problems.ts';
import { checkedTogether } from '../../src/playbooks/together.ts';
import { actions } from './actions.ts';

const playbook = (id: string, group: string, ...runs: readonly string[]): string => `schema: playbook/v1
id: ${id}
name: ${id}
owners: [team]
triggers: [{manual: {roles: [ops]}}]
${group && `concurrency: {group: ${group}, on_conflict: queue}\n`}steps:
  - {id: rest, action: wait, with: {for: 1s}}
${runs.map((run) => `  - {id: ${run}, action: playbook.run, with: {playbook: ${run}}}\n`).join('')}`;

const problemsOf = (...texts: readonly string[]): readonly string[] =>
  checkedTogether(texts.map((text, at) => loadText({ file: `${'abc'[at]}.yml`, text }, actions))).flatMap(
    ({ loaded }) => ('problems' in loaded ? loaded.problems.map(printed) : []),
  );

describe('a playbook that runs another one of its own group', () => {
  const said = (runs: string) =>
    `a.yml:9:56  same_group  It runs ${runs} of the same \`concurrency\` group \`db\`, and holds that itself until its end: the two would wait for each other. Leave the group to one of them.`;

  test('is refused at the step that does it', () => {
    expect(problemsOf(playbook('outer', 'db', 'inner'), playbook('inner', 'db'))).toEqual([said('`inner`')]);
  });

  test('is refused also where another one stands between them, and where playbooks run in a circle', () => {
    const between = (...also: readonly string[]) => playbook('inner', '', 'last', ...also);
    const through = said('`inner`, which leads to `last`,');
    expect(problemsOf(playbook('outer', 'db', 'inner'), between(), playbook('last', 'db'))).toEqual([through]);
    expect(problemsOf(playbook('outer', 'db', 'inner'), between('outer'), playbook('last', 'db'))).toContain(through);
  });

  test.each([
    ['of different groups', [playbook('outer', 'db', 'inner'), playbook('inner', 'web')]],
    ['of which one has a group', [playbook('outer', 'db', 'inner'), playbook('inner', '')]],
    [
      'whose groups are known only when they run',
      ['outer', 'inner'].map((id) =>
        playbook(id, '"db/${{ incident.service }}"', ...(id === 'outer' ? ['inner'] : [])),
      ),
    ],
    ['of one group that do not run each other', [playbook('outer', 'db'), playbook('inner', 'db')]],
    ['of which one is not there', [playbook('outer', 'db', 'inner')]],
  ])('but two %s are taken', (_, texts) => {
    expect(problemsOf(...texts)).toEqual([]);
  });
});
