/** Triggers, inputs, limits and retries: what they become, and every mistake in them at its place. */
import { describe, expect, test } from 'vitest';
import { head, loadedFrom, problemsOf, restart, withSteps } from './written.ts';

const query = 'action: prometheus.query, with: {query: up}';
const top = (line: string, ...steps: readonly string[]) =>
  `${line}\n${withSteps(...(steps.length ? steps : [restart]))}`;

describe('triggers', () => {
  const trigger = (line: string) => `${head}  - ${line}\nsteps:\n${restart}\n`;

  test('a watch is the alert that it raises', () => {
    expect(loadedFrom(trigger('{watch: disk-full, for: 2m, mode: auto}')).triggers[1]).toEqual({
      kind: 'alert',
      matchers: ['watch="disk-full"'],
      forMs: 120_000,
      mode: 'auto',
    });
  });

  test.each([
    ['a watch and an alert', `{watch: a, alert: ['a="b"']}`, '7:5  bad_value'],
    [
      'a watch that would be another matcher',
      `{watch: 'a",b="c'}`,
      '7:13  bad_value  `watch`: Write the id of a watch',
    ],
    [
      'a time of its own for people',
      '{manual: {roles: [x]}, for: 1m}',
      '`mode` and `for` belong to `alert` and `watch`',
    ],
    ['nobody who may', '{manual: {roles: []}}', 'bad_value  `roles` must have at least 1 entry.'],
    [
      'a schedule and an alert',
      `{schedule: {cron: "* * * * *", timezone: UTC}, alert: ['a="b"']}`,
      '7:5  bad_value  This entry: Write one of `alert`, `watch`, `schedule` and `manual`',
    ],
  ])('%s is refused', (_, line, problem) => {
    expect(problemsOf(trigger(line)).join('\n')).toContain(problem);
  });
});

describe('inputs', () => {
  const input = (spec: string) => top(`inputs:\n  x: {${spec}}`);

  test('become what the domain knows', () => {
    const spec =
      'type: workload, kind: Deployment, from: {cluster: alert.labels.cluster, namespace: alert.labels.ns, name: alert.annotations.deployment}';
    expect(loadedFrom(input(spec)).inputs.x).toEqual({
      type: 'workload',
      kind: 'Deployment',
      from: { cluster: 'alert.labels.cluster', namespace: 'alert.labels.ns', name: 'alert.annotations.deployment' },
      optional: false,
      secret: false,
      description: '',
    });
    expect(loadedFrom(input('type: duration, minimum: 10s, maximum: 1h')).inputs.x).toMatchObject({
      minimum: 10_000,
      maximum: 3_600_000,
    });
    expect(loadedFrom(input('type: string, secret: true')).inputs.x).toMatchObject({ secret: true });
  });

  test.each([
    [
      'a kind of no workload',
      'type: string, kind: Pod',
      '2:21  not_together  `kind` means nothing beside `type: string`.',
    ],
    ['a pattern for a number', 'type: integer, pattern: x', '2:22  not_together  `pattern`'],
    ['a length of a number', 'type: number, max_length: 5', 'not_together  `max_length`'],
    ['a number as a time', 'type: duration, minimum: 5', '2:32  wrong_type  `minimum` of duration must be a time'],
    ['a time as a number', 'type: integer, minimum: 5m', 'wrong_type  `minimum` of integer must be a number.'],
    ['a bound that is neither', 'type: integer, minimum: x', '2:31  bad_value  `minimum`: Write a time'],
    [
      'parts of a text',
      'type: string, from: {name: alert.labels.a}',
      '2:27  wrong_type  Only a workload has several parts',
    ],
    [
      'a workload of one part',
      'type: workload, from: alert.labels.a',
      '2:29  wrong_type  A workload has several parts',
    ],
    [
      'an unknown part',
      'type: workload, from: {clustr: alert.labels.a}',
      '2:30  unknown_key  `clustr` is not a key of `from`. Did you mean `cluster`?',
    ],
    [
      'a part from nowhere',
      'type: workload, from: {name: labels.a}',
      '2:36  bad_value  `name`: Write `alert.labels.NAME`',
    ],
    [
      'a choice of another type',
      'type: integer, enum: [1, two]',
      '2:32  bad_value  This value must be a whole number, not "two".',
    ],
    [
      'a default out of bounds',
      'type: duration, maximum: 1m, default: 2m',
      '2:45  bad_default  The default must be at most 1m, not 2m.',
    ],
    [
      'a default out of the choices',
      'type: list, enum: [a], default: [b]',
      'bad_default  The default has an entry, number 1',
    ],
    [
      'a secret that is written out',
      'type: string, secret: true, default: x',
      '2:44  bad_default  The default must be a reference to a secret',
    ],
    [
      'a choice of secrets that is none',
      'type: string, secret: true, enum: [x]',
      'bad_value  This value must be a reference',
    ],
    ['a secret from an alert', 'type: string, secret: true, from: alert.labels.x', 'not_together  `from`'],
    ['a secret number', 'type: integer, secret: true', 'not_together  Only `type: string` can be secret.'],
    ['a schedule of later', 'type: schedule', 'bad_value  `type` must be one of `string`'],
  ])('%s is refused', (_, spec, problem) => {
    expect(problemsOf(input(spec)).join('\n')).toContain(problem);
  });

  test('the answer to a question is looked at as an input is', () => {
    const ask = (answer: string) => withSteps(`  - {id: why, action: ask, with: {question: why, answer: {${answer}}}}`);
    expect(problemsOf(ask('type: integer, minimum: 1'))).toEqual([]);
    expect(problemsOf(ask('type: integer, default: many')).join()).toContain('8:83  bad_default');
    expect(problemsOf(ask('type: string, secret: true')).join()).toContain(
      'not_together  An answer is part of the run',
    );
  });

  test('a workload has four parts, each a text', () => {
    const when = (source: string) =>
      `inputs: {w: {type: workload}}\n${withSteps(`  - {id: a, if: "\${{ ${source} }}", ${query}}`)}`;
    expect(problemsOf(when("inputs.w.name == 'cart'"))).toEqual([]);
    expect(problemsOf(when("inputs.w.nmae == 'cart'"))).toEqual([
      '9:22  unknown_reference  The workload `inputs.w` has no `nmae`. Did you mean `name`?',
    ]);
    expect(problemsOf(when('inputs.w.name > 3')).join()).toContain('No such overload: string > int');
  });
});

describe('limits', () => {
  const inputs = 'inputs: {n: {type: integer}, s: {type: string}, l: {type: list}, w: {type: workload}}\n';
  const limits = (text: string, ...steps: readonly string[]) =>
    `${inputs}limits: {${text}}\n${withSteps(...(steps.length ? steps : [restart]))}`;

  test('are counted by what their author says', () => {
    const text = limits(
      [
        'cooldown: {per: "${{ inputs.w }}", window: 1h}',
        'max_runs: {per: global, count: 2, window: 10m}',
        'max_change: {from: "${{ steps.now.outputs.value }}", to: "${{ inputs.n }}", factor: 1.5}',
        'circuit_breaker: {per: "a/${{ inputs.s }}", failures: 3, window: 1d}',
        'freeze: [{calendar: release-week, override_roles: [lead]}, {calendar: nights}]',
      ].join(', '),
      `  - {id: now, ${query}}`,
      restart,
    );
    expect(loadedFrom(text).limits).toEqual({
      cooldown: { per: '${{ inputs.w }}', windowMs: 3_600_000 },
      maxRuns: { per: 'global', count: 2, windowMs: 600_000 },
      maxChange: { from: '${{ steps.now.outputs.value }}', to: '${{ inputs.n }}', factor: 1.5 },
      circuitBreaker: { per: 'a/${{ inputs.s }}', failures: 3, windowMs: 86_400_000 },
      freeze: [
        { calendar: 'release-week', overrideRoles: ['lead'] },
        { calendar: 'nights', overrideRoles: [] },
      ],
    });
  });

  const change = (from: string, to = '${{ inputs.n }}') => `max_change: {from: "${from}", to: "${to}", factor: 2}`;
  const now = `  - {id: now, ${query}}`;
  test.each([
    [
      'an unknown one',
      limits('cooldwn: {}'),
      '2:10  unknown_key  `cooldwn` is not a key of `limits`. Did you mean `cooldown`?',
    ],
    ['half of one', limits('cooldown: {per: x}'), '2:20  missing_key  `cooldown` needs the key `window`.'],
    ['no time', limits('cooldown: {per: x, window: 15}'), 'bad_value  `window`: Write a time'],
    ['a count of none', limits('max_runs: {per: x, count: 0, window: 1h}'), 'bad_value  `count` must be at least 1.'],
    ['what runs later', limits('cooldown: {per: "${{ steps.now.outputs.value }}", window: 1h}', now), 'runs_later'],
    ['an unknown input', limits('cooldown: {per: "${{ inputs.nn }}", window: 1h}'), 'unknown_reference'],
    [
      'a list inside a text',
      limits('cooldown: {per: "a/${{ inputs.l }}", window: 1h}'),
      'bad_expression  A list cannot stand inside a text.',
    ],
    [
      'a workload inside a text',
      limits('cooldown: {per: "a/${{ inputs.w }}", window: 1h}'),
      'bad_expression  An object cannot stand inside a text.',
    ],
    [
      'a change of a text',
      limits(change('${{ inputs.s }}')),
      '2:29  not_a_number  `from` must be one expression that gives a number',
    ],
    ['a change within a text', limits(change('about ${{ inputs.n }}')), 'not_a_number'],
    ['a change of a word', limits(change('5')), 'not_a_number'],
    [
      'a change of what was changed before',
      limits(change('${{ steps.now.outputs.value }}'), restart, now),
      'runs_later',
    ],
    [
      'a change of less than nothing',
      limits('max_change: {from: -1, to: 2, factor: 2}'),
      'bad_value  `from` must be at least 0.',
    ],
    ['a calendar that is no name', limits('freeze: [{calendar: "A B"}]'), 'bad_value  `calendar`: Write a name'],
  ])('%s is refused', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });
});

test('what a playbook may touch, and how it waits for its turn', () => {
  const text = top(
    'policy: {allow: [{host: [shop-1, shop-2], unit: [shop.service]}, {cluster: [prod]}]}\nconcurrency: {group: shop, on_conflict: queue}',
  );
  expect(loadedFrom(text)).toMatchObject({
    allow: [{ host: ['shop-1', 'shop-2'], unit: ['shop.service'] }, { cluster: ['prod'] }],
    concurrency: { group: 'shop', onConflict: 'queue' },
  });
  expect(problemsOf(top('policy: {allow: [{host: shop-1}]}')).join()).toContain(
    '1:25  wrong_type  `host` must be a list, not `shop-1`.',
  );
});

describe('retries', () => {
  const step = (action: string, more: string) => withSteps(`  - {id: a, action: ${action}, ${more}}`);
  const once = 'test.script, with: {script: x}';

  test('name the failures that are worth another try', () => {
    const text = step(
      once,
      'retry: {max_attempts: 3, retry_on: [connect_error, unavailable], backoff: {jitter: true}}',
    );
    expect(loadedFrom(text).steps[0]?.retry).toEqual({
      maxAttempts: 3,
      retryOn: ['connect_error', 'unavailable'],
      initialMs: 1_000,
      factor: 2,
      maxMs: 30_000,
      jitter: true,
    });
  });

  test('a failure that nobody knows is told', () => {
    expect(problemsOf(step(once, 'retry: {max_attempts: 2, retry_on: [conect_error]}')).join()).toContain(
      '8:89  bad_value  This entry must be one of `connect_error`',
    );
  });

  test('a step that must run once is not tried again after something was sent', () => {
    const again = 'retry: {max_attempts: 2, retry_on: [connect_error, exit_code]}';
    expect(problemsOf(step(once, again)).join()).toContain('8:104  retry_not_safe  After `exit_code`');
    expect(problemsOf(step(once, `effect: idempotent, ${again}`))).toEqual([]);
    expect(problemsOf(step('prometheus.query, with: {query: up}', again))).toEqual([]);
  });
});
