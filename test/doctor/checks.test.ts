/** Each part that the doctor looks at: what is well, what could be lost, and what to do, against real servers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { alertmanagerClient } from '../../src/clients/alertmanager.ts';
import { prometheusClient } from '../../src/clients/prometheus.ts';
import { createSshClient } from '../../src/clients/ssh.ts';
import { manifestScopes } from '../../src/config/manifest.ts';
import { blobsCheck, diskCheck } from '../../src/doctor/disk.ts';
import { type Check, examine, isWell, ok, printed, problem, warning } from '../../src/doctor/finding.ts';
import { playbooksCheck } from '../../src/doctor/playbooks.ts';
import { poolsCheck } from '../../src/doctor/pools.ts';
import { prometheusCheck } from '../../src/doctor/prometheus.ts';
import { type RedisFacts, redisCheck } from '../../src/doctor/redis.ts';
import { slackCheck } from '../../src/doctor/slack.ts';
import { targetsCheck } from '../../src/doctor/targets.ts';
import { testAlertCheck } from '../../src/doctor/test-alert.ts';
import { webhooksCheck } from '../../src/doctor/webhooks.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { examineSlack } from '../../src/slack/examine.ts';
import { examineRedis } from '../../src/store/examine.ts';
import { freePort, startAlertmanager, startPrometheus, startRedis, startSshd } from '../support/servers.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const look = async (check: Check) =>
  (await examine([check], 20_000)).map(({ verdict, what, advice = '' }) => `${verdict}: ${what} ${advice}`.trim());

test('a Redis that forgets and deletes is two warnings, each with what to set', async () => {
  const redis = await startRedis({ appendfsync: 'everysec', args: ['--maxmemory-policy', 'allkeys-lru'] });
  stops.push(redis.stop);
  const said = await look(redisCheck(() => examineRedis({ url: redis.url })));
  expect(said).toEqual([
    expect.stringMatching(/^ok: Redis \d+\.\d+\.\d+ at 127\.0\.0\.1:\d+ answers\.$/),
    expect.stringMatching(/^warning: .*appendfsync everysec: .*acknowledged\. Set `appendfsync always`\.$/),
    expect.stringMatching(/^warning: .*allkeys-lru: .*playbook\. Set `maxmemory-policy noeviction`\.$/),
  ]);
});

test.each`
  facts                                         | said
  ${{ weaknesses: [] }}                         | ${'ok: It keeps what it acknowledged, and deletes nothing when it is full.'}
  ${{ version: '4.0.14' }}                      | ${'problem: Redis 4.0.14 is too old. Take 6.2 or newer.'}
  ${{ version: '6.0.16' }}                      | ${'warning: Redis 6.0.16 is old. Take 6.2 or newer.'}
  ${{ usedBytes: 90, mostBytes: 100 }}          | ${'warning: 90 % of its memory is in use. Raise `maxmemory`.'}
  ${{ weaknesses: ['Redis loses it. Set x.'] }} | ${'warning: Redis loses it. Set x.'}
`('of a Redis with $facts the doctor says: $said', async ({ facts, said }) => {
  const usual: RedisFacts = { where: 'r:1', version: '7.2.4', usedBytes: 1, mostBytes: 0, weaknesses: [] };
  expect(await look(redisCheck(async () => ({ ...usual, ...facts })))).toContain(said);
});

test('a Redis that is away is a problem', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const [said, ...more] = await look(redisCheck(() => examineRedis({ url })));
  expect(said).toMatch(/^problem: Redis at 127\.0\.0\.1:\d+: .*ECONNREFUSED.* Start it, or correct `redis`/);
  expect(more).toEqual([]);
});

async function slack(options: { manifest?: string | object } = {}) {
  const simulator = await startSimulator({ manifest: 'manifest.yml', ...options });
  stops.push(simulator.close);
  const { apiUrl, botToken, appToken } = simulator;
  const wanted = manifestScopes();
  const check = (change: object = {}) =>
    slackCheck({ facts: () => examineSlack({ apiUrl, botToken, appToken, ...change }), mode: 'socket', wanted });
  return { check, wanted };
}

test('Slack: whose the token is, and that every scope of the manifest is granted', async () => {
  const { check, wanted } = await slack();
  const said = await look(check());
  expect(said).toHaveLength(3);
  expect(said[0]).toMatch(/^ok: The bot token is tocsin's in /);
  expect(said[1]).toBe(`ok: All ${wanted.length} scopes are granted: ${wanted.join(', ')}.`);
});

test('Slack: a scope that was not granted is named, each with what to do', async () => {
  const manifest = {
    display_information: { name: 'App' },
    oauth_config: { scopes: { bot: manifestScopes().filter((scope) => !/^(pins|files):write$/.test(scope)) } },
    settings: { socket_mode_enabled: true },
  };
  const said = await look((await slack({ manifest })).check());
  expect(said.filter((one) => one.startsWith('problem'))).toEqual([
    expect.stringMatching(/^problem: The scope files:write is not granted\. Add it .* reinstall the app\.$/),
    expect.stringContaining('pins:write'),
  ]);
});

test.each([
  ['bot', { botToken: 'xoxb-wrong' }],
  ['app', { appToken: 'xapp-wrong' }],
])('Slack: a wrong %s token is a problem, and is not shown', async (which, change) => {
  const said = (await look((await slack()).check(change))).join('\n');
  expect(said).toMatch(
    new RegExp(`problem: Slack refuses the ${which} token \\(invalid_auth\\)\\. Copy the token again`),
  );
  expect(said).not.toContain('wrong');
});

test('targets: a host that lets us in, one that shows another key, and one that is away', async () => {
  const sshd = await startSshd();
  stops.push(sshd.stop);
  const host = { address: sshd.host, port: sshd.port, user: sshd.user, privateKeyPath: sshd.privateKeyPath };
  const hosts = [
    { ...host, name: 'good', hostKey: sshd.hostPublicKey },
    { ...host, name: 'forged', hostKey: 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    { ...host, name: 'away', hostKey: sshd.hostPublicKey, port: await freePort() },
  ];
  const said = await look(targetsCheck(() => createSshClient({ hosts, connectTimeoutMs: 5_000 })));
  expect(said).toEqual([
    'ok: good lets Tocsin in and runs what it is told.',
    expect.stringMatching(/^problem: forged: ssh_host_key/),
    expect.stringMatching(/^problem: away: ssh_/),
  ]);
});

test('Prometheus: answers, does not, or is not configured', async () => {
  const server = await startPrometheus({ config: { global: { scrape_interval: '1m' } } });
  stops.push(server.stop);
  const at = (url: string) => look(prometheusCheck(prometheusClient({ url, timeoutMs: 5_000 })));
  expect(await at(server.url)).toEqual(['ok: It answers queries.']);
  expect((await at(`http://127.0.0.1:${await freePort()}`))[0]).toMatch(
    /^problem: A query is not answered: .*ECONNREFUSED/,
  );
  expect(await look(prometheusCheck(undefined))).toEqual([expect.stringContaining('warning: None is configured')]);
});

/** Answers each path with a status. */
async function door(statuses: Readonly<Record<string, number>>) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    const body = { checks: { slack: { ok: false, detail: 'connecting' }, redis: { ok: true, detail: '' } } };
    response.writeHead(statuses[request.url ?? ''] ?? 404).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => new Promise((resolve) => server.close(resolve)));
  return { heard, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const sources = [{ name: 'am', authorization: 'Bearer x' }];

test('webhooks: a Tocsin that runs with another configuration, and is not ready', async () => {
  const { address, heard } = await door({ '/healthz': 200, '/readyz': 503, '/webhooks/am': 401 });
  expect(await look(webhooksCheck({ address, sources, slack: { address } }))).toEqual([
    `ok: Tocsin answers at ${address}.`,
    'problem: It is not ready: slack: connecting See docs/operations.md, "Is it well?".',
    'problem: /webhooks/am answers 401. The Tocsin that runs has another configuration: restart it.',
    expect.stringContaining(`problem: ${address}/slack/events answers 404`),
  ]);
  expect(heard).toContain('POST /webhooks/am Bearer x');
});

test("webhooks: Slack's way leads here, and a source whose webhooks cannot be stored is a problem", async () => {
  const { address } = await door({ '/healthz': 200, '/readyz': 200, '/webhooks/am': 503, '/slack/events': 405 });
  expect(await look(webhooksCheck({ address, sources, slack: { address } }))).toEqual([
    `ok: Tocsin answers at ${address}.`,
    'ok: It is ready.',
    'problem: /webhooks/am answers 503. See its log.',
    `ok: Slack's requests to ${address} arrive here.`,
  ]);
});

test('a test alert that never arrives: the doctor says to whom Alertmanager gave it, and takes it back', async () => {
  const nobody = { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] };
  const server = await startAlertmanager({ config: nobody });
  stops.push(server.stop);
  const alertmanager = alertmanagerClient({ url: server.url, timeoutMs: 5_000 });
  const parts = { alertmanager, mark: 'x1', arrived: async () => undefined, now: () => Date.now(), withinMs: 300 };
  expect(await look(testAlertCheck(parts))).toEqual([
    expect.stringMatching(/^problem: Alertmanager took the test alert for nobody, and it did not arrive within \d s/),
  ]);
  expect(await alertmanager.receivers('tocsin_test', 'x1')).toEqual([]);
  expect((await look(testAlertCheck({ ...parts, alertmanager: undefined })))[0]).toContain('warning: No Alertmanager');
});

test('webhooks: nobody there is a warning, no source is a problem', async () => {
  const address = `http://127.0.0.1:${await freePort()}`;
  const unseen = await look(
    webhooksCheck({ ...(await door({ '/healthz': 200 })), sources, slack: { address: undefined } }),
  );
  expect(unseen.at(-1)).toMatch(/^warning: Whether Slack reaches Tocsin .* Set `http\.public_url`/);
  expect(await look(webhooksCheck({ address, sources }))).toEqual([
    expect.stringMatching(/^warning: No Tocsin answers/),
  ]);
  expect(await look(webhooksCheck({ address, sources: [] }))).toEqual([
    expect.stringMatching(/^problem: There is no source/),
  ]);
});

test('playbooks: problems by their place, and nobody who may approve', async () => {
  const load = () => ({ playbooks: 2, problems: ['playbooks/a.yml:3:1  unknown_key  x'] });
  expect(await look(playbooksCheck(load, []))).toEqual([
    'problem: playbooks/a.yml:3:1  unknown_key  x Correct it; `tocsin check` reads it again.',
    expect.stringContaining('warning: There is no role'),
  ]);
  expect(await look(playbooksCheck(() => ({ playbooks: 2, problems: [] }), ['responder']))).toEqual([
    'ok: 2 playbooks are fine.',
  ]);
});

test('disk: room is looked for where the folder will lie', async () => {
  const folder = join(tmpdir(), 'not-there-yet', 'redis');
  const measured = async () => ({ files: 12, bytes: 3_400_000 });
  expect(await look(blobsCheck({ folder, keepMs: 30 * 86_400_000 }, measured))).toEqual([
    expect.stringContaining(`Graphs and logs in ${folder} take 4 MB (12 files); each is kept for 30 days, or longer`),
  ]);
  expect(await look(diskCheck([folder]))).toEqual([expect.stringMatching(new RegExp(`MB are free for ${folder}\\.`))]);
});

test('a check that throws or never answers is a problem of its part, and the others are heard', async () => {
  const checks: Check[] = [
    { about: 'one', look: async () => Promise.reject(new Error('broke')) },
    { about: 'two', look: () => new Promise(() => undefined) },
    { about: 'three', look: async () => [ok('fine')] },
  ];
  const found = await examine(checks, 50);
  expect(found.map(({ about, verdict }) => `${about} ${verdict}`)).toEqual(['one problem', 'two problem', 'three ok']);
});

test('what is printed says what to do below what is wrong, and ends with the counts', () => {
  const findings = [ok('fine'), warning('old', 'renew it'), problem('gone', 'bring it back')].map((said) => ({
    about: 'x',
    ...said,
  }));
  expect(printed(findings).at(-1)).toBe('Problems: 1, warnings: 1, ok: 1.');
  expect(printed(findings).join('\n')).toMatch(/problem {2}x +gone\n +→ bring it back/);
  expect(isWell(findings)).toBe(false);
  expect(isWell(findings.slice(0, 2))).toBe(true);
});

test('of each pool the doctor says whether somebody performs its steps, and how to start one', async () => {
  const seenAt = Date.UTC(2026, 0, 1, 9);
  const seen = async () => [
    { pool: 'default', workers: 2, seenAt },
    { pool: 'eu-prod', workers: 0, seenAt },
  ];
  expect(await look(poolsCheck(['default', 'eu-prod', 'us-prod'], seen))).toEqual([
    'ok: The pool default has 2 workers.',
    'warning: The pool eu-prod has no worker, and has had none since 2026-01-01T09:00:00.000Z: its steps wait. Start one in its zone: tocsin serve --role worker --pool eu-prod',
    'warning: The pool us-prod has no worker: its steps wait. Start one in its zone: tocsin serve --role worker --pool us-prod',
  ]);
  expect(await look(poolsCheck(['default'], seen))).toEqual([]);
  expect(await look(poolsCheck(['default', 'eu-prod'], async () => undefined))).toEqual([]);
});
