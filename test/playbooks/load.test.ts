/** Every mistake in a playbook is found at its line and column, and said with what to write instead. */
import { describe, expect, test } from 'vitest';
import { loadFolder } from '../../src/playbooks/load.ts';
import { printed } from '../../src/playbooks/problems.ts';
import { actions } from './actions.ts';
import { head, load, problemsOf, restart, withSteps } from './written.ts';

const shipped = new URL('../../playbooks/', import.meta.url).pathname;

test('a problem is printed as file, line, column, rule and advice', () => {
  const loaded = load(withSteps(restart.replace('}}', '}, verfy: []}')));
  expect('problems' in loaded && loaded.problems.map(printed)).toEqual([
    'playbooks/scale.yml:8:90  unknown_key  `verfy` is not a key of a step. Did you mean `verify`?',
  ]);
});

test('the shipped playbooks have no problem', () => {
  const { playbooks, problems } = loadFolder(shipped, actions);
  expect(problems.map(printed)).toEqual([]);
  expect(playbooks.map(({ id }) => id)).toEqual(['disk-full-cleanup', 'restart-shop', 'restart-systemd-service']);
});

test('a playbook is named by its content, not by how it is written', () => {
  const [one, other, changed] = [
    withSteps(restart),
    `# a comment\n${withSteps(restart)}`,
    withSteps(restart.replace('restart', 'stop')),
  ].map((text) => {
    const loaded = load(text);
    return 'playbook' in loaded ? loaded.playbook.hash : undefined;
  });
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(other).toBe(one);
  expect(changed).not.toBe(one);
});

test('what an author leaves out is the safer side', () => {
  const loaded = load(withSteps(restart));
  expect(loaded).toMatchObject({
    playbook: {
      triggers: [{ kind: 'alert', mode: 'propose', forMs: 0 }],
      risk: 'medium',
      steps: [{ effect: 'idempotent', retry: { maxAttempts: 1 }, timeoutMs: 300_000 }],
    },
  });
});

test('a command is never run again by itself unless its author says so', () => {
  const exec = (more: string) =>
    load(withSteps(`  - {id: go, action: ssh.exec, with: {host: shop-1, argv: [true]}${more}}`));
  expect(exec('')).toMatchObject({ playbook: { steps: [{ effect: 'once' }] } });
  expect(exec(', effect: idempotent')).toMatchObject({ playbook: { steps: [{ effect: 'idempotent' }] } });
});

test('a high risk makes an approval one by two others', () => {
  const approval = '  - {id: ask, action: approval, with: {approvers: {roles: [dba]}}}';
  const loaded = load(`risk: high\n${withSteps(approval, restart)}`);
  expect(loaded).toMatchObject({ playbook: { steps: [{ with: { min_approvals: 2, allow_requester: false } }, {}] } });
});

describe('the text itself', () => {
  test.each([
    ['a key that stands twice', `${head}name: Again\n`, '7:1  duplicate_key  `name` stands here twice.'],
    ['a merge key', `a: &x {b: 1}\nc:\n  <<: *x\n`, '3:3  merge_key'],
    ['a tag', 'id: !!binary aGk=\n', '1:14  tag_not_allowed'],
    ['a custom tag', 'id: !env HOME\n', '1:10  tag_not_allowed'],
    ['a key that is a list', '? [a]\n: b\n', '1:3  bad_yaml  A key is a word'],
    ['a key that is an alias', 'x: &a b\n*a : c\n', '2:1  bad_yaml  A key is a word'],
    ['an alias of nothing', 'x: *a\n', 'bad_yaml  There is no anchor `&a` before this.'],
    ['a broken flow', 'owners: [a\nname: b\n', '2:1  bad_yaml'],
    ['a second document', 'id: a\n---\nid: b\n', '2:1  bad_yaml'],
    ['a prototype', '__proto__: {x: 1}\n', '1:1  unknown_key'],
    ['a number that is none', 'timeout: .inf\n', '1:10  bad_value'],
    ['a number too large to keep', 'timeout: 12345678901234567890\n', '1:10  bad_value'],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsOf(text)[0]).toContain(problem);
  });

  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefgh'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`)}]`),
  ].join('\n');
  test.each([
    ['a flow of brackets', '['.repeat(60_000), '1:21  too_deep'],
    ['brackets behind comments', '[ #]\n'.repeat(2_000), '21:1  too_deep'],
    ['dashes', '- '.repeat(30_000), '1:41  too_deep'],
    ['question marks', '? '.repeat(30_000), '1:41  too_deep'],
    ['indentation', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), '21:21  too_deep'],
    ['maps in maps', '{a: '.repeat(15_000), '1:81  too_deep'],
    ['a flood', 'x'.repeat(70_000), '1:1  too_large'],
    ['a billion laughs', bomb, '7:23  too_many_aliases'],
  ])('a bomb of %s is refused before it goes off', (_, text, problem) => {
    expect(problemsOf(text)[0]).toContain(problem);
  });

  test('anchors and aliases may be used', () => {
    const text = withSteps(
      restart.replace('{host:', '&args {host:'),
      '  - {id: again, action: ssh.systemd, with: *args}',
    );
    expect(problemsOf(text)).toEqual([]);
  });
});

describe('keys and values', () => {
  test.each([
    [
      'an unknown key',
      `tirggers: []\n${withSteps(restart)}`,
      '1:1  unknown_key  `tirggers` is not a key of a playbook. Did you mean `triggers`?',
    ],
    [
      'a pool where nobody performs anything',
      withSteps('  - {id: w, action: wait, pool: ops, with: {for: 1m}}\n'),
      '8:27  not_together  No worker performs `wait`, so it has no `pool`: leave it out.',
    ],
    ['a pool that is no name', withSteps(restart.replace('}}', '}, pool: EU}')), '8:96  bad_value'],
    ['a missing key', 'schema: playbook/v1\n', '1:1  missing_key  A playbook needs the key `id`.'],
    [
      'a wrong word',
      `risk: hgih\n${withSteps(restart)}`,
      '1:7  bad_value  `risk` must be one of `low`, `medium`, `high`, not `hgih`. Did you mean `high`?',
    ],
    [
      'a wrong type',
      `enabled: 5\n${withSteps(restart)}`,
      '1:10  wrong_type  `enabled` must be `true` or `false`, not `5`.',
    ],
    [
      'no time',
      `timeout: 10\n${withSteps(restart)}`,
      '1:10  bad_value  `timeout`: Write a time like `30s`, `5m` or `1h30m`.',
    ],
    [
      'nobody who owns it',
      withSteps(restart).replace('[team-shop]', '[]'),
      '4:9  bad_value  `owners` must have at least 1 entry.',
    ],
    [
      'an old schema',
      withSteps(restart).replace('playbook/v1', 'playbook/v0'),
      '1:9  bad_value  `schema` must be `playbook/v1`, not `playbook/v0`.',
    ],
    ['a broken matcher', withSteps(restart).replace('="Slow"', '=="Slow"'), '6:13  bad_matcher'],
    ['a matcher that is no RE2', withSteps(restart).replace('="Slow"', '=~"(?=a)"'), '6:13  bad_matcher'],
    [
      'two triggers in one',
      `${head}  - {alert: ['a="b"'], manual: {roles: [x]}}\nsteps:\n${restart}`,
      '7:5  bad_value',
    ],
    ['a secret of later', `secrets: {a: "vault:kv/a"}\n${withSteps(restart)}`, '1:14  not_supported_yet'],
    [
      'an input from nowhere',
      `inputs:\n  w: {type: host, from: labels.x}\n${withSteps(restart)}`,
      '2:25  bad_value  `from`: Write `alert.labels.NAME`',
    ],
    [
      'a pattern that is no RE2',
      `inputs:\n  w: {type: string, pattern: '(?<!a)b'}\n${withSteps(restart)}`,
      '2:30  bad_regexp',
    ],
    [
      'a default of another type',
      `inputs:\n  n: {type: integer, default: many}\n${withSteps(restart)}`,
      '2:31  bad_default  The default must be a whole number, not "many".',
    ],
    ['a step id that CEL cannot name', withSteps(restart.replace('go', 'go-on')), '8:10  bad_value'],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });
});

describe('steps', () => {
  const query = (more: string) => `  - {id: ask, action: prometheus.query, with: {query: up}${more}}`;
  test.each([
    [
      'an unknown action',
      [restart.replace('ssh.systemd', 'ssh.systmd')],
      '8:22  unknown_action  There is no action `ssh.systmd`. Did you mean `ssh.systemd`?',
    ],
    ['an action of later', [restart.replace('ssh.systemd', 'k8s.scale')], '8:22  not_supported_yet'],
    [
      'an unknown argument',
      [restart.replace('do:', 'become_root: true, do:')],
      '8:76  unknown_key  `become_root` is not an argument of `ssh.systemd`.',
    ],
    ['a missing argument', [restart.replace(', do: restart', '')], '8:41  bad_argument  `do`: '],
    [
      'a host that nobody knows',
      [restart.replace('shop-1', 'shop-9')],
      '8:48  bad_argument  `shop-9` is not in the inventory of tocsin.yml.',
    ],
    ['a unit that is an option', [restart.replace('shop.service', '--all')], '8:62  bad_argument'],
    [
      'an approval by nobody',
      ['  - {id: ask, action: approval, with: {approvers: {}}}'],
      '8:51  bad_argument  Name at least one role, user or user group',
    ],
    ['two steps of one name', [restart, restart], '9:10  duplicate_step  There is a step `go` already.'],
    [
      'an effect that the action does not have',
      [restart.replace('}}', '}, effect: once}')],
      '8:98  effect_not_allowed',
    ],
    ['a change declared as a read', [restart.replace('}}', '}, effect: read}')], '8:98  effect_not_allowed'],
    [
      'a verify that changes something',
      [
        restart.replace(
          '}}',
          `}, verify: [{action: ssh.exec, with: {host: shop-1, argv: [id]}, expect: "\${{ result.exit_code == 0 }}"}]}`,
        ),
      ],
      '8:108  verify_not_read',
    ],
    [
      'a variable that the query lacks',
      [query('').replace('up}', 'up, vars: {job: x}}')],
      '8:55  bad_argument  `vars.job` is not used',
    ],
  ])('%s', (_, steps, problem) => {
    expect(problemsOf(withSteps(...steps)).join('\n')).toContain(problem);
  });

  test('a verify that looks at a unit may stand', () => {
    const check =
      '{action: ssh.systemd, with: {host: shop-1, unit: a.service, do: status}, expect: "${{ result.active_state == \'active\' }}"}';
    expect(problemsOf(withSteps(restart.replace('}}', `}, verify: [${check}]}`)))).toEqual([]);
  });
});

test('all problems are told at once, in the order of the file', () => {
  const text = withSteps(
    '  - {id: a, action: nothing, retries: 3}',
    '  - {id: a, action: wait, with: {for: "10"}, if: "${{ nope }}"}',
  );
  expect(problemsOf(text).map((line) => line.split('  ').slice(0, 2).join(' '))).toEqual([
    '8:21 unknown_action',
    '8:30 unknown_key',
    '9:10 duplicate_step',
    '9:39 bad_argument',
    '9:55 bad_expression',
  ]);
});
