/** Whatever stands in a file, the loader ends, says something, and says where: nothing an author writes may stop the bot. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { load, loadedFrom, restart, withSteps } from './written.ts';

/** Ends with a playbook, or with problems that each point into the text. */
function isAnswered(text: string): void {
  const loaded = load(text);
  if ('playbook' in loaded) return;
  const lines = text.split(/\r\n?|\n/).length;
  expect(loaded.problems.length).toBeGreaterThan(0);
  for (const { line, column, code, message } of loaded.problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(code).toMatch(/^[a-z_]+$/);
    expect(message).toMatch(/\S/);
    expect(message).not.toContain('fault of Tocsin');
  }
}

const folder = new URL('../fixtures/playbooks/', import.meta.url);
const written = [...readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8')), withSteps(restart)];

const shards = [
  ...[
    '${{',
    '}}',
    '${{ }}',
    '${{ 1 }}',
    '${{ inputs.constructor }}',
    '${{ constructor.name }}',
    '${{ steps.toString.outputs }}',
  ],
  ...[
    '${{ secrets.__proto__ }}',
    '${{ item }}',
    '${{ [[[[[[',
    "${{ ''' }}",
    '${{ "\\u{110000}" }}',
    '${{ x.matches("(((") }}',
  ],
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '!!js/function ',
    '!<tag:x>',
    '? ',
    '- ',
    ': ',
    ' #',
    '|',
    '>-',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
  ],
  ...['{', '}', '[', ']', ',', '"', "'", '\t', '\n', '\r', '\u0000', '\ufeff', '\u2028', '\ud800', '💥'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'null',
    '~',
    'yes',
    '.nan',
    '-.inf',
    '0x1F',
    '1e999',
    '0o17',
  ],
  ...['12345678901234567890', '-0', '2026-11-23', '=', '<<', '"\\x41"', "'it''s'", 'a'.repeat(5_000), ' '.repeat(500)],
];

test('noise', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.constantFrom(...shards), { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(fc.property(noise, isAnswered), { numRuns: 250 });
});

test('playbooks with a piece torn out, doubled or stuck in', () => {
  const torn = fc
    .record({
      text: fc.constantFrom(...written),
      wounds: fc.array(
        fc.record({
          at: fc.nat(),
          length: fc.nat(60),
          with: fc.constantFrom('', '', ...shards),
          isDoubled: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    })
    .map(({ text, wounds }) =>
      wounds.reduce((now, wound) => {
        const at = wound.at % (now.length + 1);
        const piece = now.slice(at, at + wound.length);
        return now.slice(0, at) + (wound.isDoubled ? piece + piece : wound.with) + now.slice(at + wound.length);
      }, text),
    );
  fc.assert(fc.property(torn, isAnswered), { numRuns: 150 });
});

const keys = [
  ...[
    'schema',
    'id',
    'name',
    'owners',
    'triggers',
    'inputs',
    'secrets',
    'steps',
    'on_failure',
    'finally',
    'limits',
    'policy',
  ],
  ...[
    'concurrency',
    'action',
    'with',
    'env',
    'if',
    'foreach',
    'in',
    'parallel',
    'rollback',
    'verify',
    'expect',
    'retry',
  ],
  ...[
    'retry_on',
    'outputs',
    'from',
    'type',
    'default',
    'enum',
    'pattern',
    'minimum',
    'alert',
    'watch',
    'manual',
    'roles',
  ],
  ...['answer', 'show', 'query', 'vars', 'argv', 'per', 'max_change', 'cooldown', 'freeze', 'allow', 'pool', 'token'],
  ...['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', '', ' ', '0', '-1', 'length'],
];
const texts = [
  ...[
    'playbook/v1',
    'scale',
    'approval',
    'ask',
    'assert',
    'wait',
    'ssh.systemd',
    'ssh.exec',
    'prometheus.query',
    'page',
  ],
  ...[
    'test.script',
    'playbook.run',
    'k8s.scale',
    'workload',
    'list',
    'duration',
    'host',
    'constructor',
    'once',
    'exit_code',
  ],
  ...[
    '30s',
    '${{ true }}',
    '${{ inputs.a }}',
    '${{ steps.a.outputs.b }}',
    '${{ item.x }}',
    '${{ secrets.a }}',
    '${{ result }}',
  ],
  ...[
    '${{ constructor }}',
    '${{ inputs["constructor"] }}',
    '${{ run.constructor }}',
    '${{ result.toString }}',
    '${{ ',
    '(',
    '',
  ],
];

const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    fc.constantFrom<unknown>(...texts),
    fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 99),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 7 }),
  ),
})).value;

describe('any data at all', () => {
  /** JSON is YAML. */
  const asText = (value: unknown) => JSON.stringify(value, undefined, 1);

  test('in the place of a playbook', () => {
    fc.assert(
      fc.property(anything, (value) => isAnswered(asText(value))),
      { numRuns: 250 },
    );
  });

  test.each(['inputs', 'secrets', 'triggers', 'limits', 'policy', 'concurrency', 'steps', 'on_failure', 'finally'])(
    'in the place of its %s',
    (key) => {
      const { schema, id, name, owners } = { schema: 'playbook/v1', id: 'scale', name: 'Scale', owners: ['x'] };
      const whole = {
        schema,
        id,
        name,
        owners,
        triggers: [{ alert: ['a="b"'] }],
        steps: [{ id: 'a', action: 'wait', with: { for: '1s' } }],
      };
      fc.assert(
        fc.property(anything, (value) => isAnswered(asText({ ...whole, [key]: value }))),
        { numRuns: 80 },
      );
    },
  );

  test('in the place of one of its steps, or of what a step has', () => {
    const step = fc.dictionary(fc.constantFrom(...keys), anything, { maxKeys: 8 });
    const of = (steps: unknown) =>
      asText({ schema: 'playbook/v1', id: 'a', name: 'a', owners: ['x'], triggers: [{ watch: 'a' }], steps });
    fc.assert(
      fc.property(step, (some) => isAnswered(of([{ id: 'a', action: 'ask', ...some }]))),
      { numRuns: 200 },
    );
  });
});

test('what grows when it is read is refused before it does', () => {
  const inputs = (count: number) => Array.from({ length: count }, (_, at) => `  i${at}: {type: string}`).join('\n');
  const steps = Array.from({ length: 51 }, (_, at) => restart.replace('go', `go${at}`));
  for (const text of [
    withSteps(...steps),
    `inputs:\n${inputs(2_500)}\n${withSteps(restart)}`,
    withSteps(restart.replace('}}', `}, if: "\${{ ${Array(600).fill('true').join(' && ')} }}"}`)),
    withSteps(restart.replace('}}', `}, if: "\${{ ${'('.repeat(200)}true${')'.repeat(200)} }}"}`)),
    withSteps(restart.replace('}}', `}, if: "\${{ ${'!'.repeat(20_000)}true }}"}`)),
    withSteps(restart.replace('}}', `}, name: "${'${{ 1 }}'.repeat(5_000)}"}`)),
    withSteps(restart.replace('}}', `}, if: "${'${{'.repeat(10_000)}"}`)),
  ])
    isAnswered(text);
});

test('two hundred playbooks are looked at without anybody waiting', { timeout: 20_000 }, () => {
  const [designed = ''] = written.filter((text) => text.includes('id: restart-systemd-service'));
  for (let at = 0; at < 200; at++)
    expect(loadedFrom(designed.replace('id: restart-systemd-service', `id: restart-${at}`)).id).toBe(`restart-${at}`);
});
