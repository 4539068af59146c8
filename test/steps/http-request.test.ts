/** `http.request` to a real server: what is sent, what becomes of each answer, and that values stay values. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { webClient } from '../../src/clients/web.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { StepContext } from '../../src/engine/ports.ts';
import { httpRequest } from '../../src/steps/http-request.ts';
import { contextOf } from './contexts.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const seen: Seen[] = [];
let answers: (response: ServerResponse) => void = (response) => response.end('{"ok":true}');

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
  answers(response);
});
let base = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen.length = 0;
  answers = (response) => response.end('{"ok":true}');
});

const action = () => httpRequest(webClient({ allow: [new URL(base).host] }));
const run = (args: JsonObject, context: Partial<StepContext> = {}) => action().execute(args, contextOf(context));
const secret = (values: Record<string, string>) => async (reference: unknown) => {
  const value = values[(reference as { secret: string }).secret];
  if (value === undefined) throw new Error('`env:X` has no value');
  return value;
};

test('a GET gives status, JSON and body, carries no key of idempotency, and is a read', async () => {
  expect(await run({ url: `${base}/v1/hosts/{host}?q={q}`, vars: { host: 'shop-1', q: 'a b' } })).toEqual({
    kind: 'succeeded',
    outputs: { status: 200, json: { ok: true }, body: '{"ok":true}', truncated: false },
    note: 'answered 200',
  });
  expect(seen).toMatchObject([{ method: 'GET', url: '/v1/hosts/shop-1?q=a%20b' }]);
  expect(seen[0]?.headers).not.toHaveProperty('idempotency-key');
  expect(action().effectsOf?.({ url: base })).toEqual(['read']);
  expect(action().effectsOf?.({ url: base, method: 'POST' })).toEqual(['once', 'idempotent']);
});

test('a POST sends JSON and the attempt as its key, the same when it is repeated', async () => {
  const args = { method: 'POST', url: `${base}/v1/failover`, json: { to: 'eu-2' } };
  await run(args);
  await run(args, { repeated: true });
  expect(seen).toMatchObject(
    [1, 2].map(() => ({
      body: '{"to":"eu-2"}',
      headers: { 'idempotency-key': 'run-1.restart.1', 'content-type': 'application/json' },
    })),
  );
});

test('secrets are sent and stand nowhere else', async () => {
  const args = {
    url: `${base}/`,
    bearer: { secret: 'env:TOKEN' },
    secret_headers: { 'X-Api-Key': { secret: 'env:KEY' } },
  };
  const outcome = await run(args, { secret: secret({ 'env:TOKEN': 't0ken', 'env:KEY': 'k3y' }) });
  expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer t0ken', 'x-api-key': 'k3y' });
  expect(JSON.stringify([outcome, action().describe(args)])).not.toMatch(/t0ken|k3y/);
});

test('a secret that cannot be had, or is no header, is a failure before anything is sent', async () => {
  const args = { method: 'POST', url: `${base}/`, bearer: { secret: 'env:X' } };
  expect(await run(args, { secret: secret({}) })).toMatchObject({ when: 'before_dispatch', class: 'refused' });
  const split = await run(args, { secret: secret({ 'env:X': 'a\r\nX-Admin: 1' }) });
  expect(split).toMatchObject({ kind: 'failed', when: 'before_dispatch' });
  expect(JSON.stringify(split)).not.toContain('X-Admin');
  expect(seen).toEqual([]);
});

test.each([
  [429, 'rate_limited'],
  [503, 'unavailable'],
  [409, 'conflict'],
  [403, 'refused'],
  [404, 'bad_answer'],
  [302, 'bad_answer'],
])('%d fails as %s: a read before, a change after dispatch', async (status, failure) => {
  answers = (response) => response.writeHead(status, { location: 'http://169.254.169.254/' }).end('why not');
  expect(await run({ url: `${base}/x` })).toMatchObject({ kind: 'failed', when: 'before_dispatch', class: failure });
  expect(await run({ url: `${base}/x`, method: 'DELETE' })).toMatchObject({
    ...{ kind: 'failed', when: 'after_dispatch', class: failure },
    message: expect.stringMatching(new RegExp(`DELETE .*/x answered ${status}.*why not`)),
  });
  expect(await run({ url: `${base}/x`, expect_status: [status] })).toMatchObject({
    kind: 'succeeded',
    outputs: { status },
  });
});

test('an answer that is lost after a change was sent is unknown; of a read it is a failure that may be tried again', async () => {
  answers = (response) => response.socket?.resetAndDestroy();
  expect(await run({ url: `${base}/x`, method: 'POST', json: {} })).toMatchObject({
    kind: 'unknown',
    message: expect.stringContaining('may have done it, or not'),
  });
  expect(await run({ url: `${base}/x` })).toMatchObject({
    kind: 'failed',
    when: 'before_dispatch',
    class: 'unavailable',
  });
  answers = () => undefined;
  expect(await run({ url: `${base}/x`, method: 'PUT', timeout: '1s' })).toMatchObject({ kind: 'unknown' });
});

test('no large JSON comes into the run, and of a refusal only the beginning, without half a word', async () => {
  answers = (response) => response.end(JSON.stringify({ all: 'x'.repeat(100_000) }));
  expect(await run({ url: `${base}/` })).toMatchObject({ outputs: { json: null, truncated: false } });
  answers = (response) => response.writeHead(500).end(`${'no '.repeat(98)}canary-secret-that-would-be-cut`);
  const outcome = await run({ url: `${base}/` });
  expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringMatching(/no no$/) });
});

test('a hostile value stays one piece of the path and one value of the query', async () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '../admin',
      'a/b',
      '?x=1',
      '#',
      '&a=b',
      '%2e%2e',
      '\r\nHost: x',
      'é',
      '@evil',
      '\\',
      ';',
      '//',
      '\u2028',
      '\u0000',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => text.toWellFormed()),
  );
  await fc.assert(
    fc.asyncProperty(hostile, async (value) => {
      fc.pre(value !== '.' && value !== '..');
      seen.length = 0;
      await run({ url: `${base}/hosts/{v}/restart?by={v}`, vars: { v: value } });
      const url = new URL(seen[0]?.url ?? '', 'http://x');
      expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'hosts', value, 'restart']);
      expect([...url.searchParams]).toEqual([['by', decodeURIComponent(encodeURIComponent(value))]]);
    }),
    { numRuns: 100 },
  );
});

test.each(['', '.', '..'])('a piece of the path that is %j is refused before anything is sent', async (v) => {
  expect(await run({ url: `${base}/hosts/{v}/restart`, vars: { v }, method: 'POST' })).toMatchObject({
    when: 'before_dispatch',
  });
  expect(seen).toEqual([]);
});

const expression = (source: string): string => `$${`{{ ${source} }}`}`;

test.each([
  [{ url: 'http://evil.test/' }, ['url']],
  [{ url: 'http://{host}/x', vars: { host: 'a' } }, ['url']],
  [{ url: 'http://127.0.0.1{x}/', vars: { x: 'a' } }, ['url']],
  [{ url: 'ftp://127.0.0.1/' }, ['url']],
  [{ url: 'BASE/{x}' }, ['url']],
  [{ url: 'BASE/x', vars: { unused: 1 } }, ['url']],
  [{ url: 'BASE/x#y' }, ['url']],
  [{ url: 'BASE/../x' }, ['url']],
  [{ url: 'BASE/%2e%2e/x' }, ['url']],
  [{ url: 'BASE/', json: {} }, ['json']],
  [{ url: 'BASE/', method: 'POST', json: {}, body: 'x' }, ['body']],
  [{ url: 'BASE/', headers: { Authorization: 'Bearer x' } }, ['headers', 'Authorization']],
  [{ url: 'BASE/', headers: { Host: 'x' } }, ['headers', 'Host']],
  [{ url: 'BASE/', headers: { 'a b': 'x' } }, ['headers', 'a b']],
  [{ url: 'BASE/', headers: { a: 'x\r\ny' } }, ['headers', 'a']],
  [{ url: 'BASE/', bearer: 'in the clear' }, ['bearer']],
  [{ url: 'BASE/', secret_headers: { x: 'in the clear' } }, ['secret_headers', 'x']],
  [{ url: 'BASE/', method: 'TRACE' }, ['method']],
] as const)('%j is refused', (args, path) => {
  const given = { ...args, url: args.url.replace('BASE', base) };
  expect(
    action()
      .check(given, false)
      .map((issue) => issue.path),
  ).toContainEqual(path);
});

test('as written, values may be expressions and secrets references; the address and the method may not', () => {
  const args = {
    ...{ method: 'POST', url: `${base}/{host}`, vars: { host: expression('inputs.host') } },
    ...{ bearer: expression('secrets.token'), secret_headers: { 'x-key': expression('secrets.key') } },
    json: { reason: expression('alert.labels.alertname') },
  };
  expect(action().check(args, true)).toEqual([]);
  expect(action().codeFields).toEqual(['method', 'url']);
  expect(action().secretFields).toEqual(['bearer', 'secret_headers']);
});

test('a change takes its address as a lock, and says whom it touches; a read takes none', () => {
  const args = { method: 'POST', url: `${base}/v1/hosts/{h}?a={h}`, vars: { h: 'shop-1' } };
  expect(action().lockOf(args)).toBe(`http/${new URL(base).host}/v1/hosts/shop-1`);
  expect(action().lockOf({ url: base })).toBeUndefined();
  expect(action().targetOf(args)).toEqual({ http_host: new URL(base).host, method: 'POST' });
  expect(action().describe(args)).toBe(`POST ${base}/v1/hosts/shop-1?a=shop-1`);
});
