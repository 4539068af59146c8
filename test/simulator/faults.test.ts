/** The fault switchboard: each fault strikes the method it names, as often as it says, and shows in the log. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DrivenClock, drivenClock, type Json, openWorkspace, type TestWorkspace } from './support/workspace.ts';

let clock: DrivenClock;
let slack: TestWorkspace;

beforeEach(async () => {
  clock = drivenClock();
  slack = await openWorkspace({ clock, limits: 'slack' });
});
afterEach(() => slack.close());

const fault = (wanted: Json) => slack.control('faults', wanted);
const post = (signal?: AbortSignal) =>
  fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'general', text: 'hello' }),
    ...(signal ? { signal } : {}),
  });
const messages = async () => (await slack.look('channels/general/messages')) as Json[];

test('rate_limited answers 429 with the wanted Retry-After, and is not the app’s own doing', async () => {
  await fault({ kind: 'rate_limited', method: 'chat.postMessage', retryAfter: 7 });
  const response = await post();
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  expect((await post()).status).toBe(200);
  expect(await slack.look('ledger')).toMatchObject({
    ratelimited: 0,
    methods: { 'chat.postMessage': { calls: 2, ok: 1 } },
  });
});

test('http_error answers with its status, as often as it says', async () => {
  await fault({ kind: 'http_error', method: 'chat.postMessage', status: 502, times: 2 });
  const seen = [(await post()).status, (await post()).status, (await post()).status];
  expect(seen).toEqual([502, 502, 200]);
  expect(await messages()).toHaveLength(1);
});

test('dropped_answer does the work and cuts the connection', async () => {
  await fault({ kind: 'dropped_answer', method: 'chat.postMessage' });
  await expect(post()).rejects.toThrow('fetch failed');
  expect(await messages()).toHaveLength(1);
});

test('no_answer never answers and does nothing', async () => {
  await fault({ kind: 'no_answer', method: 'chat.postMessage' });
  const giveUp = new AbortController();
  const waiting = post(giveUp.signal);
  await expect.poll(() => slack.look('log?method=chat.postMessage')).toMatchObject([{ status: 0, error: 'no_answer' }]);
  giveUp.abort();
  await expect(waiting).rejects.toThrow('aborted');
  expect(await messages()).toHaveLength(0);
});

test('slow answers after its delay', async () => {
  await fault({ kind: 'slow', method: 'chat.postMessage', delayMs: 5_000 });
  const waiting = post();
  await expect.poll(async () => ((await slack.look('faults')) as Json[]).length).toBe(0);
  expect(await messages()).toHaveLength(0);
  clock.pass(5_000);
  expect((await waiting).status).toBe(200);
  expect(await slack.look('log?method=chat.postMessage')).toMatchObject([{ ok: true, ms: 5_000 }]);
});

test('error answers in Slack’s words; a star strikes any method; a clear switch spares all', async () => {
  await fault({ kind: 'error', method: '*', error: 'fatal_error', times: 9 });
  expect(await slack.call('auth.test')).toMatchObject({ ok: false, error: 'fatal_error' });
  await fetch(`${slack.controlUrl}/faults`, { method: 'DELETE' });
  expect(await slack.call('auth.test')).toMatchObject({ ok: true });
  expect(await fault({ kind: 'earthquake' })).toMatchObject({ ok: false, error: 'unknown_fault' });
});

test('uploads and response URLs can fail as well', async () => {
  await fault({ kind: 'http_error', method: 'upload' });
  await fault({ kind: 'http_error', method: 'response_url', status: 500 });
  const begun = await slack.call('files.getUploadURLExternal', { filename: 'a.txt', length: 1 });
  const send = async () => (await fetch(String(begun.upload_url), { method: 'POST', body: 'x' })).status;
  expect([await send(), await send()]).toEqual([503, 200]);
  expect((await fetch(`${slack.url}/response/any`, { method: 'POST', body: '{}' })).status).toBe(500);
});

test('the ledger counts the 429s that the app ran into by itself, per channel and second', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 6; i += 1) statuses.push((await post()).status);
  expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  const other = { channel: 'shop-alerts', text: 'another channel has its own second' };
  expect(await slack.call('chat.postMessage', other)).toMatchObject({ ok: true });
  clock.pass(1_000);
  expect((await post()).status).toBe(200);
  expect(await slack.look('ledger')).toMatchObject({ ratelimited: 2 });
});

test('the whole workspace takes 300 posts a minute', async () => {
  const channels = Array.from({ length: 76 }, (_, i) => ({ name: `c${i}`, members: ['alice'] }));
  const workspace = { users: [{ id: 'U0ALICE', name: 'alice' }], channels };
  const busy = await openWorkspace({ clock, limits: 'slack', workspace });
  const statuses: number[] = [];
  for (let i = 0; i < 301; i += 1) {
    const answer = await busy.call('chat.postMessage', { channel: `c${Math.floor(i / 4)}`, text: 'hello' });
    statuses.push(answer.status);
  }
  expect(statuses.indexOf(429)).toBe(300);
  await busy.close();
});

test('a process of its own says where it is in one line and ends on SIGTERM', async () => {
  const args = ['src/simulator/main.ts', '--manifest', 'manifest.yml', '--limits', 'off'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { apiUrl, botToken } = JSON.parse(String(line)) as { apiUrl: string; botToken: string };
  const headers = { authorization: `Bearer ${botToken}` };
  const answer = await fetch(`${apiUrl}auth.test`, { method: 'POST', headers });
  expect(await answer.json()).toMatchObject({ ok: true, user: 'tocsin' });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  ['a manifest that is not there', ['--manifest', 'nowhere.yml'], 'nowhere.yml'],
  ['limits it does not know', ['--limits', 'some'], '--limits is "slack" or "off"'],
])('the process says in one line why it cannot start: %s', async (_what, args, reason) => {
  const child = spawn(process.execPath, ['src/simulator/main.ts', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(Buffer.concat(said).toString()).toMatch(/^The simulator could not start\. .*\n$/);
  expect(Buffer.concat(said).toString()).toContain(reason);
});
