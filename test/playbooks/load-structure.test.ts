/** Lists, parallel steps, rollbacks and closing parts: what they become, and what may not stand where. */
import { describe, expect, test } from 'vitest';
import { loadedFrom, problemsOf, restart, withSteps } from './written.ts';

const unit = (host: string, more = '') =>
  `action: ssh.systemd, with: {host: "${host}", unit: shop.service, do: restart}${more}`;
const query = 'action: prometheus.query, with: {query: up}';
const say = (text: string) => `{action: slack.message, with: {text: "${text}"}}`;
const approve = '  - {id: ok, action: approval, with: {approvers: {roles: [x]}}}';
const hosts = 'inputs: {hosts: {type: list}, n: {type: integer}, where: {type: workload}}\n';

describe('foreach', () => {
  const each = (foreach: string, more = '') =>
    `${hosts}${withSteps(`  - {id: all, foreach: ${foreach}, ${unit('${{ item }}', more)}}`)}`;

  test('is a list alone, or more about it', () => {
    expect(loadedFrom(each('"${{ inputs.hosts }}"')).steps[0]?.foreach).toEqual({
      in: '${{ inputs.hosts }}',
      maxParallel: 1,
      maxItems: 50,
    });
    expect(loadedFrom(each('{in: "${{ inputs.hosts }}", max_parallel: 3, max_items: 9}')).steps[0]?.foreach).toEqual({
      in: '${{ inputs.hosts }}',
      maxParallel: 3,
      maxItems: 9,
    });
  });

  test('gives a list of what each item gave', () => {
    const use = (output: string) =>
      `${hosts}${withSteps(
        `  - {id: all, foreach: "\${{ inputs.hosts }}", ${query}}`,
        `  - {id: then, if: "\${{ ${output} }}", ${query}}`,
      )}`;
    expect(problemsOf(use('steps.all.outputs.items.all(x, x.value > 1)'))).toEqual([]);
    expect(problemsOf(use('steps.all.outputs.value > 1'))).toEqual([
      '10:25  unknown_reference  Step `all` has no output `value`.',
    ]);
  });

  test.each([
    ['something else than a list', each('"${{ inputs.n }}"'), '9:24  not_a_list  `foreach` must be one expression'],
    ['a text', each('hosts'), '9:24  not_a_list'],
    ['a list of the file', each('[shop-1]'), '9:24  wrong_type  `foreach` must be text or a map of keys, not a list.'],
    [
      'a wrong key',
      each('{inn: "${{ inputs.hosts }}"}'),
      '9:25  unknown_key  `inn` is not a key of `foreach`. Did you mean `in`?',
    ],
    [
      'too many at a time',
      each('{in: "${{ inputs.hosts }}", max_parallel: 50}'),
      'bad_value  `max_parallel` must be at most 20.',
    ],
    ['its own item', each('"${{ item }}"'), '9:29  unknown_reference  There is no `item` here'],
    [
      'its own outputs',
      each('"${{ inputs.hosts }}"', ', rollback: [{action: wait, with: {for: "${{ steps.all.outputs.x }}"}}]'),
      'runs_later',
    ],
    [
      'an approval',
      `${hosts}${withSteps('  - {id: ok, foreach: "${{ inputs.hosts }}", action: approval, with: {approvers: {roles: [x]}}}')}`,
      '9:54  misplaced_step',
    ],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  test('an item stands only in such a step', () => {
    expect(problemsOf(withSteps(`  - {id: one, ${unit('${{ item }}')}}`))).toEqual([
      expect.stringContaining('unknown_reference  There is no `item` here: it stands in a step with `foreach`.'),
    ]);
    const undo = `, rollback: [{${unit('${{ item }}')}}], if: "\${{ item != 'shop-2' }}"`;
    expect(problemsOf(`failure_strategy: rollback\n${each('"${{ inputs.hosts }}"', undo)}`)).toEqual([]);
  });
});

describe('parallel', () => {
  const both = (one: string, two: string, more = '') =>
    withSteps(`  - {id: both, parallel: [{id: a, ${one}}, {id: b, ${two}}]${more}}`);

  test('steps run at the same time, and later ones know what they gave', () => {
    const text = `${both(query, unit('shop-1'))}  - {id: c, if: "\${{ steps.a.outputs.value > 1 }}", ${query}}\n`;
    expect(loadedFrom(text).steps).toMatchObject([
      {
        id: 'both',
        action: 'parallel',
        effect: 'read',
        parallel: [
          { id: 'a', effect: 'read' },
          { id: 'b', effect: 'idempotent' },
        ],
      },
      { id: 'c' },
    ]);
  });

  const with1 = (more: string) => both(query, query, more);
  test.each([
    ['what another one gives', both(query, 'action: wait, with: {for: "${{ steps.a.outputs.value }}"}'), 'runs_later'],
    ['two of one name', both(query, query).replace('id: b,', 'id: a,'), 'duplicate_step'],
    ['the name of another step', both(query, query).replace('id: b,', 'id: both,'), 'duplicate_step'],
    ['an action beside it', with1(`, action: wait`), '8:136  not_together  `action` cannot stand beside `parallel`'],
    ['arguments beside it', with1(', with: {a: 1}'), 'not_together'],
    [
      'an approval',
      both(query, 'action: approval, with: {approvers: {roles: [x]}}'),
      'misplaced_step  `approval` cannot stand in `parallel`',
    ],
    ['a playbook', both(query, 'action: playbook.run, with: {playbook: scale}'), 'misplaced_step'],
    ['another parallel', both(query, 'parallel: []'), 'unknown_key  `parallel` is not a key of a step of `parallel`.'],
    [
      'one alone',
      withSteps(`  - {id: both, parallel: [{id: a, ${query}}]}`),
      'bad_value  `parallel` must have at least 2 entries.',
    ],
    [
      'its own output',
      `${with1('')}  - {id: c, if: "\${{ steps.both.outputs.value > 1 }}", ${query}}\n`,
      'Step `both` has no output `value`',
    ],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  test('a step needs the one or the other', () => {
    expect(problemsOf(withSteps('  - {id: a}'))).toEqual([
      '8:5  missing_key  A step needs the key `action`, or `parallel`.',
    ]);
  });
});

describe('rollbacks', () => {
  const idle = (undo: string, ...before: readonly string[]) =>
    withSteps(...before, restart.replace('}}', `}, rollback: [{${undo}}]}`));
  const undone = (undo: string, ...before: readonly string[]) => `failure_strategy: rollback\n${idle(undo, ...before)}`;

  test('belong to a step, and are named by their place', () => {
    const playbook = loadedFrom(undone(`${unit('shop-1')}, name: again}, {${query}`));
    expect(playbook.failureStrategy).toBe('rollback');
    expect(playbook.steps[0]?.rollback).toMatchObject([
      { id: 'rollback[0]', name: 'again', effect: 'idempotent' },
      { id: 'rollback[1]', name: 'prometheus.query', effect: 'read' },
    ]);
  });

  test('that nothing would ever run are none', () => {
    const problem = [expect.stringMatching(/^8:90 {2}rollback_unused {2}.*`failure_strategy: rollback`/)];
    expect(problemsOf(idle(unit('shop-1')))).toEqual(problem);
    expect(problemsOf(`${idle(unit('shop-1'))}failure_strategy: stop\n`)).toEqual(problem);
    expect(problemsOf(undone(unit('shop-1')))).toEqual([]);
    const inside = withSteps(`  - {id: both, parallel: [{id: a, ${unit('shop-1')}, rollback: [{${query}}]}]}`);
    expect(problemsOf(inside).join()).toContain('rollback_unused');
    expect(problemsOf(withSteps(restart.replace('}}', '}, rollback: []}')))).toEqual([]);
  });

  test('know what the step gave, where nobody approves it before', () => {
    const wait = 'action: wait, with: {for: "${{ steps.go.outputs.active_state }}"}';
    expect(problemsOf(undone(wait))).toEqual([]);
    const tell = 'action: slack.message, with: {text: "was ${{ steps.go.outputs.active_state }}"}';
    expect(problemsOf(undone(tell))).toEqual([]);
    expect(problemsOf(undone(tell, approve))).toEqual([
      expect.stringContaining(
        'approved_too_early  `ok` covers this step, but what step `go` gives is known only after',
      ),
    ]);
  });

  test.each([
    [
      'what runs later',
      `${undone('action: wait, with: {for: "${{ steps.b.outputs.value }}"}')}  - {id: b, ${query}}\n`,
      'runs_later',
    ],
    [
      'an approval',
      undone('action: approval, with: {approvers: {roles: [x]}}'),
      'misplaced_step  `approval` cannot stand in a rollback',
    ],
    ['a playbook', undone('action: playbook.run, with: {playbook: x}'), 'misplaced_step'],
    ['a rollback of its own', undone(`${query}, rollback: []`), 'unknown_key  `rollback` is not a key of a rollback.'],
    ['an id', undone(`id: x, ${query}`), 'unknown_key  `id` is not a key of a rollback.'],
    [
      'an unknown argument',
      undone('action: wait, with: {four: 1s}'),
      'unknown_key  `four` is not an argument of `wait`. Did you mean `for`?',
    ],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });
});

describe('closing parts', () => {
  const closing = (part: string, ...steps: readonly string[]) =>
    `${part}: [${steps.join(', ')}]\n${withSteps(restart)}`;

  test('are steps, named by their place or by their author', () => {
    const playbook = loadedFrom(
      `on_cancel: [${say('cancelled')}]\n${closing('on_failure', say('${{ run.state }} ${{ run.url }} ${{ steps.go.outputs.active_state }}'), say('b').replace('{', '{id: told, '))}`,
    );
    expect(playbook.onFailure.map(({ id }) => id)).toEqual(['on_failure[0]', 'told']);
    expect(playbook.onCancel).toMatchObject([{ id: 'on_cancel[0]', name: 'slack.message', rollback: [] }]);
    expect(playbook.finally).toEqual([]);
  });

  test('what came before is known, also of another part', () => {
    const looked = `{id: look, ${query}}`;
    const tells = say('${{ steps.look.outputs.value }} ${{ run.outcome }}');
    expect(problemsOf(closing('finally', looked, tells))).toEqual([]);
    expect(problemsOf(`on_failure: [${looked}]\n${closing('finally', tells)}`)).toEqual([]);
    expect(problemsOf(closing('finally', tells, looked)).join()).toContain('runs_later');
    expect(problemsOf(`on_failure: [${looked}]\n${closing('on_cancel', tells)}`).join()).toContain('runs_later');
  });

  test.each([
    [
      'an approval',
      closing('finally', '{action: approval, with: {approvers: {roles: [x]}}}'),
      'misplaced_step  `approval` cannot stand in `finally`',
    ],
    [
      'a question',
      closing('on_cancel', '{action: ask, with: {question: why, answer: {type: string}}}'),
      'misplaced_step',
    ],
    [
      'a rollback',
      closing('on_failure', `{${query}, rollback: []}`),
      'unknown_key  `rollback` is not a key of a step of `on_failure`.',
    ],
    ['a wrong key', closing('on_failure', `{${query}, timout: 1s}`), 'Did you mean `timeout`?'],
    ['a taken name', closing('finally', `{id: go, ${query}}`), 'duplicate_step'],
    [
      'how the run ended, before it has',
      withSteps(`  - {id: a, action: slack.message, with: {text: "\${{ run.state }}"}}`),
      'runs_later  `run.state` is known only in `on_failure`',
    ],
    [
      'a part that is not there',
      closing('finally', say('${{ run.stat }}')),
      '`run` has no `stat`. Did you mean `state`?',
    ],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });
});

describe('approvals', () => {
  const measure = `  - {id: measure, ${query}}`;
  test.each([
    ['the list of a foreach', `  - {id: all, foreach: "\${{ steps.measure.outputs.series }}", ${unit('shop-1')}}`],
    [
      'a step of a parallel',
      `  - {id: two, parallel: [{id: a, ${query}}, {id: b, ${unit('${{ steps.measure.outputs.value }}')}}]}`,
    ],
    ['what undoes it', restart.replace('}}', `}, rollback: [{${unit('${{ steps.measure.outputs.value }}')}}]}`)],
    ['the address of the run', '  - {id: say, action: slack.message, with: {text: "${{ run.url }}"}}'],
  ])('nobody approves %s before it is known', (_, step) => {
    const text = (...steps: readonly string[]) => `failure_strategy: rollback\n${withSteps(...steps)}`;
    expect(problemsOf(text(approve, measure, step)).join('\n')).toContain('approved_too_early');
    expect(problemsOf(text(measure, step))).toEqual([]);
  });

  test('what only reads is covered by none', () => {
    const look =
      '  - {id: again, action: prometheus.query, with: {query: "up{i=$i}", vars: {i: "${{ steps.measure.outputs.value }}"}}}';
    expect(problemsOf(withSteps(approve, measure, look))).toEqual([]);
  });

  test('there is no way around one', () => {
    expect(problemsOf(withSteps(approve.replace('}}}', '}}, continue_on_error: true}'))).join()).toContain(
      'not_together  An approval that is not given ends the run',
    );
  });

  test('what is shown is named with or without braces, and looked at either way', () => {
    const showing = (shown: string) => withSteps(measure, approve.replace('}}}', `}, show: [${shown}]}}`));
    expect(loadedFrom(showing('steps.measure.outputs.value, "${{ inputs }}"')).steps[1]?.with.show).toEqual([
      '${{ steps.measure.outputs.value }}',
      '${{ inputs }}',
    ]);
    expect(problemsOf(showing('steps.measure.outputs.valeu')).join()).toContain('Did you mean `value`?');
    expect(problemsOf(showing('steps.mesure.outputs.value')).join()).toContain('Did you mean `measure`?');
    expect(problemsOf(showing('not an expression')).join()).toContain('bad_expression');
  });

  test('a high risk asks always, or passes over what it would ask for', () => {
    const when = (condition: string) => `, if: "\${{ ${condition} }}"}`;
    const asked = approve.replace(/}$/, when("incident.severity == 'sev1'"));
    const high = (step: string) => `risk: high\n${withSteps(asked, step)}`;
    expect(problemsOf(high(restart)).join()).toContain(
      'risk_too_high  A playbook with `risk: high` asks for its approvals always',
    );
    expect(problemsOf(high(restart.replace(/}$/, when("incident.severity == 'sev1'"))))).toEqual([]);
    expect(problemsOf(high(restart.replace(/}$/, when("incident.severity == 'sev2'")))).length).toBe(1);
  });

  test('a high risk tells people in its closing parts, and changes nothing there', () => {
    const high = (step: string) => `risk: high\non_failure: [${step}]\n${withSteps(approve, restart)}`;
    expect(problemsOf(high(say('failed')))).toEqual([]);
    expect(problemsOf(high(`{${unit('shop-1')}}`)).join()).toContain('risk_too_high');
  });
});
