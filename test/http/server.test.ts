/** The HTTP server over real sockets: what senders are answered, whatever they or the store do. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import type { HttpOptions, Webhook } from '../../src/http/door.ts';
import { createHttp, type Http } from '../../src/http/server.ts';
import { alertSources } from '../../src/sources/index.ts';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';

const body = readFileSync(new URL('../fixtures/alertmanager/v0.33-firing.json', import.meta.url));
const authorization = 'Bearer the-right-secret';

let http: Http | undefined;
afterEach(async () => {
  await http?.close(100);
  http = undefined;
});

async function start(options: Partial<HttpOptions> = {}) {
  const delivered: Webhook[] = [];
  const logged: string[] = [];
  const telemetry = createTelemetry({
    level: 'info',
    secrets: [],
    destination: { write: (line) => void logged.push(line) },
  });
  http = createHttp({
    sources: {
      alertmanager: { source: alertSources.alertmanager('alertmanager'), secret: { bearer: 'the-right-secret' } },
    },
    deliver: async (webhook) => void delivered.push(webhook),
    checks: {},
    exposition: telemetry.exposition,
    telemetry,
    ...options,
  });
  const url = await http.listen(0, '127.0.0.1');
  const post = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { method: 'POST', body, headers: { authorization }, ...init });
  return { url, post, delivered, logged, exposition: telemetry.exposition };
}

/** Sends raw bytes and gives all that comes back. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

describe('a webhook', () => {
  test('is acknowledged after it was delivered, with its bytes and its groups', async () => {
    const { post, delivered, exposition } = await start();
    const answer = await post('/webhooks/alertmanager');
    expect([answer.status, await answer.json()]).toEqual([202, { accepted: 1 }]);
    expect(delivered).toMatchObject([
      { source: 'alertmanager', groups: [{ source: 'alertmanager', alerts: [{ status: 'firing' }] }] },
    ]);
    expect(delivered[0]?.body.equals(body)).toBe(true);
    expect(await exposition()).toContain('tocsin_webhooks_total{source="alertmanager",outcome="accepted"} 1');
  });

  test('for an unknown source gets 404 and what there is', async () => {
    const { post } = await start();
    for (const path of ['/webhooks/nagios', '/webhooks/__proto__', '/webhooks/constructor']) {
      const answer = await post(path);
      expect([answer.status, await answer.json()]).toMatchObject([404, { sources: ['/webhooks/alertmanager'] }]);
    }
  });

  test('that is no POST gets 405', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/webhooks/alertmanager`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.each([undefined, 'Bearer wrong', 'Basic dGhlLXJpZ2h0LXNlY3JldA=='])(
    'with %s gets 401 and is not delivered',
    async (header) => {
      const { post, delivered, logged } = await start();
      const answer = await post('/webhooks/alertmanager', { headers: header ? { authorization: header } : {} });
      expect(answer.status).toBe(401);
      expect(delivered).toEqual([]);
      expect(logged.join('')).toContain('wrong secret');
    },
  );

  test('with a wrong secret is refused before its body was sent', async () => {
    const { url } = await start({ limits: { requestMs: 300 } });
    const head =
      'POST /webhooks/alertmanager HTTP/1.1\r\nhost: x\r\nauthorization: Bearer no\r\ncontent-length: 30000000\r\n\r\n';
    expect(await raw(url, head)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('that is not what the source sends gets 400 with the path of the field', async () => {
    const { post, delivered } = await start();
    const wrong = JSON.parse(body.toString());
    wrong.alerts[0].fingerprint = 7;
    const answer = await post('/webhooks/alertmanager', { body: JSON.stringify(wrong) });
    expect([answer.status, await answer.json()]).toMatchObject([400, { path: 'alerts[0].fingerprint' }]);
    expect(delivered).toEqual([]);
  });

  test('of 11 MB is taken', async () => {
    const { post, delivered } = await start();
    const storm = JSON.parse(body.toString());
    storm.alerts = Array.from({ length: 11_000 }, (_, i) => ({ ...storm.alerts[0], fingerprint: `f${i}` }));
    const answer = await post('/webhooks/alertmanager', { body: JSON.stringify(storm) });
    expect([answer.status, await answer.json()]).toEqual([202, { accepted: 11_000 }]);
    expect(delivered[0]?.groups[0]?.alerts).toHaveLength(11_000);
  });

  test('that is too large gets 413 with what to do, announced or not', async () => {
    const { url, post, delivered } = await start({ limits: { bodyBytes: 1_000 } });
    const answer = await post('/webhooks/alertmanager');
    expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining('max_alerts')]);
    const chunked = `POST /webhooks/alertmanager HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n${'x'.repeat(2_000)}\r\n0\r\n\r\n`;
    expect(await raw(url, chunked)).toMatch(/^HTTP\/1\.1 413 /);
    expect(delivered).toEqual([]);
  });

  test.each`
    trouble                         | deliver
    ${'cannot be reached'}          | ${() => Promise.reject(new StoreDown('Redis does not answer.'))}
    ${'never answers'}              | ${() => new Promise(() => {})}
    ${'fails in an unforeseen way'} | ${() => Promise.reject(new TypeError('x is not a function'))}
    ${'throws at once'} | ${() => {
  throw new Error('now');
}}
  `('gets 503 and Retry-After when the store $trouble', async ({ deliver }) => {
    const { post, logged, exposition } = await start({ deliver, limits: { deliverMs: 50 } });
    const answer = await post('/webhooks/alertmanager');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.text()).not.toContain('x is not a function');
    expect(logged.join('')).toContain('could not be stored');
    expect(await exposition()).toContain('outcome="not_stored"} 1');
  });

  test('whose store fails after the answer was given harms nobody', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const { post } = await start({ deliver: () => promise, limits: { deliverMs: 20 } });
    expect((await post('/webhooks/alertmanager')).status).toBe(503);
    reject(new StoreDown('much later'));
    expect((await post('/webhooks/alertmanager')).status).toBe(503);
  });

  test('whose body never ends is cut off with a 503', async () => {
    const { url, delivered } = await start({ limits: { requestMs: 200 } });
    const half = `POST /webhooks/alertmanager HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-length: 5000\r\n\r\n{"version":`;
    expect(await raw(url, half)).toMatch(/^HTTP\/1\.1 503 /);
    expect(delivered).toEqual([]);
  });

  test('that is no HTTP gets 400', async () => {
    const { url } = await start();
    expect(await raw(url, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('health and metrics', () => {
  test('/healthz says that the process lives, whatever its checks say', async () => {
    const { url } = await start({ checks: { redis: () => Promise.reject(new Error('down')) } });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('/readyz names each check, and is 503 when one fails, throws or hangs', async () => {
    const well = await start({ checks: { redis: async () => 'answers', backlog: async () => '0 open' } });
    const answer = await fetch(`${well.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { ready: true, checks: { redis: { ok: true, detail: 'answers' }, backlog: { ok: true, detail: '0 open' } } },
    ]);
    await http?.close(100);
    const checks = {
      redis: () => Promise.reject(new Error('does not answer')),
      slack: () => new Promise<string>(() => {}),
      bug: () => {
        throw new Error('at once');
      },
    };
    const ill = await fetch(`${(await start({ checks, limits: { checkMs: 50 } })).url}/readyz`);
    expect([ill.status, await ill.json()]).toMatchObject([
      503,
      { ready: false, checks: { redis: { detail: 'does not answer' }, slack: { ok: false }, bug: { ok: false } } },
    ]);
  });

  test('/metrics is for Prometheus', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(await answer.text()).toContain('# HELP tocsin_webhooks_total');
  });

  test('any other place says what is here', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/?x=1`);
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { here: expect.arrayContaining(['POST /webhooks/alertmanager', 'GET /readyz']) },
    ]);
  });
});

describe('starting and stopping', () => {
  test('a port that is taken is said, with what to do', async () => {
    const { url } = await start();
    const second = createHttp({
      sources: {},
      deliver: async () => {},
      checks: {},
      exposition: async () => '',
      telemetry: createTelemetry({ level: 'error', secrets: [] }),
    });
    await expect(second.listen(Number(new URL(url).port), '127.0.0.1')).rejects.toThrow(
      /Port \d+ of 127\.0\.0\.1 is taken.*Stop what listens there, or set `http\.port`/,
    );
  });

  test('an address of another machine is said too', async () => {
    const other = createHttp({
      sources: {},
      deliver: async () => {},
      checks: {},
      exposition: async () => '',
      telemetry: createTelemetry({ level: 'error', secrets: [] }),
    });
    await expect(other.listen(0, '192.0.2.1')).rejects.toThrow(/192\.0\.2\.1 is no address of this machine/);
  });

  test('what was begun is finished before it closes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { post } = await start({
      deliver: () => {
        begun.resolve();
        return promise;
      },
    });
    const answer = post('/webhooks/alertmanager');
    await begun.promise;
    const closed = http?.close();
    resolve();
    expect((await answer).status).toBe(202);
    await closed;
    await expect(post('/webhooks/alertmanager')).rejects.toThrow();
  });
});
