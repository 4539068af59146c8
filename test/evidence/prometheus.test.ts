/** The graph of an alert, from a real Prometheus that scrapes a real server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type PrometheusClient, prometheusClient, type Series } from '../../src/clients/prometheus.ts';
import type { EvidenceProvider } from '../../src/engine/ports.ts';
import type { Chart } from '../../src/evidence/chart/chart.ts';
import { chartOf, describe as describeChart } from '../../src/evidence/graph.ts';
import { createArtist, evidenceProviders } from '../../src/evidence/index.ts';
import { watched } from '../../src/evidence/promql.ts';
import { startPrometheus } from '../support/servers.ts';
import { subject } from './subject.ts';

const artist = createArtist();
const shop = createServer((_, response) => response.end('shop_error_ratio 0.42\n'));
const rule = { alert: 'ShopErrors', expr: 'shop_error_ratio{job="shop"} > 0.05' };
let server: Awaited<ReturnType<typeof startPrometheus>>;
let client: PrometheusClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const targets = [`127.0.0.1:${(shop.address() as AddressInfo).port}`];
  server = await startPrometheus({
    config: {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'shop', static_configs: [{ targets, labels: { instance: 'shop-1' } }] }],
    },
    files: { 'rules.yml': { groups: [{ name: 'shop', rules: [rule] }] } },
  });
  client = prometheusClient({ url: server.url, timeoutMs: 10_000 });
  await vi.waitFor(async () => expect(await client.query('shop_error_ratio')).not.toHaveLength(0), {
    timeout: 20_000,
    interval: 200,
  });
});

afterAll(async () => {
  await Promise.all([server?.stop(), artist.close()]);
  shop.closeAllConnections();
  shop.close();
});

const drawn: Chart[] = [];
const draw = (chart: Chart, signal: AbortSignal) => {
  drawn.push(chart);
  return artist.draw(chart, signal);
};
const signal = () => AbortSignal.timeout(20_000);
const graph = (prometheus: Pick<PrometheusClient, 'queryRange' | 'rules'> = client): EvidenceProvider => {
  const found = evidenceProviders({ prometheus, draw }).find(({ id }) => id === 'graph');
  if (!found) throw new Error('no graph');
  return found;
};
const now = () => ({ ...subject, now: Date.now() });

describe('the graph of an alert', () => {
  test('is a picture of the watched side, with limit, firing moment and words for who cannot see it', async () => {
    const [picture] = await graph().collect(now(), signal());
    if (picture?.kind !== 'picture') throw new Error('no picture');
    expect(Buffer.from(picture.png).subarray(1, 4).toString()).toBe('PNG');
    expect(picture).toMatchObject({
      title: 'ShopErrors: the last hour',
      alt: expect.stringMatching(/instance=shop-1, job=shop: 0\.42 at the end; alert above 0\.05$/),
    });
    expect(drawn.at(-1)).toMatchObject({
      threshold: { value: 0.05, operator: '>' },
      more: 0,
      mark: { at: subject.alert.startsAt },
    });
    expect(drawn.at(-1)?.series[0]?.points.at(-1)?.value).toBe(0.42);
  });

  test('takes the expression of the rule where the alert has none', async () => {
    const alert = { ...subject.alert, generatorURL: '' };
    await graph().collect({ ...now(), alert }, signal());
    expect(drawn.at(-1)?.subtitle).toBe(rule.expr);
    const unknown = { ...alert, labels: { alertname: 'Nobody' } };
    await expect(graph().collect({ ...now(), alert: unknown }, signal())).rejects.toThrow('there is no rule `Nobody`');
  });

  test('without any value is one line, and no picture', async () => {
    const generatorURL = 'http://x/graph?g0.expr=nothing_at_all+%3E+1';
    const empty = graph().collect({ ...now(), alert: { ...subject.alert, generatorURL } }, signal());
    await expect(empty).rejects.toThrow(/^there is nothing to draw: `nothing_at_all` had no value in the last hour$/);
  });

  test('with an expression that is none says what Prometheus says', async () => {
    const generatorURL = 'http://x/graph?g0.expr=sum(';
    const broken = graph().collect({ ...now(), alert: { ...subject.alert, generatorURL } }, signal());
    await expect(broken).rejects.toThrow(/parse error/);
  });

  test('never calls the address that the alert brings with it', async () => {
    const generatorURL = 'http://169.254.169.254/graph?g0.expr=shop_error_ratio';
    expect(await graph().collect({ ...now(), alert: { ...subject.alert, generatorURL } }, signal())).toHaveLength(1);
  });
});

test.each([
  'up == 0',
  'sum by (job) (rate(a_total[5m])) / sum by (job) (rate(b_total[5m])) > 0.1 and on (job) up == 1',
  '(a{b="c > 1)"} > 5) unless d',
  '5 < -a offset 5m',
  'a > bool 5',
  'max_over_time((a > 3)[5m:1m]) >= 1e3',
  "a{b=~'x|\\\\d'} # > 1\n <= 2",
])('what is drawn of %s is an expression to Prometheus too', async (expression) => {
  const { expression: shown, threshold } = watched(expression);
  expect(threshold).toBeDefined();
  await expect(client.query(expression)).resolves.toBeDefined();
  await expect(client.query(shown)).resolves.toBeDefined();
});

describe('of many series', () => {
  const series = (instance: string, value: number): Series => ({
    labels: { __name__: 'x', job: 'shop', instance },
    points: [{ at: Date.now(), value }],
  });
  const many = [...Array(9).keys()].map((i) => series(`shop-${i}`, i));
  const chart = (change: object = {}) =>
    chartOf({
      alert: subject.alert,
      expression: 'x > 5',
      shown: 'x',
      series: many,
      threshold: { value: 5, operator: '>' },
      now: Date.now(),
      ...change,
    });

  test("the alert's own comes first, then the worst, named by what tells them apart", () => {
    expect(chart().series.map(({ name }) => name)).toEqual([
      'instance=shop-1',
      'instance=shop-8',
      'instance=shop-7',
      'instance=shop-6',
      'instance=shop-5',
      'instance=shop-4',
    ]);
    expect(chart().more).toBe(3);
    expect(
      chart({ threshold: { value: 5, operator: '<' } })
        .series.map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(['instance=shop-1', 'instance=shop-0', 'instance=shop-2']);
  });

  test('one without labels is named by its metric or its expression', () => {
    expect(chart({ series: [{ ...series('', 1), labels: { __name__: 'up' } }] }).series[0]?.name).toBe('up');
    expect(chart({ series: [{ ...series('', 1), labels: {} }], shown: 'sum(up)' }).series[0]?.name).toBe('sum(up)');
  });

  test('those that are NaN all the time are left out', () => {
    expect(chart({ series: [series('a', Number.NaN), series('b', 1)] }).series).toHaveLength(1);
  });

  test('the moment is said as far away as it is', () => {
    const at = Date.parse('2026-11-22T15:00:00Z');
    const label = (ago: number) => chart({ now: at, alert: { ...subject.alert, startsAt: at - ago } }).mark?.label;
    expect([label(60_000), label(7_200_000), label(200_000_000)]).toEqual([
      'firing 14:59:00',
      'firing since 13:00',
      'firing since 2026-11-20',
    ]);
  });

  test('the alternative text never gets too long', () => {
    expect(describeChart({ ...chart(), subtitle: 'x'.repeat(5_000) }).length).toBeLessThanOrEqual(1_000);
  });
});
