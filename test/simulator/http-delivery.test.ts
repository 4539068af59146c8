/** HTTP delivery: signed requests that Bolt's own receiver accepts, Slack's three seconds, repetitions of events, and forgeries. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, LogLevel } from '@slack/bolt';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../support/servers.ts';
import { type DrivenClock, drivenClock, type Json, openWorkspace, wideManifest } from './support/workspace.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type Wide = { settings: Json };

function httpManifest(): object {
  const manifest = wideManifest() as Wide;
  const interactivity = { is_enabled: true, request_url: 'https://app.example.com/slack/events' };
  return { ...manifest, settings: { ...manifest.settings, socket_mode_enabled: false, interactivity } };
}

async function workspace(options: { requestUrl?: string; clock?: DrivenClock } = {}) {
  const slack = await openWorkspace({ manifest: httpManifest(), ...options });
  stops.push(slack.close);
  return { ...slack, command: (text: string) => slack.control('command', { user: 'alice', channel: 'general', text }) };
}

async function bolt() {
  const port = await freePort();
  const slack = await workspace({ requestUrl: `http://127.0.0.1:${port}/slack/events` });
  const app = new App({
    token: slack.botToken,
    signingSecret: slack.signingSecret,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
  });
  stops.push(() => app.stop());
  await app.start(port);
  return { slack, app };
}

/** An app that notes what it is sent and answers as told. */
async function listener(answer: { status?: number; headers?: Record<string, string>; silent?: boolean } = {}) {
  const heard: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ headers: request.headers, body });
    if (!answer.silent) response.writeHead(answer.status ?? 200, answer.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test("Bolt's own receiver takes a command, a click and an event, and what it acknowledges is shown", async () => {
  const { slack, app } = await bolt();
  const events: string[] = [];
  app.command('/incident', ({ ack, command }) => ack(`on it: ${command.text}`));
  app.action('approve', async ({ ack, respond }) => {
    await ack();
    await respond({ text: 'thank you', replace_original: false });
  });
  app.event('app_mention', async ({ event }) => void events.push(event.text));
  expect(await slack.command('/incident list')).toMatchObject({ ok: true, response: { text: 'on it: list' } });

  const button = { type: 'button', action_id: 'approve', value: '1', text: { type: 'plain_text', text: 'Approve' } };
  const blocks = [{ type: 'actions', block_id: 'b', elements: [button] }];
  const { ts } = await slack.call('chat.postMessage', { channel: 'C000000001', text: 'Approve?', blocks });
  const click = { user: 'bob', channel: 'general', ts, action_id: 'approve' };
  expect(await slack.control('click', click)).toMatchObject({ ok: true, acked: true });
  await expect.poll(() => slack.look('ephemerals?user=bob')).toMatchObject([{ text: 'thank you' }]);

  await slack.call('conversations.join', { channel: 'C000000001' });
  await slack.control('message', { user: 'alice', channel: 'general', text: '<@U0BOT> hello' });
  await expect.poll(() => events).toEqual(['<@U0BOT> hello']);
  expect(await slack.control('verify', {})).toMatchObject({ ok: true });
});

test("Bolt's options listener is asked over HTTP too", async () => {
  const { slack, app } = await bolt();
  const option = { text: { type: 'plain_text' as const, text: 'The shop' }, value: 'shop' };
  app.options('service', ({ ack, payload }) => ack({ options: payload.value === 'shop' ? [option] : [] }));
  const menu = { type: 'external_select', action_id: 'service' };
  const { ts } = await slack.call('chat.postMessage', {
    channel: 'general',
    text: 'x',
    blocks: [{ type: 'actions', block_id: 'b', elements: [menu] }],
  });
  const asked = { user: 'alice', channel: 'general', ts, block_id: 'b', action_id: 'service', value: 'shop' };
  expect(await slack.control('suggest', asked)).toMatchObject({ ok: true, option_groups: [{ options: [option] }] });
});

test.each(['bad_signature', 'old_timestamp'])('Bolt refuses a request with %s, and takes the next', async (how) => {
  const { slack, app } = await bolt();
  app.command('/incident', ({ ack }) => ack());
  await slack.control('deliveries', { tamper: how });
  expect(await slack.command('/incident')).toMatchObject({ ok: false, error: 'http_client_error' });
  expect(await slack.command('/incident')).toMatchObject({ ok: true });
});

test('a command that is not answered within three seconds is not sent again', async () => {
  const clock = drivenClock();
  const app = await listener({ silent: true });
  const slack = await workspace({ requestUrl: app.url, clock });
  const typed = slack.command('/incident list');
  await expect.poll(() => app.heard.length).toBe(1);
  clock.pass(3_000);
  expect(await typed).toMatchObject({ ok: false, acked: false, error: 'operation_timeout' });
  clock.pass(600_000);
  expect(app.heard).toHaveLength(1);
  expect(app.heard[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
});

async function mention(slack: Awaited<ReturnType<typeof workspace>>) {
  await slack.call('conversations.join', { channel: 'C000000001' });
  await slack.control('message', { user: 'alice', channel: 'general', text: 'hello' });
}

test('an event that fails comes again: at once, after a minute, after five, and says so', async () => {
  const clock = drivenClock();
  const app = await listener({ status: 500 });
  const slack = await workspace({ requestUrl: app.url, clock });
  await mention(slack);
  const arrived = (count: number) => expect.poll(() => app.heard.length).toBe(count);
  const settled = async (count: number) =>
    expect
      .poll(async () => ((await slack.look('envelopes')) as Json[]).filter(({ state }) => state === 'failed'))
      .toHaveLength(count);
  await arrived(1);
  for (const [i, delayMs] of [0, 60_000, 300_000].entries()) {
    await settled(i + 1);
    clock.pass(delayMs);
    await arrived(i + 2);
  }
  await settled(4);
  clock.pass(3_600_000);
  expect(app.heard.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2', '3']);
  expect(app.heard[1]?.headers['x-slack-retry-reason']).toBe('http_error');
  expect(new Set(app.heard.map(({ body }) => JSON.parse(body).event_id)).size).toBe(1);
});

test('an app may ask for no repetition, and a lost answer is one', async () => {
  const clock = drivenClock();
  const final = await listener({ status: 500, headers: { 'x-slack-no-retry': '1' } });
  await mention(await workspace({ requestUrl: final.url, clock }));
  await expect.poll(() => final.heard.length).toBe(1);
  clock.pass(0);
  clock.pass(60_000);

  const app = await listener();
  const slack = await workspace({ requestUrl: app.url, clock });
  await slack.control('deliveries', { tamper: 'lost_answer' });
  await mention(slack);
  await expect.poll(async () => ((await slack.look('envelopes')) as Json[])[0]?.state).toBe('failed');
  clock.pass(0);
  await expect.poll(() => app.heard.length).toBe(2);
  expect(app.heard[1]?.headers).toMatchObject({ 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' });
  expect(final.heard).toHaveLength(1);
});

test('nobody there, or nowhere to send it: the person sees that the dispatch failed', async () => {
  const slack = await workspace({ requestUrl: `http://127.0.0.1:${await freePort()}/` });
  expect(await slack.command('/incident')).toMatchObject({ ok: false, error: 'dispatch_failed' });
  expect(await (await workspace()).command('/incident')).toMatchObject({ ok: false, error: 'dispatch_failed' });
  expect(await slack.control('deliveries', { tamper: 'nothing' })).toMatchObject({ error: 'unknown_tampering' });
});
