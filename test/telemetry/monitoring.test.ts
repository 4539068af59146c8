/** Alert rules, dashboard and documentation speak of metrics that there are, and the rules fire when they should. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { binaryOf } from '../../src/demo/binaries.ts';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const rules = 'docs/monitoring/tocsin-alerts.yml';
const dashboard = 'docs/monitoring/tocsin-dashboard.json';

const described = async (): Promise<ReadonlyMap<string, string>> => {
  const { exposition } = createTelemetry({ level: 'error', secrets: [], destination: { write: () => undefined } });
  return new Map(
    [...(await exposition()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
};

const withoutPart = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
const named = (text: string): readonly string[] => [...new Set(text.match(/\btocsin_[a-z0-9_]+/g))];

async function unknownIn(text: string): Promise<readonly string[]> {
  const known = await described();
  // `tocsin_test` is the mark of the doctor's alert.
  return named(text).filter(
    (name) => name !== 'tocsin_test' && !known.has(name) && known.get(withoutPart(name)) !== 'histogram',
  );
}

describe('names', () => {
  test.each([rules, dashboard])('every metric in %s exists', async (path) => {
    expect(named(read(path)).length).toBeGreaterThan(8);
    expect(await unknownIn(read(path))).toEqual([]);
    expect(await unknownIn('tocsin_nobody_counts_this_total')).toHaveLength(1);
  });

  test('docs/operations.md describes each of our own, with its labels, and no other', async () => {
    const [, table = ''] = read('docs/operations.md').split('\n## Metrics worth an alert\n');
    const rows = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z_]+)` \| (.*?) \|/gm)];
    const own = [...(await described()).keys()].filter((name) => !/^tocsin_(process|nodejs)_/.test(name));
    expect(own.length).toBeGreaterThan(20);
    expect(rows.map(([, name]) => `tocsin_${name}`).sort()).toEqual(own.sort());
  });

  test('every metric that the code may count is described, and the other way round', async () => {
    const ports = read('src/engine/ports.ts');
    const unions = ['MetricName', 'TimingName'].flatMap((type) => {
      const [, body = ''] = new RegExp(`export type ${type} =([^;]*);`).exec(ports) ?? [];
      return [...body.matchAll(/'([a-z_]+)'/g)].map(([, name]) => `tocsin_${name}`);
    });
    const all = await described();
    const counted = [...all.keys()].filter(
      (name) => !/^tocsin_(process|nodejs)_/.test(name) && all.get(name) !== 'gauge',
    );
    expect([...unions].sort()).toEqual(counted.sort());
  });

  test('the dashboard is one: each panel has its place and asks something', () => {
    const { panels } = JSON.parse(read(dashboard)) as {
      panels: { type: string; title: string; gridPos: { x: number; w: number }; targets?: { expr: string }[] }[];
    };
    const asking = panels.filter(({ type }) => type !== 'row');
    expect(asking.length).toBeGreaterThan(15);
    expect(asking.filter(({ targets = [] }) => !targets.every(({ expr }) => expr) || !targets.length)).toEqual([]);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});

describe('the rules', () => {
  test('promtool takes them', async () => {
    const { stdout } = await run(binaryOf('promtool'), ['check', 'rules', join(root, rules)]);
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('promtool takes each question of the dashboard', async () => {
    const { panels } = JSON.parse(read(dashboard)) as { panels: { targets?: { expr: string }[] }[] };
    const exprs = panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')),
    );
    const asked = exprs.map((expr, at) => ({ record: `asked:${at}`, expr }));
    await inFile(stringify({ groups: [{ name: 'dashboard', rules: asked }] }), async (file) => {
      const { stdout } = await run(binaryOf('promtool'), ['check', 'rules', file]);
      expect(stdout).toContain(`SUCCESS: ${exprs.length} rules found`);
    });
  });

  test('they fire when something is wrong, and are silent when all is well', async () => {
    const series = (name: string, values: string) => ({ series: name, values });
    const well = [
      series('tocsin_store_up{instance="a"}', '1x60'),
      series('tocsin_store_up{instance="b"}', '0x60'),
      series('tocsin_slack_connected{instance="a"}', '1x60'),
      series('tocsin_backlog_seconds{instance="a"}', '3x60'),
      series('tocsin_inbox_webhooks{instance="a"}', '1 0 2 0 1 0 3 0x60'),
      series('tocsin_webhooks_total{source="am",outcome="accepted"}', '0+9x60'),
      series('tocsin_steps_total{outcome="unknown"}', '2x60'),
      series('tocsin_workers{instance="a",pool="eu"}', '2 2 0 0 1x60'),
      series('tocsin_workers{instance="a",pool="idle"}', '0x60'),
      series('tocsin_circuit_breakers_open{instance="a"}', '0x60'),
      series('tocsin_automation_stopped{instance="a"}', '1x20 0x40'),
    ];
    const wrong = [
      series('up{job="tocsin",instance="a"}', '0x60'),
      series('tocsin_store_up{instance="a"}', '0x60'),
      series('tocsin_slack_connected{instance="a"}', '0x60'),
      series('tocsin_backlog_seconds{instance="a"}', '0+30x60'),
      series('tocsin_inbox_webhooks{instance="a"}', '4x60'),
      series('tocsin_webhooks_total{source="am",outcome="not_stored"}', '0+1x60'),
      series('tocsin_webhooks_total{source="am",outcome="refused"}', '0+1x60'),
      series('tocsin_webhook_to_card_seconds_bucket{le="10"}', '0x60'),
      series('tocsin_webhook_to_card_seconds_bucket{le="30"}', '0+9x60'),
      series('tocsin_webhook_to_card_seconds_bucket{le="+Inf"}', '0+9x60'),
      series('tocsin_effect_failures_total{kind="post_card"}', '0+9x60'),
      series('tocsin_chat_rate_limited_total{method="pins.add"}', '0+1x60'),
      series('tocsin_steps_total{outcome="unknown"}', '0+1x60'),
      series('tocsin_playbook_problems{instance="a"}', '2x60'),
      series('tocsin_workers{instance="a",pool="eu"}', '0x60'),
      series('tocsin_workers{instance="a",pool="us"}', '1x60'),
      series('tocsin_circuit_breakers_open{instance="a"}', '1x60'),
      series('tocsin_automation_stopped{instance="a"}', '1x60'),
      series('tocsin_slack_requests_total{outcome="bad_signature"}', '0+5x60'),
    ];
    const alerts = [...read(rules).matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
    const count = (fires: number) => ({
      expr: 'count(count by (alertname) (ALERTS{alertstate="firing"}))',
      eval_time: '40m',
      exp_samples: fires ? [{ labels: '{}', value: fires }] : [],
    });
    const document = {
      rule_files: [join(root, rules)],
      evaluation_interval: '30s',
      tests: [
        { interval: '1m', input_series: well, promql_expr_test: [count(0)] },
        { interval: '1m', input_series: wrong, promql_expr_test: [count(alerts.length)] },
      ],
    };
    await inFile(stringify(document), async (file) => {
      const { stdout } = await run(binaryOf('promtool'), ['test', 'rules', file]);
      expect(stdout).toContain('SUCCESS');
    });
  });
});

async function inFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-rules-'));
  await writeFile(join(dir, 'rules.yml'), text);
  await use(join(dir, 'rules.yml')).finally(() => rm(dir, { recursive: true }));
}
