/** The links on an incident: which are shown, where they lead, and what is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EvidenceProvider, EvidenceSubject } from '../../src/engine/ports.ts';
import { filterOf } from '../../src/evidence/alertmanager.ts';
import { evidenceProviders } from '../../src/evidence/index.ts';
import { fill } from '../../src/evidence/templates.ts';
import { subject } from './subject.ts';

const providers = evidenceProviders({ draw: () => Promise.reject(new Error('nothing is drawn here')) });
const never = new AbortController().signal;
const provider = (id: string): EvidenceProvider => {
  const found = providers.find((one) => one.id === id);
  if (!found) throw new Error(`no provider ${id}`);
  return found;
};
const collect = (id: string, change: Partial<EvidenceSubject> = {}) =>
  provider(id).collect({ ...subject, ...change }, never);
const withAnnotations = (annotations: Record<string, string>) => ({ alert: { ...subject.alert, annotations } });
const withLabels = (labels: Record<string, string>) => ({ alert: { ...subject.alert, labels } });

test('every provider has an id of its own', () => {
  expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
});

describe('annotations', () => {
  test('each *_url is a link, titled by its name', async () => {
    const found = await collect(
      'annotations',
      withAnnotations({
        runbook_url: 'https://r.example/a',
        dashboard_url: 'http://d.example',
        grafana_panel_url: ' https://g.example/?a=b ',
        summary: 'https://no.example',
        _url: 'https://no.example',
      }),
    );
    expect(found).toEqual([
      { kind: 'link', title: 'Runbook', url: 'https://r.example/a' },
      { kind: 'link', title: 'Dashboard', url: 'http://d.example/' },
      { kind: 'link', title: 'Grafana panel', url: 'https://g.example/?a=b' },
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'slack://x',
    '//evil',
    'runbook',
    'https://slack.com@evil.example/',
    `https://x/${'a'.repeat(3_000)}`,
  ])('%s is refused with a line of its own, and harms no other link', async (url) => {
    const change = withAnnotations({ bad_url: url, runbook_url: 'https://r.example/' });
    expect(await collect('annotations', change)).toHaveLength(1);
    await expect(collect('annotations left out', change)).rejects.toThrow(/^`bad_url` [^\n]+$/);
  });

  test('where all are good nothing is left out', async () => {
    expect(await collect('annotations left out')).toEqual([]);
  });
});

describe("the service's own links", () => {
  const at = { startsAt: Date.parse('2026-11-22T15:00:00Z'), now: Date.parse('2026-11-22T15:10:00Z') };
  const times = { alert: { ...subject.alert, startsAt: at.startsAt }, now: at.now };

  test('are filled with labels and the time around the alert', async () => {
    const links = [
      { title: 'Logs', url: 'https://l.example/{{ service }}/?from={{from}}&to={{to_s}}&since={{from_iso}}' },
    ];
    expect(await collect('links', { ...times, links })).toEqual([
      {
        kind: 'link',
        title: 'Logs',
        url: 'https://l.example/shop/?from=1795357800000&to=1795360500&since=2026-11-22T14%3A30%3A00.000Z',
      },
    ]);
  });

  test('a label that is missing drops its link with a line', async () => {
    const links = [
      { title: 'Logs', url: 'https://l.example/{{pod}}' },
      { title: 'Traces', url: 'https://t.example/' },
    ];
    expect(await collect('links', { links })).toHaveLength(1);
    await expect(collect('links left out', { links })).rejects.toThrow(
      '"Logs" needs the label `pod`, which the alert does not have',
    );
  });

  test.each([
    'https://{{host}}/',
    'https://a.{{host}}/',
    'https://a@{{host}}/',
    'https://a{{host}}',
    'javascript:{{host}}',
    '{{host}}',
  ])('%s is refused: its host is not constant', (url) => {
    expect(fill(url, { host: 'evil.example' })).toEqual({ problem: 'needs a host without `{{ }}`' });
  });

  test('names of an object are no labels', () => {
    expect(fill('https://x/{{constructor}}', {})).toHaveProperty('problem');
  });

  test('whatever a label holds, it stays one value of one parameter on one host', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const filled = fill('https://logs.example/search?q={{label}}&limit=5', { label: value });
        if ('problem' in filled) throw new Error(filled.problem);
        const url = new URL(filled.url);
        expect([url.host, url.pathname, url.hash, [...url.searchParams.keys()]]).toEqual([
          'logs.example',
          '/search',
          '',
          ['q', 'limit'],
        ]);
        expect(url.searchParams.get('q')).toBe(/^\.{1,2}$/.test(value) ? '' : value.toWellFormed());
      }),
      { numRuns: 500 },
    );
  });

  test('a label in the path cannot leave its folder', () => {
    for (const label of ['..', '../../admin', '.', '%2e%2e', '/', '\\'])
      expect(fill('https://x.example/a/{{label}}/b', { label })).toMatchObject({
        url: expect.stringMatching(/^https:\/\/x\.example\/a\/.*\/b$/),
      });
  });
});

describe('Alertmanager', () => {
  test('the alert and its silence are linked, its labels escaped', async () => {
    const labels = { job: 'a"b\\c\nd', alertname: 'X Y' };
    const [alert, silence] = await collect('alertmanager', {
      ...withLabels(labels),
      externalURL: 'https://am.example/prefix/',
    });
    const filter = '{alertname="X Y",job="a\\"b\\\\c\\nd"}';
    expect(alert).toMatchObject({ url: `https://am.example/prefix/#/alerts?filter=${encodeURIComponent(filter)}` });
    expect(silence).toMatchObject({
      url: `https://am.example/prefix/#/silences/new?filter=${encodeURIComponent(filter)}`,
    });
  });

  test('without its address there is no link, and a wrong one is said', async () => {
    expect(await collect('alertmanager', { externalURL: '' })).toEqual([]);
    await expect(collect('alertmanager left out', { externalURL: 'javascript:x' })).rejects.toThrow(
      'its address begins with javascript:',
    );
  });

  test('very many labels make no link that is too long', () => {
    const labels = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`l${i}`, 'x'.repeat(100)]));
    expect(filterOf({ labels: { ...labels, alertname: 'A' } })).toMatch(/^\{alertname="A",/);
    expect(filterOf({ labels }).length).toBeLessThan(1_000);
  });
});

describe('Prometheus', () => {
  test('the expression of the alert is linked where the alert came from', async () => {
    const [link] = await collect('prometheus', { now: Date.parse('2026-11-22T15:10:00Z') });
    if (link?.kind !== 'link') throw new Error('no link');
    const url = new URL(link.url);
    expect(url.origin + url.pathname).toBe('http://prometheus.example/prefix/graph');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      'g0.expr': 'shop_error_ratio{job="shop"} > 0.05',
      'g0.tab': '0',
      'g0.range_input': '1h',
      'g0.end_input': '2026-11-22 15:10:00',
    });
  });

  test('an address that is none of Prometheus gives no link', async () => {
    for (const generatorURL of ['', 'javascript:alert(1)//graph?g0.expr=x', 'https://grafana.example/alerting'])
      expect(await collect('prometheus', { alert: { ...subject.alert, generatorURL } })).toEqual([]);
  });
});
