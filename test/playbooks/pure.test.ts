/** Expressions, matchers and inputs: numbers simply work, nothing explodes, and what comes from an alert stays data. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InputSpec } from '../../src/domain/playbook.ts';
import { BadMatcher, parseMatcher } from '../../src/playbooks/matchers.ts';
import { pureFunctions } from '../../src/playbooks/pure.ts';
import { piecesOf } from '../../src/playbooks/templates.ts';
import { expression } from './actions.ts';

const pure = pureFunctions({ hosts: ['shop-1', 'shop-2', '::1:80'] });

const scope = {
  inputs: { n: 5, half: 0.5, name: 'shop', big: 9007199254740991 },
  steps: { before: { outputs: { replicas: 3, ratio: 1.5, none: null, list: [1, 2.5] } } },
  result: { value: 1, tiny: 0.04, nodes: ['shop'] },
  alert: { labels: { instance: expression('1 + 1'), host: 'shop-1' }, annotations: {} },
};

const value = (source: string) => pure.render(expression(source), scope);

describe('numbers simply work', () => {
  test.each([
    ['2 * steps.before.outputs.replicas', 6],
    ['2.5 * steps.before.outputs.replicas', 7.5],
    ['steps.before.outputs.replicas + 0.5', 3.5],
    ['steps.before.outputs.ratio * inputs.n', 7.5],
    ['inputs.n - 0.5', 4.5],
    ['inputs.n / 2', 2],
    ['inputs.n / 2.0', 2.5],
    ['inputs.n % 2', 1],
    ['-inputs.n', -5],
    ['result.value == 1.0', true],
    ['result.value == 1', true],
    ['result.tiny < 0.05', true],
    ['result.tiny < 1', true],
    ['inputs.n > 2 * steps.before.outputs.ratio', true],
    ['inputs.n in [1.0, 5.0]', true],
    ['steps.before.outputs.list.map(x, x * 2)', [2, 5]],
    ['result.nodes == [inputs.name]', true],
    ['{"a": {"n": inputs.n}}', { a: { n: 5 } }],
    ['string(inputs.n) + "x"', '5x'],
    ['size(inputs.name)', 4],
  ])('%s', (source, expected) => {
    expect(value(source)).toEqual({ ok: true, value: expected });
  });

  test('of any two numbers', () => {
    const number = fc.oneof(
      fc.integer({ min: -1e6, max: 1e6 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((n) => !Object.is(n, -0)),
    );
    fc.assert(
      fc.property(number, number, (a, b) => {
        const given = { inputs: { a, b } };
        expect(pure.render(expression('inputs.a + inputs.b'), given)).toEqual({ ok: true, value: a + b });
        expect(pure.render(expression('inputs.a * inputs.b > inputs.a'), given)).toEqual({
          ok: true,
          value: a * b > a,
        });
      }),
    );
  });

  test.each(['inputs.big + 1', '1 / 0', '1.0 / 0.0', "inputs.n + 'x'", 'inputs.n < inputs.name'])(
    '%s is a problem, not a wrong number',
    (source) => {
      expect(value(source)).toMatchObject({ ok: false });
    },
  );
});

describe('filling in', () => {
  test('a whole value keeps its type; inside a text it becomes text', () => {
    const given = {
      count: expression('inputs.n'),
      text: `${expression('inputs.name')}-${expression('inputs.n')}`,
      kept: [true, null, 'x'],
    };
    expect(pure.render(given, scope)).toEqual({
      ok: true,
      value: { count: 5, text: 'shop-5', kept: [true, null, 'x'] },
    });
  });

  test('what an alert says is never looked at for expressions', () => {
    expect(value('alert.labels.instance')).toEqual({ ok: true, value: expression('1 + 1') });
    const hostile = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .map((text) => `${text}${expression('inputs.n')}`);
    fc.assert(
      fc.property(hostile, (label) => {
        const given = { ...scope, alert: { labels: { label } } };
        expect(pure.render(`<${expression('alert.labels.label')}>`, given)).toEqual({ ok: true, value: `<${label}>` });
      }),
    );
  });

  test('keys are not filled in', () => {
    const key = expression('inputs.n');
    expect(pure.render({ [key]: 1 }, scope)).toEqual({ ok: true, value: { [key]: 1 } });
  });

  test.each([
    ['a label that is not there', 'alert.labels.instanze', 'No such key: instanze'],
    ['an empty one', 'inputs.name == "shop" ? "" : "x"', 'is empty'],
    ['null', 'steps.before.outputs.none', 'is empty'],
    ['a root that is not there', 'incident.id', 'Unknown variable: incident'],
    ['a prototype', 'inputs.__proto__', 'No such key'],
    ['a constructor', 'inputs.name.constructor', 'No such key'],
    ['a time', 'duration("5m")', 'no plain data'],
    ['an optional', 'alert.labels.?nope', 'no plain data'],
    ['what does not parse', 'inputs.', 'Expected'],
    ['a match without a pattern', 'inputs.name.matches()', 'takes one pattern'],
    ['a pattern that is no RE2', 'inputs.name.matches("(?=x)")', '(?='],
    ['one that is put together', 'inputs.name.matches("(?" + "=x)")', '(?='],
    ['one by the older name', 're2match(inputs.name, "(?=x)")', '(?='],
    ['a pattern that is a number', 'inputs.name.matches(3)', "'string.matches(int)'"],
  ])('%s is a problem', (_, source, problem) => {
    const rendered = value(source);
    expect(rendered.ok ? rendered.value : rendered.problem).toContain(problem);
  });

  test('a list or an object does not go into a text', () => {
    expect(pure.render(`x ${expression('result.nodes')}`, scope)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('is a list'),
    });
  });

  test('an expression too large to be meant is refused', () => {
    expect(value(Array(600).fill('1').join('+'))).toMatchObject({ ok: false });
    expect(value(`${'('.repeat(300)}1${')'.repeat(300)}`)).toMatchObject({ ok: false });
  });

  test.each([
    'inputs.text.matches("^(a+)+$")',
    'matches(inputs.text, "^(a+)+$")',
    '[1].exists(x, inputs.text.matches("^(a+)+$"))',
    'cel.bind(t, inputs.text, t.matches("^(a+)+$"))',
    '(inputs.text + "") . matches ( ( "^(a+)+$" ) )',
    'inputs.text.matches(inputs.text.matches("^(a+)+$") ? "a" : "^(a+)+$")',
    're2match(inputs.text, "^(a+)+$")',
  ])('a regexp that explodes elsewhere does not here: %s', (source) => {
    const given = { inputs: { text: `${'a'.repeat(50_000)}!` } };
    expect(pure.render(expression(source), given)).toEqual({ ok: true, value: false });
  });

  test('a match is looked for anywhere in the text, and a text that speaks of one stays as it is', () => {
    expect(value('inputs.name.matches("ho")')).toEqual({ ok: true, value: true });
    expect(value('inputs.name.matches("^ho")')).toEqual({ ok: true, value: false });
    expect(value('"x.matches(y)" + string(inputs.name.matches("s"))')).toEqual({ ok: true, value: 'x.matches(y)true' });
  });

  test('a secret is a reference, and does not go into a text', () => {
    const given = { secrets: { token: { secret: 'env:TOKEN' } } };
    expect(pure.render(expression('secrets.token'), given)).toEqual({ ok: true, value: { secret: 'env:TOKEN' } });
    expect(pure.render(`Bearer ${expression('secrets.token')}`, given)).toMatchObject({ ok: false });
  });

  test('an item of a list is whatever it is', () => {
    expect(pure.render(expression('item'), { item: 'shop-1' })).toEqual({ ok: true, value: 'shop-1' });
    expect(pure.render(expression('item.port + 1'), { item: { port: 80 } })).toEqual({ ok: true, value: 81 });
    expect(pure.render(expression('item * 2'), { item: 1.5 })).toEqual({ ok: true, value: 3 });
  });

  test.each([
    [`a ${expression("'}}'")} b`, ["'}}'"]],
    [expression('{"a": {"b": 1}}'), ['{"a": {"b": 1}}']],
    [expression('"\\"}}"'), ['"\\"}}"']],
    [expression("r'\\'"), ["r'\\'"]],
    [expression('"""a"}}"""'), ['"""a"}}"""']],
    [`${expression('a')}${expression('b')}`, ['a', 'b']],
  ])('%s ends where it ends', (text, sources) => {
    expect(piecesOf(text).flatMap((piece) => (piece.kind === 'expression' ? [piece.source] : []))).toEqual(sources);
  });
});

describe('matchers', () => {
  const labels = { alertname: 'ShopErrors', env: 'prod', path: 'a "b" \\c' };
  test.each([
    ['alertname="ShopErrors"', true],
    ['alertname=ShopErrors', true],
    [' alertname = "ShopErrors" ', true],
    ['alertname!="ShopErrors"', false],
    ['env=~"prod|staging"', true],
    ['env=~"pro"', false],
    ['env=~"prod|x"', true],
    ['env!~"stag.*"', true],
    ['path="a \\"b\\" \\\\c"', true],
    ['nothing=""', true],
    ['nothing!=""', false],
    ['nothing=~".*"', true],
    ['nothing=~".+"', false],
    ['constructor=""', true],
  ])('%s', (matcher, expected) => {
    expect(pure.matches([matcher], labels)).toBe(expected);
  });

  test('all of them must hold, the whole value is meant', () => {
    expect(pure.matches(['alertname="ShopErrors"', 'env="staging"'], labels)).toBe(false);
    expect(pure.matches(['env=~"prod|dev"'], { env: 'prod-evil' })).toBe(false);
    expect(pure.matches(['env=~"prod|dev"'], { env: 'dev-prod' })).toBe(false);
  });

  test('a pattern that explodes elsewhere does not here', () => {
    expect(pure.matches(['env=~"(a+)+"'], { env: `${'a'.repeat(50_000)}!` })).toBe(false);
  });

  test.each([
    '',
    'a',
    'a=="b"',
    '{a="b"}',
    'a="b",c="d"',
    'a="b',
    'a=~"("',
    'a=~"(?=x)"',
    'a=~"\\\\1"',
    'a=~"a)|(b"',
    '1a="b"',
  ])('%j is no matcher', (text) => {
    expect(() => parseMatcher(text)).toThrow(BadMatcher);
  });
});

describe('inputs', () => {
  const spec = (more: Partial<InputSpec>): InputSpec => ({
    type: 'string',
    optional: false,
    secret: false,
    description: '',
    ...more,
  });
  const check = (more: Partial<InputSpec>, given?: unknown) =>
    pure.checkInputs({ x: spec(more) }, given === undefined ? {} : { x: given as never });

  const cart = { cluster: 'prod-eu', namespace: 'checkout', kind: 'Deployment', name: 'cart' };

  test.each([
    [{ type: 'string' }, 'a', 'a'],
    [{ type: 'string' }, 5, '5'],
    [{ type: 'integer' }, '12', 12],
    [{ type: 'integer' }, -3, -3],
    [{ type: 'number' }, '1.5', 1.5],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'boolean' }, false, false],
    [{ type: 'duration' }, '1h30m', '1h30m'],
    [{ type: 'list' }, ['a', 1], ['a', 1]],
    [{ type: 'list' }, 'a, b', ['a', 'b']],
    [{ type: 'list' }, '[1, {"a": 2}]', [1, { a: 2 }]],
    [{ type: 'list', enum: ['a', 'b'], minLength: 1 }, 'b', ['b']],
    [{ type: 'duration', minimum: 30_000, maximum: 60_000 }, '45s', '45s'],
    [{ type: 'workload' }, cart, cart],
    [{ type: 'workload' }, 'prod-eu/checkout/Deployment/cart', cart],
    [{ type: 'workload', kind: 'Deployment' }, 'prod-eu/checkout/cart', cart],
    [{ type: 'workload', kind: 'Deployment' }, { cluster: 'prod-eu', namespace: 'checkout', name: 'cart' }, cart],
    [{ type: 'host' }, 'shop-1', 'shop-1'],
    [{ type: 'host' }, 'shop-1:9100', 'shop-1'],
    [{ type: 'url' }, 'https://example.com/a', 'https://example.com/a'],
    [{ type: 'json' }, { a: [1] }, { a: [1] }],
    [{ type: 'json' }, '{"a": [1]}', { a: [1] }],
    [{ type: 'json' }, '7', 7],
    [{ type: 'json' }, 'no JSON {', 'no JSON {'],
    [{ type: 'json' }, '"7"', '7'],
    [{ type: 'string', pattern: 'a+' }, 'aaa', 'aaa'],
    [{ type: 'integer', default: 3 }, undefined, 3],
    [{ type: 'integer', default: 3 }, '', 3],
    [{ secret: true }, 'env:TOKEN', { secret: 'env:TOKEN' }],
    [{ secret: true }, { secret: 'env:TOKEN' }, { secret: 'env:TOKEN' }],
    [{ secret: true, default: 'file:token', enum: ['file:token'] }, undefined, { secret: 'file:token' }],
    [{ type: 'list', default: 'a, b' }, undefined, ['a', 'b']],
    [{ type: 'host', default: 'shop-1:9100' }, undefined, 'shop-1'],
  ] as const)('%j takes %j', (more, given, expected) => {
    expect(check(more, given)).toEqual({ ok: true, inputs: { x: expected } });
  });

  test.each([
    [{ type: 'string' }, undefined, '`x` is missing.'],
    [{ type: 'string' }, '', '`x` is missing.'],
    [{ type: 'host', default: 'shop-9' }, undefined, 'must be a host of the inventory'],
    [{ type: 'host', from: 'alert.labels.instance' }, undefined, '`x` is missing: `alert.labels.instance` is empty.'],
    [{ type: 'string' }, ['a'], 'must be text'],
    [{ type: 'integer' }, '1.5', 'must be a whole number, not "1.5"'],
    [{ type: 'integer' }, '1e3', 'must be a whole number'],
    [{ type: 'integer' }, 'x', 'must be a whole number'],
    [{ type: 'boolean' }, 'yes', 'must be `true` or `false`'],
    [{ type: 'duration' }, '10', 'must be a time'],
    [{ type: 'host' }, 'shop-9', 'must be a host of the inventory (shop-1, shop-2, ::1:80), not "shop-9"'],
    [{ type: 'host' }, 'shop-1; id', 'must be a host of the inventory'],
    [{ type: 'host' }, 'shop-1:9100:1', 'must be a host of the inventory'],
    [{ type: 'url' }, 'javascript:alert(1)', 'must be an http(s) URL'],
    [{ type: 'json' }, '{"x": 1', 'must be JSON, not '],
    [{ enum: ['a', 'b'] }, 'c', 'must be one of "a", "b", not "c"'],
    [{ pattern: 'prod|dev' }, 'prod-evil', 'does not match'],
    [{ pattern: '[a-z]+' }, 'a\nb', 'does not match'],
    [{ type: 'integer', minimum: 1, maximum: 9 }, 0, 'must be at least 1'],
    [{ type: 'integer', minimum: 1, maximum: 9 }, 10, 'must be at most 9'],
    [{ minLength: 3 }, 'ab', 'must have at least 3 letters'],
    [{ type: 'list', maxLength: 1 }, 'a,b', 'must have at most 1 entries'],
    [{ type: 'list', enum: ['a', 'b'] }, 'a,c', 'has an entry, number 2, that must be one of "a", "b", not "c"'],
    [{ type: 'list', pattern: '[a-z]+' }, ['a', 5], 'has an entry, number 2, that does not match'],
    [{ type: 'list' }, '[1', 'must be a list'],
    [{ type: 'duration', minimum: 30_000 }, '29s', 'must be at least 30s, not 29s'],
    [{ type: 'duration', maximum: 5_400_000 }, '2h', 'must be at most 90m, not 2h'],
    [{ type: 'workload' }, 'prod-eu/checkout/cart', 'must be a workload, `cluster/namespace/kind/name`'],
    [{ type: 'workload' }, { ...cart, name: '' }, 'lacks its name'],
    [{ type: 'workload' }, { ...cart, name: 'cart; id' }, 'has a name that is not'],
    [{ type: 'workload' }, { ...cart, namespace: 'a.b' }, 'has a namespace that is not'],
    [{ type: 'workload' }, { ...cart, cluster: '-x' }, 'has a cluster that is not'],
    [{ type: 'workload' }, { ...cart, kind: 'deploy ment' }, 'has a kind that is not'],
    [{ type: 'workload' }, { ...cart, uid: '1' }, 'has `uid`, which is no part of a workload'],
    [{ type: 'workload', kind: 'StatefulSet' }, cart, 'must be a StatefulSet, not a "Deployment".'],
    [
      { secret: true },
      'S3CRET',
      '`x` must be a reference to a secret, `env:NAME` or `file:name`, and never the secret itself.',
    ],
    [{ secret: true }, { secret: 'S3CRET' }, 'must be a reference'],
    [{ secret: true, enum: ['env:A'] }, 'env:B', 'must be one of env:A.'],
    [{ maxLength: 3 }, 'abcd', 'must have at most 3'],
  ] as const)('%j refuses %j', (more, given, problem) => {
    const checked = check(more, given);
    expect(checked.ok ? checked.inputs : checked.problems.join()).toContain(problem);
  });

  test('an optional one may be left out, an unknown one may not be given, and all problems are told', () => {
    expect(check({ optional: true })).toEqual({ ok: true, inputs: {} });
    const checked = pure.checkInputs({ a: spec({}), b: spec({ type: 'integer' }) }, { b: 'x', c: 1 });
    expect(checked).toMatchObject({
      ok: false,
      problems: [
        expect.stringContaining('`c` is not an input'),
        expect.stringContaining('`a`'),
        expect.stringContaining('`b`'),
      ],
    });
  });
});

test('a digest does not depend on the order of keys', () => {
  expect(pure.digest({ a: 1, b: [2] })).toBe(pure.digest({ b: [2], a: 1 }));
  expect(pure.digest({ a: 1 })).not.toBe(pure.digest({ a: '1' }));
});
