/** Secrets and environment variables: where they go, and that they go nowhere else. */
import { describe, expect, test } from 'vitest';
import { loadedFrom, problemsOf, restart, withSteps } from './written.ts';

const top = (line: string) => `${line}\n${withSteps(restart)}`;

describe('secrets', () => {
  const secrets =
    'secrets: {token: "env:SHOP_TOKEN", key: "file:shop-key"}\ninputs: {typed: {type: string, secret: true}}\n';
  const script = (args: string, more = '') =>
    `${secrets}${withSteps(`  - {id: a, action: test.script, with: {script: "true", ${args}}${more}}`)}`;

  test('are references, and stand where an action takes one', () => {
    const playbook = loadedFrom(
      script('token: "${{ secrets.token }}", headers: {authorization: "${{ secrets.key }}"}'),
    );
    expect(playbook.secrets).toEqual({ token: 'env:SHOP_TOKEN', key: 'file:shop-key' });
    expect(playbook.steps[0]?.with.token).toBe('${{ secrets.token }}');
    expect(problemsOf(script('token: "${{ inputs.typed }}"'))).toEqual([]);
  });

  test.each([
    [
      'another argument',
      script('env: {T: "${{ secrets.token }}"}'),
      '10:67  secret_misplaced  A secret can stand only in a field that takes one: here, `token`, `headers`.',
    ],
    [
      'a part of a text',
      script('token: "Bearer ${{ secrets.token }}"'),
      'secret_misplaced  Here stands a secret and nothing else',
    ],
    ['something made of it', script(`token: "\${{ secrets.token + 'x' }}"`), 'secret_misplaced'],
    ['one of two', script('token: "${{ true ? secrets.token : secrets.key }}"'), 'secret_misplaced'],
    ['the secret itself', script('token: hunter2'), 'secret_misplaced  Here stands a secret and nothing else'],
    ['an input that is known', script('token: "${{ run.id }}"'), 'secret_misplaced'],
    [
      'one that is not there',
      script('token: "${{ secrets.tokn }}"'),
      'unknown_reference  There is no secret `tokn`. Did you mean `token`?',
    ],
    [
      'a condition',
      script('token: "${{ secrets.token }}"', `, if: "\${{ secrets.token == 'x' }}"`),
      'secret_misplaced',
    ],
    [
      'an output',
      script('token: "${{ secrets.token }}"', ', outputs: {t: "${{ secrets.token }}"}'),
      'secret_misplaced',
    ],
    [
      'a message',
      `${secrets}${withSteps('  - {id: a, action: slack.message, with: {text: "${{ secrets.token }}"}}')}`,
      'secret_misplaced  A secret can stand only in a field that takes one.',
    ],
    [
      'a verify',
      script(
        'token: "${{ secrets.token }}"',
        ', verify: [{action: prometheus.query, with: {query: "a{b=$b}", vars: {b: "${{ secrets.key }}"}}, expect: "${{ true }}"}]',
      ),
      'secret_misplaced',
    ],
    [
      'the name of a lock',
      `${secrets}concurrency: {group: "\${{ secrets.token }}"}\n${withSteps(restart)}`,
      'secret_misplaced',
    ],
    ['all of them', script('token: "${{ secrets }}"'), 'secret_misplaced'],
    [
      'one behind another name',
      script('env: {T: "${{ [1].exists(secrets, secrets.token == 1) }}"}'),
      'secret_misplaced',
    ],
    ['what a person typed in secret', script('env: {T: "${{ inputs.typed }}"}'), 'secret_misplaced'],
    ['all that people typed', script('env: {T: "${{ inputs }}"}'), 'secret_misplaced'],
    [
      'the list of a foreach',
      script('token: "${{ secrets.token }}"', ', foreach: "${{ [secrets.token] }}"'),
      'secret_misplaced',
    ],
  ])('never go into %s', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  test.each([
    ['a secret itself', 'hunter2', 'bad_value  `a`: Write a reference'],
    ['a path', 'file:../../etc/passwd', 'bad_value'],
    ['a vault', 'vault:kv/shop', 'not_supported_yet'],
    ['an expression', '${{ inputs.x }}', 'bad_value'],
  ])('%s is no reference', (_, reference, problem) => {
    expect(problemsOf(top(`secrets: {a: "${reference}"}`)).join('\n')).toContain(problem);
  });
});

describe('environment variables', () => {
  const script = (more: string) => withSteps(`  - {id: a, action: test.script, with: {script: "true"}, ${more}}`);

  test('go to an action that runs a script', () => {
    expect(loadedFrom(script('env: {NAME: "${{ incident.title }}"}')).steps[0]?.with).toEqual({
      script: 'true',
      env: { NAME: '${{ incident.title }}' },
    });
  });

  test.each([
    [
      'of another action',
      restart.replace('}}', '}, env: {A: b}}'),
      '8:90  env_not_supported  `ssh.systemd` runs no script',
    ],
    [
      'in two places',
      '  - {id: a, action: test.script, with: {script: x, env: {}}, env: {A: b}}',
      '8:62  not_together',
    ],
    ['by a name that is none', '  - {id: a, action: test.script, with: {script: x}, env: {"A-B": b}}', 'bad_value'],
    [
      'that are no texts',
      '  - {id: a, action: test.script, with: {script: x}, env: {A: [5]}}',
      '8:62  wrong_type  `A` must be text or a number or `true` or `false`, not a list.',
    ],
    [
      'of what is not there',
      '  - {id: a, action: test.script, with: {script: x}, env: {A: "${{ inputs.a }}"}}',
      '8:67  unknown_reference',
    ],
  ])('%s are refused', (_, step, problem) => {
    expect(problemsOf(withSteps(step)).join('\n')).toContain(problem);
  });

  test('are how a script gets its values', () => {
    expect(problemsOf(withSteps('  - {id: a, action: test.script, with: {script: "echo ${{ run.id }}"}}'))).toEqual([
      '8:55  expression_in_code  No expression where code is read: hand the value over under `env:` and write `"$NAME"`.',
    ]);
  });
});
