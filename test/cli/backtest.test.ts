/** `tocsin playbook backtest`: alerts that Alertmanager sent, and those that Tocsin has stored, against triggers and limits. */
import { copyFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import { redisStore } from '../../src/store/redis.ts';
import { change, incident, record } from '../contract/fixtures.ts';
import { firing, group, resolved, webhook } from '../support/alerts.ts';
import { startRedis } from '../support/servers.ts';
import { installed, secrets } from './installed.ts';

// Each call is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const hourMs = 3_600_000;
const playbook = (alert: string, limits: string): string => `schema: playbook/v1
id: mend
name: Mend it
owners: [team-shop]
triggers:
  - {alert: ['alertname="${alert}"'], for: 1m}
limits: ${limits}
steps:
  - {id: ok, action: approval, with: {approvers: {roles: [responder]}}}
  - {id: go, action: ssh.exec, with: {host: shop-1, argv: [mend]}}
`;

const inventory =
  'inventory: [{name: shop-1, address: 192.0.2.1, user: a, private_key: key, host_key: "${env:KEY}"}]\n';

test('what Alertmanager has sent: each firing once, and none that was over too soon', async () => {
  const { tocsin, write, path } = installed(inventory);
  write('playbooks/mend.yml', playbook('HighErrorRate', '{}'));
  for (const name of ['v0.33-firing', 'v0.33-resolved', 'v0.25-firing-grouped-2alerts', 'v0.25-resolved-grouped'])
    copyFileSync(`test/fixtures/alertmanager/${name}.json`, path(`${name}.json`));
  const { out, err } = await tocsin(['playbook', 'backtest', 'mend', '--bodies', path('.')]);
  expect(err).toBe('');
  // Of four firings one lasts for longer than the minute that the playbook waits.
  expect(out[0]).toBe('4 alert groups: by itself it would have started once');
  write('broken.json', '{}');
  const broken = await tocsin(['playbook', 'backtest', 'mend', '--bodies', path('.')]);
  expect(broken).toMatchObject({ code: 1, err: expect.stringContaining(`${path('broken.json')}: version`) });
});

/** So many minutes after nine it fires, and is over after so many. */
const shop = (name: string, atMin: number, forMin?: number): Alert => {
  const startsAt = Date.UTC(2026, 0, 1, 9) + atMin * 60_000;
  const given = { startsAt, labels: { instance: name } };
  return forMin === undefined ? firing(name, given) : resolved(name, { ...given, endsAt: startsAt + forMin * 60_000 });
};

const cooled = '{cooldown: {per: "${{ alert.labels.instance }}", window: 30m}}';
const broken = '{circuit_breaker: {per: global, failures: 2, window: 6h}}';

test.each([
  { what: 'no limit', limits: '{}', assume: 'succeeded', started: '4 times', refused: 'never', opened: '0 times' },
  {
    what: 'a cool-down',
    limits: cooled,
    assume: 'succeeded',
    started: '3 times',
    refused: 'once cooling_down',
    opened: '0 times',
  },
  {
    what: 'a breaker',
    limits: broken,
    assume: 'failed',
    started: '2 times',
    refused: '2 times breaker_open',
    opened: 'once',
  },
])(
  '$what: counts what would have started, been refused, and opened',
  async ({ limits, assume, started, refused, opened }) => {
    const { tocsin, write, path } = installed(inventory);
    write('playbooks/mend.yml', playbook('ShopDown', limits));
    const bodies = [
      // Over before its minute was.
      [shop('shop-3', 0, 0.5)],
      [shop('shop-1', 10, 5)],
      [shop('shop-2', 12, 5)],
      [shop('shop-1', 20, 5)],
      [shop('shop-1', 70)],
    ];
    for (const [at, alerts] of bodies.entries()) write(`${at}.json`, webhook(group(alerts)).toString());
    const { out, err } = await tocsin(['playbook', 'backtest', 'mend', '--bodies', path('.'), '--assume', assume]);
    expect(err).toBe('');
    expect(out).toEqual([
      `5 alert groups: by itself it would have started ${started}`,
      `refused ${refused}`,
      `the breaker would have opened ${opened} (every run taken to have ${assume})`,
    ]);
  },
);

test('what is stored counts from so long ago on', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const store = await redisStore({ url: redis.url });
  onTestFinished(() => store.close());
  const now = await store.now();
  const labels = { alertname: 'ShopDown', service: 'shop' };
  const ago = (name: string, hours: number) => {
    const startsAt = now - hours * hourMs;
    return record(name, { labels, startsAt, status: 'resolved', endsAt: startsAt + 600_000, since: startsAt });
  };
  await store.commit(change({ records: [ago('a', 100), ago('b', 20)] }));
  await store.commit(change({ id: incident(2), records: [ago('c', 3)], open: false }));
  const { tocsin, write } = installed(`redis: {url: "${redis.url}"}\n`);
  write('playbooks/mend.yml', playbook('ShopDown', '{}').replace('shop-1', '"${{ alert.labels.service }}"'));
  const started = async (since: string) => {
    const { out, err } = await tocsin(['playbook', 'backtest', 'mend', '--since', since], secrets);
    return [out[0], err];
  };
  expect(await started('30d')).toEqual(['3 alert groups: by itself it would have started 3 times', '']);
  expect(await started('24h')).toEqual(['2 alert groups: by itself it would have started 2 times', '']);
  expect((await started('5 weeks'))[1]).toContain('`--since` is a time like 30d or 12h');
});
