/** A real Prometheus is asked, and values stay values. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { httpClient } from '../../src/clients/http.ts';
import { bindVars, prometheusClient } from '../../src/clients/prometheus.ts';
import type { Prometheus } from '../../src/demo/prometheus.ts';
import { freePort, startPrometheus } from '../support/servers.ts';

const rule = {
  alert: 'ShopErrors',
  expr: 'vector(1) > 0.5',
  for: '1m30s',
  labels: { severity: 'critical' },
  annotations: { summary: 'too many' },
};

let server: Prometheus;
beforeAll(async () => {
  const files = { 'rules.yml': { groups: [{ name: 'shop', rules: [rule] }] } };
  server = await startPrometheus({ config: { rule_files: ['rules.yml'] }, files });
});
afterAll(() => server.stop());

const client = () => prometheusClient({ url: server.url, timeoutMs: 5_000 });

test('an instant query gives samples, not-a-number and infinity included', async () => {
  const query =
    'label_replace(vector(0/0), "n", "nan", "", "") or label_replace(vector(1/0), "n", "inf", "", "") or vector(-1/0)';
  const samples = await client().query(query);
  const values = Object.fromEntries(samples.map(({ labels, value }) => [labels.n ?? '', value]));
  expect(values).toEqual({ nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '': Number.NEGATIVE_INFINITY });
});

test('a scalar is one sample without labels', async () => {
  expect(await client().query('1.5')).toEqual([{ labels: {}, value: 1.5 }]);
});

test('a question about the past is answered for then', async () => {
  expect(await client().query('time()', { time: 1_700_000_000_000 })).toEqual([{ labels: {}, value: 1_700_000_000 }]);
});

test('a range query gives points in milliseconds', async () => {
  const series = await client().queryRange('vector(2)', { start: 60_000, end: 120_000, stepMs: 30_000 });
  const points = [60_000, 90_000, 120_000].map((at) => ({ at, value: 2 }));
  expect(series).toEqual([{ labels: {}, points }]);
});

test('the alerting rules come with their query, time, labels and annotations', async () => {
  expect(await client().rules()).toEqual([
    {
      name: 'ShopErrors',
      group: 'shop',
      query: 'vector(1) > 0.5',
      durationMs: 90_000,
      labels: { severity: 'critical' },
      annotations: { summary: 'too many' },
    },
  ]);
});

test('a query that Prometheus refuses is refused in its words', async () => {
  await expect(client().query('sum(')).rejects.toThrow(/answered 400: .*parse error/);
});

test('a range where one value is wanted is said so', async () => {
  await expect(client().query('up[5m]')).rejects.toThrow('gives a matrix');
});

test('nobody answering is said with the host and no more', async () => {
  const port = await freePort();
  const failing = prometheusClient({
    url: `http://127.0.0.1:${port}`,
    timeoutMs: 2_000,
    headers: { authorization: 'Bearer s3cret' },
  });
  const failure = await failing.query('up{password="hidden"}').catch((error: Error) => error);
  expect(failure).toHaveProperty('message', `POST 127.0.0.1:${port}/api/v1/query: nobody listens there (ECONNREFUSED)`);
  expect(JSON.stringify({ ...(failure as Error), stack: (failure as Error).stack })).not.toMatch(/s3cret|hidden/);
});

describe('an HTTP client', () => {
  async function serverThat(answer: Parameters<typeof createServer>[1]): Promise<string> {
    const http = createServer(answer as never);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      http.closeAllConnections();
      http.close();
    });
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  }
  const answering = (write: (response: import('node:http').ServerResponse) => void) =>
    serverThat((_request: unknown, response: import('node:http').ServerResponse) => write(response));

  test('does not follow a redirect', async () => {
    const baseURL = await answering((response) => response.writeHead(302, { location: server.url }).end());
    await expect(httpClient({ baseURL, timeoutMs: 2_000 }).json({ method: 'GET', path: '/' })).rejects.toThrow(
      'answered 302',
    );
  });

  test('keeps to its base, whatever the path says', async () => {
    const baseURL = await answering((response) => response.end('{"here": true}'));
    const body = await httpClient({ baseURL, timeoutMs: 2_000 }).json({ method: 'GET', path: `${server.url}/metrics` });
    expect(body).toEqual({ here: true });
  });

  test('does not wait longer than it was told', async () => {
    const baseURL = await answering(() => {});
    await expect(httpClient({ baseURL, timeoutMs: 100 }).json({ method: 'GET', path: '/x' })).rejects.toThrow(
      'no answer within 100 ms',
    );
  });

  test('does not take in more than it was told', async () => {
    const baseURL = await answering((response) => response.end(`"${'x'.repeat(5_000)}"`));
    const failure = httpClient({ baseURL, timeoutMs: 2_000, maxResponseBytes: 1_000 }).json({
      method: 'GET',
      path: '/',
    });
    await expect(failure).rejects.toThrow('too large');
  });

  test('shows a bounded piece of what it does not understand', async () => {
    const baseURL = await answering((response) => response.end(`<html>${'x'.repeat(5_000)}`));
    const failure = await httpClient({ baseURL, timeoutMs: 2_000 })
      .json({ method: 'GET', path: '/' })
      .catch((error: Error) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('not JSON'), status: 200 });
    expect(failure).toHaveProperty('excerpt.length', 300);
  });

  test('stops when it is told to', async () => {
    const stop = new AbortController();
    const baseURL = await answering(() => stop.abort());
    await expect(
      httpClient({ baseURL, timeoutMs: 5_000 }).json({ method: 'GET', path: '/', signal: stop.signal }),
    ).rejects.toThrow('cancelled');
  });
});

describe('bound variables', () => {
  test.each([
    ['up{job=$j}', { j: 'shop' }, 'up{job="shop"}'],
    [
      'up{job=$j} == 0 and on() x{a != $j, b="$j"}',
      { j: 'a"b' },
      'up{job="a\\"b"} == 0 and on() x{a != "a\\"b", b="$j"}',
    ],
    ['up{job=~$j}', { j: 'a.b|c' }, 'up{job=~"a\\\\.b\\\\|c"}'],
    ['up{job=$j} # $k', { j: 'x' }, 'up{job="x"} # $k'],
    ['up{code=~"5..$"}', {}, 'up{code=~"5..$"}'],
  ] as const)('%s', (query, vars, bound) => {
    expect(bindVars(query, vars)).toBe(bound);
  });

  test.each([
    ['up{job="$j"}', { j: 'x' }, /not used/],
    ['up{job=$j}', {}, /has no value/],
    ['$metric{job="x"}', { metric: 'up' }, /only stand as the value/],
    ['rate(up[$w])', { w: '5m' }, /only stand as the value/],
    ['up == $v', { v: '1' }, /only stand as the value/],
    ['up{$l="x"}', { l: 'job' }, /only stand as the value/],
    ['up{job="{"} == $v', { v: '1' }, /only stand as the value/],
  ] as const)('%s is refused', (query, vars, message) => {
    expect(() => bindVars(query, vars)).toThrow(message);
  });

  test('a hostile value finds only the series that carries it, in a real Prometheus', async () => {
    const value = fc.oneof(
      fc.constantFrom('x"} or vector(1) #', '\\', '\\"', '"', "'", '`', '\n', '$j', '.*', '^$', '{{x}}', '\u2028', '}'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => text.toWellFormed()),
    );
    await fc.assert(
      fc.asyncProperty(value, async (hostile) => {
        // Nothing carries it: only a value that broke out could find anything.
        for (const operator of ['=', '=~'])
          expect(
            await client().query(bindVars(`ALERTS{alertname${operator}$v, nothing="here"}`, { v: hostile })),
          ).toEqual([]);
        const kept = await client().query(
          `label_replace(vector(1), "v", ${bindVars('{v=$v}', { v: hostile.replaceAll('$', () => '$$') }).slice(3, -1)}, "", "")`,
        );
        expect(kept).toEqual([{ labels: { v: hostile }, value: 1 }]);
      }),
      { numRuns: 60 },
    );
  });
});
