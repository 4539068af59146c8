/** Mistakes in expressions and approvals are found at their line and column. */
import { describe, expect, test } from 'vitest';
import { problemsOf, restart, withSteps } from './written.ts';

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
      'a pattern that is no RE2',
      when("inputs.s.matches('(?=a)')"),
      '14:31  bad_expression  `(?=a)` is no RE2 expression',
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
    "inputs.s.matches('^(a+)+$')",
    '[1].all(item, item > inputs.n)',
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
      'bad_argument  This may begin with `-`, and would be read as an option then',
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
    '{approvers: {roles: ["${{ alert.labels.team }}"]}}',
    '{approvers: "${{ alert.labels }}"}',
    '{approvers: {roles: [x]}, allow_requester: "${{ inputs.s == \'1\' }}"}',
    '{approvers: {roles: [x]}, min_approvals: "${{ int(inputs.s) }}"}',
    '{approvers: {roles: [x]}, expires_in: "${{ inputs.s }}"}',
  ])('neither an alert nor who asks chooses who decides: %s', (given) => {
    const text = withSteps(`  - {id: ok, action: approval, with: ${given}}`).replace(
      'steps:',
      'inputs: {s: {type: string}}\nsteps:',
    );
    expect(problemsOf(text).join('\n')).toContain('expression_in_code  No expression where it is said who decides');
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
