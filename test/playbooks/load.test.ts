/** Every mistake in a playbook is found at its line and column, and said with what to write instead. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Log } from '../../src/engine/ports.ts';
import { loadFolder, loadPlaybook } from '../../src/playbooks/load.ts';
import { printed } from '../../src/playbooks/problems.ts';
import { playbookSchema } from '../../src/playbooks/schema.ts';
import { createShelf } from '../../src/playbooks/shelf.ts';
import { actions } from './actions.ts';

const shipped = new URL('../../playbooks/', import.meta.url).pathname;

const head = `schema: playbook/v1
id: scale
name: Scale
owners: [team-shop]
triggers:
  - alert: ['alertname="Slow"']
`;

const load = (text: string) => loadPlaybook({ file: 'playbooks/scale.yml', text }, actions);

/** What is said about a text, without the file's name. */
function problemsOf(text: string): readonly string[] {
  const loaded = load(text);
  return 'problems' in loaded
    ? loaded.problems.map((problem) => printed(problem).replace('playbooks/scale.yml:', ''))
    : [];
}

/** The playbook of `head` with these steps; the first of them is in line 8. */
const withSteps = (...lines: readonly string[]) => `${head}steps:\n${lines.join('\n')}\n`;
const restart = '  - {id: go, action: ssh.systemd, with: {host: shop-1, unit: shop.service, do: restart}}';

test('a problem is printed as file, line, column, rule and advice', () => {
  const loaded = load(withSteps(restart.replace('}}', '}, verfy: []}')));
  expect('problems' in loaded && loaded.problems.map(printed)).toEqual([
    'playbooks/scale.yml:8:90  unknown_key  `verfy` is not a key of a step. Did you mean `verify`?',
  ]);
});

test('the shipped playbooks have no problem', () => {
  const { playbooks, problems } = loadFolder(shipped, actions);
  expect(problems.map(printed)).toEqual([]);
  expect(playbooks.map(({ id }) => id)).toEqual(['restart-shop', 'restart-systemd-service']);
});

test("the editor's schema is the one of this version", () => {
  const path = join(shipped, 'playbook.schema.json');
  const fresh = `${JSON.stringify(playbookSchema(actions), undefined, 2)}\n`;
  if (process.env.UPDATE_SCHEMA) writeFileSync(path, fresh);
  expect(readFileSync(path, 'utf8'), 'Run the tests once with UPDATE_SCHEMA=1.').toBe(fresh);
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
      'a key of later',
      `limits: {}\n${withSteps(restart)}`,
      '1:1  not_supported_yet  `limits` is part of the language but not supported yet.',
    ],
    [
      'a value of later',
      `concurrency: {group: a, on_conflict: queue}\n${withSteps(restart)}`,
      '1:38  not_supported_yet',
    ],
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
    ['an input of later', `inputs:\n  w: {type: workload}\n${withSteps(restart)}`, '2:13  not_supported_yet'],
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
    [
      'an argument of later',
      ['  - {id: ask, action: approval, with: {approvers: {roles: [x]}, at_least: {x: 1}}}'],
      '8:65  not_supported_yet',
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

describe('expressions', () => {
  const inputs = 'inputs:\n  n: {type: integer}\n  s: {type: string}\n';
  const step = (key: string, source: string) =>
    `${inputs}${withSteps(`  - id: one\n    action: prometheus.query\n    with: {query: up}\n    ${key}: "${source}"`)}`;
  const when = (source: string) => step('if', `\${{ ${source} }}`);
  test.each([
    ['what does not parse', when('1 +'), '14:17  bad_expression  Unexpected token: EOF.'],
    ['an unknown input', when('inputs.nn > 3'), '14:14  unknown_reference  There is no input `nn`. Did you mean `n`?'],
    ['an unknown root', when('input.n > 3'), '14:14  bad_expression  There is no `input`. Did you mean `inputs`?'],
    ['an unknown step', when('steps.two.outputs.value > 1'), '14:14  unknown_reference  There is no step `two`.'],
    ['the step itself', when('steps.one.outputs.value > 1'), '14:14  runs_later  Step `one` has not run by then.'],
    [
      'a part of the alert that is not there',
      when("alert.lables.x == 'y'"),
      '14:14  unknown_reference  `alert` has no `lables`. Did you mean `labels`?',
    ],
    ['a result before there is one', when('result.value > 1'), '14:14  unknown_reference  There is no `result` here'],
    ['types that do not go together', when("inputs.n > 'a'"), '14:14  bad_expression  No such overload: int > string.'],
    ['a condition that is a number', when('inputs.n + 1'), '14:9  not_a_condition'],
    ['a condition without braces', step('if', 'inputs.n > 3'), '14:9  not_a_condition'],
    ['a condition with text around it', step('if', 'yes ${{ true }}'), '14:9  not_a_condition'],
    [
      'a backtracking regexp',
      when("inputs.s.matches('^(a+)+$')"),
      '14:14  bad_expression  `matches()` is not available. Write `re2match(text, "pattern")`.',
    ],
    ['an expression that does not end', step('if', '${{ true'), '14:10  bad_expression  `${{` is not closed by `}}`.'],
    [
      'an expression in a name',
      step('name', 'of ${{ inputs.s }}'),
      '14:15  bad_expression  No expression can stand here',
    ],
    [
      'an unknown output',
      `${when('true')}    outputs: {x: "\${{ result.valeu }}"}\n`,
      '15:23  unknown_reference  `result` has no `valeu`. Did you mean `value`?',
    ],
    [
      'an unknown output of a step before',
      `${when('true')}  - {id: two, if: "\${{ steps.one.outputs.valeu == 1 }}", action: wait, with: {for: 1s}}\n`,
      '15:24  unknown_reference  Step `one` has no output `valeu`. Did you mean `value`?',
    ],
    [
      'steps in the name of a lock',
      `concurrency: {group: "\${{ steps.one.outputs.value }}"}\n${when('true')}`,
      '1:27  runs_later',
    ],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  test.each([
    "inputs.n > 2 * 1.5 && inputs.s != 'x'",
    "alert.labels.?instance.orValue('none') == 'x'",
    'has(alert.labels.instance)',
    "re2match(inputs.s, '^(a+)+$')",
    '[1, 2].exists(x, x == inputs.n)',
    "incident.severity == 'sev1' && run.mode == 'auto' && playbook.id == 'scale'",
  ])('%s may stand', (source) => {
    expect(problemsOf(when(source))).toEqual([]);
  });

  test.each([
    ['a query', `  - {id: one, action: prometheus.query, with: {query: 'up{a="\${{ inputs.s }}"}'}}`, '11:62'],
    [
      'the name of a command',
      '  - {id: one, action: ssh.exec, with: {host: shop-1, argv: ["${{ inputs.s }}"]}}',
      '11:62',
    ],
    [
      'a command in one piece',
      '  - {id: one, action: ssh.exec, with: {host: shop-1, argv: "${{ inputs.s }}"}}',
      '11:61',
    ],
    [
      'what is done to a unit',
      '  - {id: one, action: ssh.systemd, with: {host: shop-1, unit: a.service, do: "${{ inputs.s }}"}}',
      '11:79',
    ],
  ])('no expression is code: %s', (_, line, place) => {
    expect(problemsOf(inputs + withSteps(line)).join('\n')).toContain(`${place}  expression_in_code`);
  });

  const command = (argv: string) =>
    problemsOf(`${inputs}${withSteps(`  - {id: one, action: ssh.exec, with: {host: shop-1, argv: ${argv}}}`)}`).join(
      '\n',
    );

  test('a value may not be the code of an interpreter', () => {
    expect(command('[bash, -c, "echo ${{ inputs.s }}"]')).toContain(
      '11:71  bad_argument  No expression where code is read',
    );
    expect(command('[sudo, python3, -c, "${{ inputs.s }}"]')).toContain(
      'bad_argument  No expression where code is read',
    );
    expect(command('[sh, -c, \'echo "$1"\', --, "${{ inputs.s }}"]')).toBe('');
  });

  test('a value may not become an option', () => {
    expect(command('[rm, "${{ inputs.s }}"]')).toContain(
      'bad_argument  A value that begins with `-` would be read as an option',
    );
    expect(command('[rm, --, "${{ inputs.s }}"]')).toBe('');
    expect(command('[ls, "--sort=${{ inputs.s }}"]')).toBe('');
  });
});

describe('approvals', () => {
  const approve = '  - {id: ok, action: approval, with: {approvers: {roles: [x]}}}';
  const measure = '  - {id: measure, action: prometheus.query, with: {query: up}}';
  const say = '  - {id: say, action: slack.message, with: {text: "is ${{ steps.measure.outputs.value }}"}}';

  test('nobody approves what is known only afterwards', () => {
    expect(problemsOf(withSteps(approve, measure, say))).toEqual([
      expect.stringContaining('10:59  approved_too_early  `ok` covers this step, but step `measure` runs after it'),
    ]);
    expect(problemsOf(withSteps(measure, approve, say))).toEqual([]);
  });

  test.each([
    [
      'does not start by itself',
      `risk: high\n${withSteps(approve, restart)}`.replace(/Slow"'\]/, '$&\n    mode: auto'),
      '8:11  risk_too_high',
    ],
    [
      'is not approved by one',
      `risk: high\n${withSteps(approve.replace('}}}', '}, min_approvals: 1}}'), restart)}`,
      '9:79  risk_too_high',
    ],
    [
      'is not approved by who asks',
      `risk: high\n${withSteps(approve.replace('}}}', '}, allow_requester: true}}'), restart)}`,
      '9:81  risk_too_high',
    ],
    ['changes nothing without an approval', `risk: high\n${withSteps(restart)}`, '9:22  risk_too_high'],
  ])('a high risk %s', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
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

describe('the shelf', () => {
  const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
  function folder(): string {
    const dir = join(mkdtempSync(join(tmpdir(), 'tocsin-playbooks-')), 'playbooks');
    mkdirSync(dir);
    onTestFinished(() => rmSync(join(dir, '..'), { recursive: true }));
    return dir;
  }

  test('a file that breaks leaves its last good version in force, and is told', () => {
    const dir = folder();
    writeFileSync(join(dir, 'scale.yml'), withSteps(restart));
    const shelf = createShelf(dir, actions, silent);
    const [before] = shelf.current();
    expect(before?.id).toBe('scale');
    writeFileSync(join(dir, 'scale.yml'), withSteps(restart.replace('restart', 'restrat')));
    shelf.reload();
    expect(shelf.current()).toEqual([before]);
    expect(shelf.problems()).toEqual([expect.stringMatching(/^playbooks\/scale\.yml:8:80 {2}bad_argument/)]);
    rmSync(join(dir, 'scale.yml'));
    shelf.reload();
    expect(shelf.current()).toEqual([]);
  });

  test('what is switched off, a test, or a second of the same name is not offered', () => {
    const dir = folder();
    writeFileSync(join(dir, 'a.yml'), withSteps(restart));
    writeFileSync(join(dir, 'b.yml'), withSteps(restart));
    writeFileSync(join(dir, 'c.yml'), `enabled: false\n${withSteps(restart).replace('id: scale', 'id: off')}`);
    writeFileSync(join(dir, 'a.test.yml'), 'not: a playbook');
    const shelf = createShelf(dir, actions, silent);
    expect(shelf.current().map(({ id }) => id)).toEqual(['scale']);
    expect(shelf.problems()).toEqual([
      expect.stringContaining('duplicate_playbook  There is a playbook `scale` already, in playbooks/a.yml.'),
    ]);
  });

  test('a folder that is not there is said, with what to set', () => {
    const shelf = createShelf('/nowhere/playbooks', actions, silent);
    expect(shelf.problems()).toEqual([expect.stringContaining('playbooks.folder')]);
  });
});
