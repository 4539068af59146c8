/** Alertmanager's webhooks: the recorded ones, and everything that only looks like one. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadWebhook } from '../../src/domain/failures.ts';
import { alertSources, equalSecrets } from '../../src/sources/index.ts';

const source = alertSources.alertmanager('am');
const folder = new URL('../fixtures/alertmanager/', import.meta.url);
const bodies = readdirSync(folder).filter((name) => !name.endsWith('.headers.json'));
const recorded = (name: string) => readFileSync(new URL(name, folder));
const firing = JSON.parse(recorded('v0.33-firing.json').toString());
const parse = (body: unknown) => source.parse(Buffer.from(JSON.stringify(body)))[0];
const withAlert = (change: object) => ({ ...firing, alerts: [{ ...firing.alerts[0], ...change }] });

function refusal(body: unknown): { path: string; message: string } {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof BadWebhook) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('ten thousand alerts in pieces are the same as in one go, with rests in between', () => {
  const [alert] = firing.alerts;
  const alerts = Array.from({ length: 10_000 }, (_, at) => ({ ...alert, fingerprint: `f${at}` }));
  const body = Buffer.from(JSON.stringify({ ...firing, alerts }));
  const pieces = source.parseInPieces?.(body);
  let rests = 0;
  let piece = pieces?.next();
  for (; piece && !piece.done; piece = pieces?.next()) rests += 1;
  expect(piece?.value).toEqual(source.parse(body));
  expect(rests).toBeGreaterThan(10);
});

describe('what Alertmanager really sent', () => {
  test.each(bodies)('%s becomes one alert group', (name) => {
    const sent = JSON.parse(recorded(name).toString());
    const [group] = source.parse(recorded(name));
    expect(group).toMatchObject({
      source: 'am',
      groupKey: sent.groupKey,
      groupLabels: sent.groupLabels,
      externalURL: sent.externalURL,
    });
    expect(group?.truncatedAlerts).toBe(sent.truncatedAlerts);
    expect(group?.alerts.map(({ fingerprint }) => fingerprint)).toEqual(
      sent.alerts.map((a: { fingerprint: string }) => a.fingerprint),
    );
    for (const [i, alert] of (group?.alerts ?? []).entries()) {
      expect(alert).toMatchObject({
        status: sent.alerts[i].status,
        labels: sent.alerts[i].labels,
        annotations: sent.alerts[i].annotations,
      });
      expect(alert.startsAt).toBe(Date.parse(sent.alerts[i].startsAt));
      expect(alert.endsAt).toBe(alert.status === 'firing' ? 0 : Date.parse(sent.alerts[i].endsAt));
    }
  });

  test('a truncated group says how many alerts are missing', () => {
    expect(source.parse(recorded('v0.25-firing-truncated-2of5.json'))[0]).toMatchObject({
      truncatedAlerts: 3,
      alerts: { length: 2 },
    });
  });

  test.each(['v0.25', 'v0.33'])('the headers of %s prove who sends', (version) => {
    const { headers } = JSON.parse(recorded(`${version}-webhook.headers.json`).toString());
    const request = { headers, body: Buffer.alloc(0) };
    expect(source.verify(request, { bearer: 's3cret' })).toBe('accepted');
    expect(source.verify(request, { bearer: 's3cret2' })).toBe('refused');
  });
});

describe('who sends', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each`
    header                | secret                               | answer
    ${'Bearer abc'}       | ${{ bearer: 'abc' }}                 | ${'accepted'}
    ${'bearer abc'}       | ${{ bearer: 'abc' }}                 | ${'accepted'}
    ${'Bearer abcd'}      | ${{ bearer: 'abc' }}                 | ${'refused'}
    ${'Bearer'}           | ${{ bearer: 'abc' }}                 | ${'refused'}
    ${''}                 | ${{ bearer: '' }}                    | ${'refused'}
    ${undefined}          | ${{ bearer: 'abc' }}                 | ${'refused'}
    ${basic('me:pa:ss')}  | ${{ user: 'me', password: 'pa:ss' }} | ${'accepted'}
    ${basic('me:pa')}     | ${{ user: 'me', password: 'pa:ss' }} | ${'refused'}
    ${basic('me2:pa:ss')} | ${{ user: 'me', password: 'pa:ss' }} | ${'refused'}
    ${'Bearer me:pa:ss'}  | ${{ user: 'me', password: 'pa:ss' }} | ${'refused'}
    ${basic('abc')}       | ${{ bearer: 'abc' }}                 | ${'refused'}
  `('$header for $secret is $answer', ({ header, secret, answer }) => {
    expect(source.verify({ headers: { authorization: header }, body: Buffer.alloc(0) }, secret)).toBe(answer);
  });

  test('secrets of other lengths are compared, not thrown at', () => {
    expect([equalSecrets('a', 'aa'), equalSecrets('', 'a'), equalSecrets('ä', 'ä')]).toEqual([false, false, true]);
  });
});

describe('what is refused says where', () => {
  test.each`
    body                                               | path
    ${[]}                                              | ${''}
    ${{}}                                              | ${'version'}
    ${{ ...firing, version: '5' }}                     | ${'version'}
    ${{ ...firing, groupKey: undefined }}              | ${'groupKey'}
    ${{ ...firing, alerts: {} }}                       | ${'alerts'}
    ${{ ...firing, alerts: [null] }}                   | ${'alerts[0]'}
    ${{ ...firing, truncatedAlerts: -1 }}              | ${'truncatedAlerts'}
    ${{ ...firing, groupLabels: { a: 1 } }}            | ${'groupLabels.a'}
    ${withAlert({ fingerprint: undefined })}           | ${'alerts[0].fingerprint'}
    ${withAlert({ fingerprint: 'a b' })}               | ${'alerts[0].fingerprint'}
    ${withAlert({ status: 'pending' })}                | ${'alerts[0].status'}
    ${withAlert({ labels: { severity: ['x'] } })}      | ${'alerts[0].labels.severity'}
    ${withAlert({ labels: undefined })}                | ${'alerts[0].labels'}
    ${withAlert({ startsAt: 'yesterday' })}            | ${'alerts[0].startsAt'}
    ${withAlert({ status: 'resolved', endsAt: null })} | ${'alerts[0].endsAt'}
  `('at "$path"', ({ body, path }) => expect(refusal(body).path).toBe(path));

  test('a body that is no JSON', () => {
    expect(() => source.parse(Buffer.from('{"version": "4",'))).toThrow(/^\(body\): is not JSON/);
  });
});

describe('what is unusual is taken', () => {
  test('fields that nobody knows yet', () => {
    expect(parse({ ...withAlert({ novel: [1] }), routeLabels: { a: 'b' } })?.alerts).toHaveLength(1);
  });

  test('text that is too long is cut, never within a character', () => {
    const [alert] = parse(withAlert({ annotations: { long: `${'x'.repeat(7_999)}😀 and more` } }))?.alerts ?? [];
    expect(alert?.annotations.long).toBe('x'.repeat(7_999));
  });

  test('of too many labels the first 64', () => {
    const labels = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`l${i}`, 'x']));
    expect(Object.keys(parse(withAlert({ labels }))?.alerts[0]?.labels ?? {})).toHaveLength(64);
  });

  test('very long group keys stay apart', () => {
    const key = (end: string) => parse({ ...firing, groupKey: 'k'.repeat(9_000) + end })?.groupKey;
    expect(key('a')).not.toBe(key('b'));
    expect(key('a')?.length).toBeLessThan(1_200);
  });

  test('deep nesting, where nobody looks', () => {
    const body = JSON.stringify(firing).replace('{', `{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)},`);
    expect(source.parse(Buffer.from(body))[0]?.alerts).toHaveLength(1);
  });

  test('labels named like parts of an object are labels, and `__proto__` is none', () => {
    const text = JSON.stringify(firing).replace(
      '"labels":{',
      '"labels":{"__proto__":"bad","constructor":"c","toString":"t",',
    );
    const labels = source.parse(Buffer.from(text))[0]?.alerts[0]?.labels;
    expect(Object.keys(labels ?? {})).toEqual(expect.arrayContaining(['constructor', 'toString', 'alertname']));
    expect(Object.keys(labels ?? {})).not.toContain('__proto__');
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });
});

describe('whatever is sent', () => {
  const keys = fc.constantFrom(
    '__proto__',
    'constructor',
    'version',
    'alerts',
    'labels',
    'status',
    'groupKey',
    'fingerprint',
    'x',
  );
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant('4'),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(keys, tie('json')),
    ),
  }));

  const survives = (body: Buffer) => {
    try {
      expect(source.parse(body)).toHaveLength(1);
    } catch (error) {
      expect(error).toBeInstanceOf(BadWebhook);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  };

  test('any bytes are a group or a BadWebhook', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => survives(Buffer.from(bytes))));
  });

  test('any JSON is a group or a BadWebhook, and no prototype changes', () => {
    fc.assert(
      fc.property(json, (value) => survives(Buffer.from(JSON.stringify(value)))),
      { numRuns: 500 },
    );
  });

  test('a recorded body with any one part replaced is a group or a BadWebhook', () => {
    const place = fc.constantFrom('version', 'groupKey', 'alerts', 'truncatedAlerts', 'groupLabels', 'externalURL');
    const inner = fc.constantFrom(
      'status',
      'labels',
      'annotations',
      'startsAt',
      'endsAt',
      'generatorURL',
      'fingerprint',
    );
    fc.assert(
      fc.property(place, inner, json, (key, innerKey, value) => {
        survives(Buffer.from(JSON.stringify({ ...firing, [key]: value })));
        survives(Buffer.from(JSON.stringify(withAlert({ [innerKey]: value }))));
      }),
      { numRuns: 500 },
    );
  });
});
