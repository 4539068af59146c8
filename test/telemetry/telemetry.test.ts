/** What is logged and counted, and what never is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';

const secret = 'hunter2-"quoted"\\and more';

function telemetry(secrets: readonly string[] = [secret], level = 'info') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { ...createTelemetry({ level, secrets, destination }), lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

describe('the log', () => {
  test('is one JSON object a line, with level, time, what and fields', () => {
    const { log, last, lines } = telemetry();
    log.info('incident opened', { incident: 'inc-1', run: 'run-a' });
    expect(last()).toMatchObject({ level: 'info', msg: 'incident opened', incident: 'inc-1', run: 'run-a' });
    expect(Date.parse(last().time)).not.toBeNaN();
    expect(lines[0]).toMatch(/}\n$/);
  });

  test('leaves out what is below its level', () => {
    const { log, lines } = telemetry([], 'warn');
    log.info('not this');
    log.warn('but this');
    expect(lines).toHaveLength(1);
  });

  test('a field never takes the place of the level or the message', () => {
    const { log, last } = telemetry();
    log.error('what happened', { level: 'fake', msg: 'fake', time: 'fake' });
    expect(last()).toMatchObject({ level: 'error', msg: 'what happened', level_: 'fake', msg_: 'fake' });
  });

  test('a secret is scrubbed at any depth, as key or value, and in whatever encoding', () => {
    const { log, lines } = telemetry();
    log.info(`message with ${secret}`, {
      deep: { list: [{ [secret]: `before ${secret} after` }] },
      url: `https://host/?t=${encodeURIComponent(secret)}`,
      base64: Buffer.from(secret).toString('base64'),
      error: new Error(`could not log in with ${secret}`, { cause: new Error(secret) }),
      map: new Map([['key', secret]]),
    });
    const line = lines.join('');
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
      expect(line).not.toContain(form);
    expect(line).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
    expect(JSON.parse(line).deep.list[0]).toEqual({ '***': 'before *** after' });
  });

  test('tokens nobody told it about are scrubbed by their looks', () => {
    const { log, last } = telemetry([]);
    log.info('x', {
      a: 'xoxb-123456789-abc',
      b: 'Authorization: Bearer abcdefgh123',
      headers: { Authorization: 'whatever' },
      s: new Secret('s'),
    });
    expect(last()).toMatchObject({
      a: '***',
      b: 'Authorization: Bearer ***',
      headers: { Authorization: '***' },
      s: '***',
    });
  });

  test('of an error of an HTTP client neither request nor headers are written', () => {
    const { log, lines, last } = telemetry([]);
    const error = Object.assign(new Error('Request failed'), {
      code: 'ECONNREFUSED',
      config: { headers: { 'X-Key': 'cloak' } },
      request: { dagger: 1 },
    });
    log.error('cannot reach Prometheus', { error });
    expect(last().error).toMatchObject({ name: 'Error', message: 'Request failed', code: 'ECONNREFUSED' });
    expect(last().error.stack).toContain('telemetry.test.ts');
    expect(lines.join('')).not.toMatch(/cloak|dagger/);
  });

  test('an error of the network has no stack: the operator can do nothing with our lines of code', () => {
    const { log, last } = telemetry([]);
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
    log.warn('redis', { error });
    expect(last().error).toEqual({ name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' });
  });

  test('cycles, giants, buffers and what throws when looked at are no trouble', () => {
    const { log, last } = telemetry();
    const ring: Record<string, unknown> = {
      bytes: Buffer.alloc(9),
      big: 1n,
      text: 'x'.repeat(20_000),
      many: Array(500).fill(1),
      nan: Number.NaN,
    };
    ring.self = ring;
    Object.defineProperty(ring, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    log.info('odd', { ring });
    expect(last().ring).toMatchObject({ bytes: '[9 bytes]', big: '1', self: '[the same again]', nan: 'NaN' });
    expect(last().ring.text.length).toBeLessThan(8100);
    expect(last().ring.many).toHaveLength(101);
  });

  test('whatever is logged, each line is JSON and without the secret', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
        fc.string(),
        (value, text) => {
          const { log, lines } = telemetry(['sesame-open']);
          log.warn(`${text}sesame-open`, { value, [text]: 'sesame-open' });
          expect(lines).toHaveLength(1);
          expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn' });
          expect(lines[0]).not.toContain('sesame-open');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the metrics', () => {
  test("are exposed under their names with the process's own", async () => {
    const { metrics, exposition } = telemetry();
    metrics.count('webhooks_total', { source: 'alertmanager', outcome: 'accepted' });
    metrics.count('alerts_total', { source: 'alertmanager' }, 3);
    metrics.observe('webhook_seconds', 0.02, { source: 'alertmanager' });
    const text = await exposition();
    expect(text).toContain('tocsin_webhooks_total{source="alertmanager",outcome="accepted"} 1');
    expect(text).toContain('tocsin_alerts_total{source="alertmanager"} 3');
    expect(text).toMatch(/tocsin_webhook_seconds_bucket\{le="0.025",source="alertmanager"\} 1/);
    expect(text).toContain('tocsin_process_cpu_seconds_total');
  });

  test('what stands somewhere is read when somebody asks, and not shown once it is not read any more', async () => {
    const { watch, exposition } = telemetry();
    let readings: { name: string; value: number; labels?: Record<string, string> }[] = [
      { name: 'backlog_seconds', value: 7 },
      { name: 'incidents_open', value: 2, labels: { severity: 'sev1' } },
    ];
    watch(async () => readings);
    expect(await exposition()).toMatch(/^tocsin_backlog_seconds 7$/m);
    expect(await exposition()).toMatch(/^tocsin_incidents_open\{severity="sev1"\} 2$/m);
    readings = [{ name: 'store_up', value: 0 }];
    const text = await exposition();
    expect(text).toMatch(/^tocsin_store_up 0$/m);
    expect(text).not.toMatch(/^tocsin_(backlog_seconds|incidents_open)\b/m);
  });

  test('what must raise an alarm the first time is shown as 0 before', async () => {
    expect(await telemetry().exposition()).toContain('tocsin_steps_total{outcome="unknown"} 0');
  });

  test('a label or a name nobody described never throws', async () => {
    const { metrics, exposition, lines } = telemetry();
    metrics.count('webhooks_total', { surprise: 'x' });
    metrics.count('nobody_knows');
    metrics.count('nobody_knows');
    metrics.observe('nobody_knows_seconds', 1);
    expect(await exposition()).toContain('tocsin_webhooks_total{source="",outcome=""} 1');
    expect(lines).toHaveLength(2);
  });
});
