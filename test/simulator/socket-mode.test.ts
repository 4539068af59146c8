/** Socket Mode frame by frame: tickets, hello, one socket for each payload, redelivery, disconnects, the limit of ten. */
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from './support/socket-app.ts';
import { type DrivenClock, drivenClock, type Json, openWorkspace, type TestWorkspace } from './support/workspace.ts';

let clock: DrivenClock;
let slack: TestWorkspace;

beforeEach(async () => {
  clock = drivenClock();
  slack = await openWorkspace({ clock });
});
afterEach(() => slack.close());

const incident = () => slack.control('command', { user: 'alice', channel: 'general', text: '/incident list' });
const sockets = async () => ((await slack.look('state')) as Json).sockets;

test('hello says how many connections there are, and a ticket works once', async () => {
  const first = await connect(slack);
  const second = await connect(slack);
  expect(first.frames[0]).toMatchObject({ type: 'hello', num_connections: 1, connection_info: {}, debug_info: {} });
  expect(second.frames[0]).toMatchObject({ type: 'hello', num_connections: 2 });
  const again = new WebSocket(first.url);
  const [error] = (await once(again, 'error')) as [Error];
  expect(error.message).toContain('401');
});

test('each payload goes to exactly one of the sockets', async () => {
  const apps = [await connect(slack), await connect(slack), await connect(slack)];
  for (let i = 0; i < 6; i += 1) expect(await incident()).toMatchObject({ ok: true });
  expect(apps.map((app) => app.envelopes().length)).toEqual([2, 2, 2]);
});

test('a duplicated envelope reaches the app twice with the same id', async () => {
  const app = await connect(slack);
  await slack.control('sockets', { duplicate_envelopes: true });
  await incident();
  await expect.poll(() => app.envelopes().length).toBe(2);
  const [one, two] = app.envelopes();
  expect(one?.envelope_id).toBe(two?.envelope_id);
});

test('a slash command carries what Slack sends with one', async () => {
  const app = await connect(slack);
  await slack.control('command', { user: 'alice', channel: 'general', text: '/incident show #general @bob <x>' });
  const [envelope] = app.envelopes();
  expect(envelope).toMatchObject({ type: 'slash_commands', accepts_response_payload: true });
  expect(envelope?.payload).toMatchObject({
    command: '/incident',
    text: 'show <#C000000001|general> <@U0BOB|bob> <x>',
    user_id: 'U0ALICE',
    user_name: 'alice',
    channel_id: 'C000000001',
    channel_name: 'general',
    team_id: 'T0LOCAL',
    api_app_id: 'A0SIMULATOR',
    is_enterprise_install: 'false',
    response_url: expect.stringContaining('/response/'),
    trigger_id: expect.any(String),
  });
});

test('the eleventh connection is told that there are too many', async () => {
  for (let i = 0; i < 10; i += 1) await connect(slack);
  const late = await connect(slack);
  expect(late.frames[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  expect(await sockets()).toBe(10);
});

test('TCP may outlive the close frames: nothing is sent there any more, and the app is the one to give up', async () => {
  const first = await connect(slack);
  const second = await connect(slack);
  await slack.control('sockets', { linger_after_close: true });
  first.socket.close();
  await expect.poll(sockets).toBe(1);
  for (let i = 0; i < 2; i += 1) expect(await incident()).toMatchObject({ ok: true });
  expect([first.envelopes().length, second.envelopes().length]).toEqual([0, 2]);
  // The close frame was answered, and yet the connection is not at its end.
  expect(first.socket.readyState).toBe(WebSocket.CLOSING);

  await slack.control('sockets', { do: 'hang_up' });
  await expect.poll(sockets).toBe(0);
  expect(second.socket.readyState).toBe(WebSocket.CLOSING);
  expect(await incident()).toMatchObject({ ok: false, error: 'dispatch_failed' });
  first.socket.terminate();
  second.socket.terminate();
});

test('with Socket Mode off in the manifest a connection is cut with link_disabled', async () => {
  const off = await openWorkspace({ manifest: { display_information: { name: 'App' } } });
  const app = await connect(off);
  expect(app.frames[0]).toMatchObject({ type: 'disconnect', reason: 'link_disabled' });
  await off.close();
});

test('nobody connected: the person sees that the dispatch failed', async () => {
  expect(await incident()).toMatchObject({ ok: false, acked: false, error: 'dispatch_failed' });
});

test('no acknowledgement within three seconds: the person sees a timeout, and the command is not sent again', async () => {
  const app = await connect(slack, { silent: true });
  const typed = incident();
  await expect.poll(() => app.envelopes().length).toBe(1);
  clock.pass(3_000);
  expect(await typed).toMatchObject({ ok: false, acked: false, error: 'operation_timeout' });
  clock.pass(600_000);
  expect(app.envelopes()).toHaveLength(1);
});

test('an unacknowledged event comes again: at once, after a minute, after five, then no more', async () => {
  const app = await connect(slack, { silent: true });
  await slack.call('conversations.join', { channel: 'C000000001' });
  await slack.control('message', { user: 'alice', channel: 'general', text: 'hello' });
  const arrived = (count: number) => expect.poll(() => app.envelopes().length).toBe(count);
  await arrived(1);
  for (const [i, delayMs] of [0, 60_000, 300_000].entries()) {
    clock.pass(3_000);
    clock.pass(delayMs);
    await arrived(i + 2);
  }
  clock.pass(3_000);
  clock.pass(3_600_000);
  expect(app.envelopes().map((frame) => frame.retry_attempt)).toEqual([0, 1, 2, 3]);
  expect(app.envelopes()[1]).toMatchObject({ type: 'events_api', retry_reason: 'timeout' });
  expect(new Set(app.envelopes().map((frame) => (frame.payload as Json).event_id)).size).toBe(1);
});

test('an event that the manifest does not subscribe to is not sent', async () => {
  const app = await connect(slack);
  await slack.call('conversations.create', { name: 'inc-1' });
  await slack.call('conversations.join', { channel: 'C000000001' });
  await slack.control('message', { user: 'alice', channel: 'general', text: '<@U0BOT> hello' });
  await expect.poll(() => app.envelopes().length).toBe(2);
  const types = app.envelopes().map((frame) => (frame.payload?.event as Json | undefined)?.type);
  expect(types).toEqual(['message', 'app_mention']);
});

test('an app can be told to reconnect, or be cut off without a word', async () => {
  const app = await connect(slack);
  await slack.control('sockets', { do: 'disconnect', reason: 'refresh_requested' });
  await expect.poll(() => app.frames.at(-1)).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' });
  await slack.control('sockets', { do: 'drop' });
  await once(app.socket, 'close');
  expect(await sockets()).toBe(0);
});
