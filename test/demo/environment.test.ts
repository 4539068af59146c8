/** The demo's surroundings, played once through with everything real: broken, alerted, repaired over ssh, resolved. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeSSH } from 'node-ssh';
import { expect, onTestFinished, test } from 'vitest';
import { cgroupRoot } from '../../src/demo/cgroup.ts';
import { type Environment, startEnvironment } from '../../src/demo/environment.ts';
import { whyNoSystemd } from '../../src/demo/systemd.ts';
import type { TargetMode } from '../../src/demo/target.ts';

type Webhook = {
  authorization: string | undefined;
  body: {
    status: string;
    externalURL: string;
    alerts: { generatorURL: string; annotations: Record<string, string> }[];
  };
};

const obstacle = whyNoSystemd();
const modes: readonly TargetMode[] = obstacle ? ['best'] : ['systemd', 'supervised'];
const showShop = ['systemctl', 'show', 'shop.service', '-p', 'ActiveState,InvocationID,MainPID'];

test.each(modes)(
  'a broken shop alerts, and a restart over ssh resolves the alert (%s)',
  { timeout: 90_000 },
  async (mode) => {
    const sink = await startSink();
    const environment = await start(mode, sink.url);
    await expect.poll(() => environment.shopHealthy(), { timeout: 20_000 }).toBe(true);

    await environment.breakShop();
    const firing = await sink.next();
    expect(firing).toMatchObject({
      authorization: 'Bearer let-me-in',
      body: { status: 'firing', groupLabels: { service: 'shop' } },
    });
    expect(await environment.shopHealthy()).toBe(false);
    expect(await statusesOf(linksIn(firing))).toEqual({
      generatorURL: 200,
      externalURL: 200,
      runbook_url: 200,
      dashboard_url: 200,
    });

    expect(await logOf(environment, { from: '2020-01-01T00:00:00Z' })).toContain('500 /checkout');
    expect(await logOf(environment, { to: '2020-01-01T00:00:00Z' })).toContain(': 0, ');

    expect(await overSsh(environment, environment.restart)).toMatchObject({ code: 0 });
    expect(await sink.next()).toMatchObject({ body: { status: 'resolved' } });
    expect(await environment.shopHealthy()).toBe(true);
    expect(await environment.sshLog()).toContain('Accepted publickey');
    expect(await samplesOfThePast(environment)).toBeGreaterThan(200);
  },
);

test.each(modes)('the host says over ssh that another process of the shop runs after a restart (%s)', async (mode) => {
  const environment = await start(mode, 'http://127.0.0.1:9/');
  const status = environment.target === 'systemd' ? showShop : [environment.restart[0] ?? '', 'status'];
  const before = await overSsh(environment, status);
  await overSsh(environment, environment.restart);
  const after = await overSsh(environment, status);
  expect(before.stdout).toMatch(/\bactive\b/);
  expect(after.stdout).toMatch(/\bactive\b/);
  expect(after.stdout).not.toBe(before.stdout);
});

test.each(modes)('nothing is left when the demo ends (%s)', async (mode) => {
  const environment = await start(mode, 'http://127.0.0.1:9/');
  await environment.stop();
  for (const url of [environment.shopUrl, environment.prometheusUrl, environment.alertmanagerUrl])
    await expect(fetch(url)).rejects.toThrow();
  await expect(overSsh(environment, ['true'])).rejects.toThrow('ECONNREFUSED');
  const root = cgroupRoot();
  const groups = root ? await readdir(root) : [];
  expect(groups.filter((name) => name.startsWith(`tocsin-demo-${process.pid}-`))).toEqual([]);
});

test('the demo says which host it could give, and why it is not systemd', async () => {
  const environment = await start('best', 'http://127.0.0.1:9/');
  expect(environment).toMatchObject(
    obstacle ? { target: 'supervised', targetReason: obstacle } : { target: 'systemd', targetReason: undefined },
  );
});

async function start(mode: TargetMode, webhookUrl: string): Promise<Environment> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-demo-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const environment = await startEnvironment({ dir, mode, webhookUrl, webhookToken: 'let-me-in' });
  onTestFinished(() => environment.stop());
  return environment;
}

function linksIn({ body }: Webhook): Record<string, string> {
  const { generatorURL = '', annotations: { runbook_url = '', dashboard_url = '' } = {} } = body.alerts[0] ?? {};
  return { generatorURL, externalURL: body.externalURL, runbook_url, dashboard_url };
}

async function statusesOf(links: Record<string, string>): Promise<Record<string, number>> {
  const statuses = Object.entries(links).map(async ([name, url]) => [name, (await fetch(url)).status] as const);
  return Object.fromEntries(await Promise.all(statuses));
}

async function logOf({ shopUrl }: Environment, span: Record<string, string>): Promise<string> {
  return (await fetch(`${shopUrl}/logs/search?${new URLSearchParams(span)}`)).text();
}

async function overSsh({ ssh }: Environment, argv: readonly string[]) {
  const client = new NodeSSH();
  await client.connect({ host: ssh.host, port: ssh.port, username: ssh.user, privateKeyPath: ssh.privateKeyPath });
  const result = await client.execCommand(argv.join(' '));
  client.dispose();
  return result;
}

async function samplesOfThePast({ prometheusUrl }: Environment): Promise<number> {
  const now = Date.now() / 1000;
  const range = { query: 'shop_error_ratio{job="shop"}', start: String(now - 3_600), end: String(now), step: '15' };
  const answer = await fetch(`${prometheusUrl}/api/v1/query_range?${new URLSearchParams(range)}`);
  const body = (await answer.json()) as { data: { result: { values: unknown[] }[] } };
  return body.data.result[0]?.values.length ?? 0;
}

/** Takes what Alertmanager posts, in order. */
async function startSink() {
  const arrived: Webhook[] = [];
  const waiting: ((webhook: Webhook) => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const webhook = {
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    };
    response.writeHead(202).end();
    const taker = waiting.shift();
    if (taker) taker(webhook);
    else arrived.push(webhook);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const next = async () => arrived.shift() ?? new Promise<Webhook>((resolve) => waiting.push(resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, next };
}
