/** A test with a mistake in it is not played: file, line, column, and what was probably meant. */
import { expect, test } from 'vitest';
import { lintPlaybooks } from '../../src/rehearsal/lint.ts';
import { printedTests, testPlaybooks } from '../../src/rehearsal/suite.ts';
import { folderOf, head, played, restart } from './folder.ts';

const playbook = `steps:
  - {id: ok, action: approval, with: {approvers: {roles: [responder]}}}
${restart.replace('}}', '}, verify: [{action: prometheus.query, with: {query: up}, expect: "${{ result.value > 0.0 }}"}]}')}`;

test.each([
  [
    'an unknown key',
    'mock: {}, expect: {}',
    '5:20  unknown_key  `mock` is not a key of a playbook test. Did you mean `mocks`?',
  ],
  [
    'an unknown expectation',
    'expect: {stat: failed}',
    '5:29  unknown_key  `stat` is not a key of a playbook test. Did you mean `state`?',
  ],
  ['a wrong state', 'expect: {state: done}', '5:36  bad_value  `cases.0.expect.state`: Invalid option'],
  [
    'a reason that is none',
    'expect: {state: refused, reason: froze}',
    'bad_value  `cases.0.expect.reason`: `froze` is no reason that Tocsin gives. Did you mean `frozen`?',
  ],
  [
    'a failure with a mistake',
    'mocks: {restart: {fail: x, whn: before_dispatch}}, expect: {}',
    '5:47  unknown_key  `whn` is not a key of a playbook test. Did you mean `when`?',
  ],
  [
    'a class of failure that is none',
    'mocks: {restart: [{fail: x, class: conect_error}]}, expect: {}',
    'bad_value  `cases.0.mocks.restart.0.class`: Invalid option',
  ],
  ['nothing to expect', 'mocks: {}', '5:5  bad_value  `cases.0.expect`'],
  [
    'a mock of no step',
    'mocks: {retsart: {}}, expect: {}',
    '5:28  unknown_reference  There is no step `retsart` in `mend`. Did you mean `restart`?',
  ],
  ['a look of no check', 'mocks: {"restart.verify[1]": {}}, expect: {}', '`restart` has 1 checks, counted from 0.'],
  [
    'an approval by a restart',
    'approvals: {restart: reject}, expect: {}',
    '`restart` is `ssh.systemd`, not `approval`.',
  ],
  ['an answer to an approval', 'answers: {ok: 1}, expect: {}', '`ok` is `approval`, not `ask`.'],
  ['what can never have run', 'expect: {not_run: [restrat]}', '5:39  unknown_reference  There is no step `restrat`'],
  ['counts of nothing', 'expect: {dispatches: {retsart: 0}}', 'unknown_reference'],
  ['arguments of nothing', 'expect: {arguments: {retsart: {}}}', 'unknown_reference'],
  ['a crash nowhere', 'crash: {at: nowhere, when: after_effect}, expect: {}', 'There is no step `nowhere` in `mend`.'],
  ['an end of nothing', 'settle: {nowhere: worked}, expect: {}', 'unknown_reference'],
])('%s', async (_, one, says) => {
  const [problems = []] = await played({ playbook, cases: [one] });
  expect(problems.join('\n')).toContain('mend.test.yml:');
  expect(problems.join('\n')).toContain(says);
});

test('an alert that is not there, and a playbook that is not, are said in a sentence', async () => {
  const [[problem] = []] = await played({ playbook, cases: ['alert: nowhere.json, expect: {}'] });
  expect(problem).toMatch(/nowhere\.json/);
  const dir = folderOf({ 'a.test.yml': 'test: playbook/v1\nplaybook: absent\ncases: [{name: x, expect: {}}]\n' });
  expect((await testPlaybooks([dir]))[0]?.problems).toEqual([`there is no playbook \`absent\` in ${dir}`]);
  await expect(testPlaybooks([`${dir}/nowhere`])).rejects.toThrow(`There is no ${dir}/nowhere.`);
});

test('what is printed names each case, what differs, and counts at the end', async () => {
  const cases = (state: string) =>
    `test: playbook/v1\nplaybook: mend\nhosts: [shop-1]\ncases:\n  - {name: it works, expect: {state: ${state}}}\n`;
  const dir = folderOf({ 'mend.yml': `${head}${playbook}`, 'mend.test.yml': cases('failed') });
  expect(printedTests(await testPlaybooks([dir]))).toEqual([
    '✗ mend: it works',
    '    state: failed expected, it is succeeded (all steps done)',
    '1 case, 1 failed',
  ]);
});

test('lint reads playbooks and tests, and says everything at once', () => {
  const dir = folderOf({
    'mend.yml': `${head}${playbook}`,
    'twin.yml': `${head}${playbook}`,
    'worse.yml': `${head.replace('mend', 'worse')}steps:\n${restart.replace('action', 'acton')}`,
    'mend.test.yml': 'test: playbook/v1\nplaybook: mend\ncases: [{name: x, expect: {not_run: [nowhere]}}]\n',
  });
  const { files, problems } = lintPlaybooks([dir]);
  expect(files).toBe(4);
  expect(problems.map((problem) => problem.replace(`${dir}/`, ''))).toEqual([
    expect.stringMatching(/^twin\.yml:.*duplicate_playbook/),
    expect.stringMatching(/^worse\.yml:\d+:\d+ {2}missing_key/),
    expect.stringMatching(/^worse\.yml:\d+:\d+ {2}unknown_key {2}`acton` .*Did you mean `action`\?/),
    expect.stringMatching(/^mend\.test\.yml:3:38 {2}unknown_reference {2}There is no step `nowhere`/),
  ]);
  expect(() => lintPlaybooks([`${dir}/nowhere`])).toThrow(`There is no ${dir}/nowhere.`);
});
