/** `tocsin replay` and `tocsin alert send`: a recorded webhook is decided and nothing is done; a sample is one like it. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { createHttp } from '../../src/http/server.ts';
import { printed, replay } from '../../src/replay.ts';
import { sendSample, webhookOf } from '../../src/sample.ts';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';
import { freePort } from '../support/servers.ts';

const bearer = 'a-token-for-samples';
const config = loadConfig({
  file: new URL('../../tocsin.yml', import.meta.url).pathname,
  env: {
    TOCSIN_SLACK_BOT_TOKEN: 'xoxb-of-nobody',
    TOCSIN_SLACK_APP_TOKEN: 'xapp-of-nobody',
    TOCSIN_ALERTMANAGER_TOKEN: bearer,
    TOCSIN_SHOP_SSH_HOST_KEY: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAiy5BRWTUbXk7YJJ8UqjgQDq2qBAGvIUBcVJqYx8l3Z',
  },
});

const at = new Date('2026-01-01T09:00:00Z');
const body = (labels: readonly string[], isResolved = false): Buffer =>
  Buffer.from(JSON.stringify(webhookOf({ labels, isResolved }, at)));
const shopErrors = ['alertname=ShopErrors', 'service=shop', 'severity=critical'];

describe('replay', () => {
  test('says the reason, the incident, what would be done, and which playbooks come up', async () => {
    const [first, ...more] = await replay(config, 'alertmanager', body(shopErrors));
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      reason: 'first_alert',
      incident: { service: 'shop', severity: 'sev1', status: 'triggered', channelPolicy: 'first_alert' },
      effects: expect.arrayContaining(['open_channel', 'post_summary', 'collect_evidence']),
      playbooks: [{ id: 'restart-shop', mode: 'propose' }],
    });
    const text = printed(first ? [first] : []);
    expect(text).toMatch(/^reason {5}first_alert\nincident {3}A sample: ShopErrors \(triggered, 1 firing\)\n/);
    expect(text).toMatch(/playbook {3}restart-shop \(proposed as a button\)$/);
  });

  test('a late resolve opens nothing, and the same body again is as new', async () => {
    const late = await replay(config, 'alertmanager', body(shopErrors, true));
    expect(late).toEqual([{ reason: 'resolved_before_firing', timeline: [], effects: [], playbooks: [] }]);
    expect(printed(late)).toContain('incident   none');
    const again = [
      await replay(config, 'alertmanager', body(shopErrors)),
      await replay(config, 'alertmanager', body([])),
    ];
    expect(again.map(([one]) => one?.incident?.id)).toEqual(['inc-1', 'inc-1']);
  });

  test('a route without a channel is shown as one', async () => {
    const [one] = await replay(config, 'alertmanager', body(['alertname=Watchdog']));
    expect(printed(one ? [one] : [])).toContain('channel    none, only a summary');
  });

  test('a source that is not there, and a body that is none, say so', async () => {
    await expect(replay(config, 'grafana', body([]))).rejects.toThrow(
      'no source `grafana` under `sources` (there: alertmanager)',
    );
    await expect(replay(config, 'alertmanager', Buffer.from('{}'))).rejects.toThrow('version');
  });

  test('nothing that acts is within its reach', () => {
    const imports = [...readFileSync(new URL('../../src/replay.ts', import.meta.url), 'utf8').matchAll(/from '(.*)'/g)];
    const reached = imports.map(([, path = '']) => path);
    expect(reached.filter((path) => /redis|bullmq|slack|perform/.test(path))).toEqual([]);
  });
});

describe('a sample', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function door() {
    const groups: unknown[] = [];
    const http = createHttp({
      sources: { alertmanager: { source: alertmanager('alertmanager'), secret: { bearer } } },
      deliver: async (webhook) => void groups.push(...webhook.groups),
      checks: {},
      exposition: async () => '',
      telemetry: createTelemetry({ level: 'error', secrets: [], destination: { write: () => undefined } }),
    });
    const url = await http.listen(0, '127.0.0.1');
    stops.push(() => http.close(0));
    return { groups, url };
  }

  const sample = { labels: ['team=web'], source: 'alertmanager', isResolved: false };

  test('is taken by a running Tocsin, and its end is of the same alert', async () => {
    const { groups, url } = await door();
    expect(await sendSample(config, { ...sample, url })).toBe(
      `${url}/webhooks/alertmanager answered 202: {"accepted":1}`,
    );
    await sendSample(config, { ...sample, url, isResolved: true });
    const [fired, ended] = groups as { groupKey: string; alerts: { status: string; fingerprint: string }[] }[];
    expect(fired?.alerts).toMatchObject([{ status: 'firing', labels: { alertname: 'TocsinSample', team: 'web' } }]);
    expect(ended?.alerts[0]?.status).toBe('resolved');
    expect(ended?.alerts[0]?.fingerprint).toBe(fired?.alerts[0]?.fingerprint);
    expect(ended?.groupKey).toBe(fired?.groupKey);
  });

  test('that nobody takes says what to do', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(sendSample(config, { ...sample, url })).rejects.toThrow(/Nothing answers at .* Start Tocsin/);
    await expect(sendSample(config, { ...sample, source: 'x' })).rejects.toThrow('There is no source `x`');
    await expect(sendSample(config, { ...sample, url, labels: ['oops'] })).rejects.toThrow('`oops` is no label');
  });
});
