/** The workspace's own behaviour beyond single errors: names, invitations, edits, threads, pages, private channels. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GENERAL, openStage, type Stage, section, times } from './support/stage.ts';
import { type Json, shippedManifest } from './support/workspace.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const messages = async (channel: string, thread = '') =>
  (await stage.look(`channels/${channel}/messages${thread}`)) as Json[];

test('the name of an archived channel stays taken, 80 characters are the most', async () => {
  await stage.archived();
  expect(await stage.call('conversations.create', { name: 'inc-old' })).toMatchObject({ error: 'name_taken' });
  expect(await stage.call('conversations.create', { name: 'x'.repeat(80) })).toMatchObject({ ok: true });
});

test('an invitation takes 100 people, not 101, and with force passes over those who cannot come', async () => {
  const channel = await stage.room();
  const crowd = (size: number) => Array.from({ length: size }, (_, i) => `U0${i}`).join();
  const invite = (users: string, force = false) => stage.call('conversations.invite', { channel, users, force });
  expect(await invite(crowd(101))).toMatchObject({ error: 'invalid_arguments' });
  expect(await invite(crowd(100))).toMatchObject({ error: 'user_not_found' });
  expect(await invite('U0ALICE,U0EVE')).toMatchObject({ ok: false, errors: [{ user: 'U0EVE', error: 'cant_invite' }] });
  expect(await invite('U0ALICE,U0EVE', true)).toMatchObject({ ok: true, errors: [{ user: 'U0EVE' }] });
  const { members } = await stage.must('conversations.members', { channel });
  expect(members).toEqual(['U0BOT', 'U0ALICE']);
});

test('an edit with text alone takes the blocks away, with blocks alone keeps the text', async () => {
  const ts = await stage.post(GENERAL, { blocks: [section()], metadata: { event_type: 'a', event_payload: {} } });
  await stage.must('chat.update', { channel: GENERAL, ts, blocks: [section('new')] });
  expect((await messages('general'))[0]).toMatchObject({ text: 'hello', edited: { user: 'U0BOT' } });
  await stage.must('chat.update', { channel: GENERAL, ts, text: 'bye' });
  const [edited] = await messages('general');
  expect(edited).toMatchObject({ text: 'bye', metadata: { event_type: 'a' } });
  expect(edited?.blocks).toBeUndefined();
});

test('history is newest first, in pages, and shows metadata only to who asks', async () => {
  const channel = await stage.room();
  await times(5, (i) => stage.post(channel, { text: `${i}`, metadata: { event_type: 'n', event_payload: { i } } }));
  const texts = (answer: Json) => (answer.messages as Json[]).map(({ text }) => text);
  const first = await stage.must('conversations.history', { channel, limit: 3 });
  expect([texts(first), first.has_more]).toEqual([['4', '3', '2'], true]);
  const cursor = (first.response_metadata as Json).next_cursor;
  const rest = await stage.must('conversations.history', { channel, limit: 3, cursor, include_all_metadata: true });
  expect([texts(rest), rest.has_more]).toEqual([['1', '0'], false]);
  expect((first.messages as Json[])[0]?.metadata).toBeUndefined();
  expect((rest.messages as Json[])[0]?.metadata).toEqual({ event_type: 'n', event_payload: { i: 1 } });
  const oldest = (first.messages as Json[])[1]?.ts;
  expect(texts(await stage.must('conversations.history', { channel, oldest }))).toEqual(['4']);
  expect(texts(await stage.must('conversations.history', { channel, oldest, inclusive: true }))).toEqual(['4', '3']);
});

test('a reply is in its thread, not in the history', async () => {
  const channel = await stage.room();
  const parent = await stage.post(channel);
  const reply = await stage.post(channel, { thread_ts: parent, text: 'reply' });
  await stage.post(channel, { thread_ts: reply, text: 'reply to the reply' });
  const { messages: top } = await stage.must('conversations.history', { channel });
  expect(top).toMatchObject([{ ts: parent, reply_count: 2 }]);
  const { messages: thread } = await stage.must('conversations.replies', { channel, ts: reply });
  expect(thread).toHaveLength(1);
  expect(await messages('inc-1', `?thread_ts=${parent}`)).toHaveLength(3);
});

test('a private channel needs its own scopes and is unknown to who is not in it', async () => {
  const shipped = await openStage({ manifest: shippedManifest() });
  const create = (is_private: boolean) => shipped.call('conversations.create', { name: 'secret', is_private });
  expect(await create(true)).toMatchObject({ error: 'missing_scope', needed: 'groups:write' });
  expect(await create(false)).toMatchObject({ ok: true });
  await shipped.close();
  const hidden = { name: 'hr', members: ['alice'], is_private: true };
  const other = await openStage({ workspace: { users: [{ id: 'U0ALICE', name: 'alice' }], channels: [hidden] } });
  expect(await other.call('conversations.info', { channel: GENERAL })).toMatchObject({ error: 'channel_not_found' });
  expect(await other.call('chat.postMessage', { channel: 'hr', text: 'x' })).toMatchObject({
    error: 'channel_not_found',
  });
  await other.close();
});

test('guests and strangers can be told apart, a group names its people', async () => {
  const user = async (id: string) => (await stage.must('users.info', { user: id })).user;
  expect(await user('U0GINA')).toMatchObject({ is_restricted: true, is_stranger: false, team_id: 'T0LOCAL' });
  expect(await user('U0EVE')).toMatchObject({ is_stranger: true, team_id: 'T0ELSEWHERE' });
  expect(await stage.must('usergroups.users.list', { usergroup: 'S0SRE' })).toMatchObject({
    users: ['U0ALICE', 'U0BOB'],
  });
});

test('a method that Slack does not have is unknown', async () => {
  expect(await stage.call('chat.shout')).toMatchObject({ ok: false, error: 'unknown_method', status: 200 });
});

test('a call may come as a form, as JSON, or as multipart, its token in the header or the body', async () => {
  const post = async (body: string | FormData | URLSearchParams, headers: Record<string, string> = {}) =>
    (await fetch(`${stage.apiUrl}chat.postMessage`, { method: 'POST', body, headers })).json();
  const fields = { token: stage.botToken, channel: GENERAL, text: 'hello', blocks: JSON.stringify([section()]) };
  expect(await post(new URLSearchParams(fields))).toMatchObject({ ok: true });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  expect(await post(form)).toMatchObject({ ok: true });
  const json = { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${stage.botToken}` };
  expect(await post(JSON.stringify({ channel: GENERAL, blocks: [section()] }), json)).toMatchObject({ ok: true });
  expect(await messages('general')).toHaveLength(3);
});

test('an upload that was never sent cannot be completed, nor one be completed twice', async () => {
  const announced = await stage.must('files.getUploadURLExternal', { filename: 'a.txt', length: 3 });
  const complete = (id: unknown) => stage.call('files.completeUploadExternal', { files: [{ id }] });
  expect(await complete(announced.file_id)).toMatchObject({ error: 'file_not_found' });
  const sent = await stage.upload();
  expect(await complete(sent)).toMatchObject({ ok: true });
  expect(await complete(sent)).toMatchObject({ error: 'file_not_found' });
});

test('a reset opens the workspace as it was', async () => {
  await stage.post(await stage.room());
  await stage.control('reset', {});
  const state = (await stage.look('state')) as { channels: Json[] };
  expect(state.channels.map(({ name, message_count }) => [name, message_count])).toEqual([
    ['general', 0],
    ['shop-alerts', 0],
  ]);
  expect(await stage.look('ledger')).toEqual({ methods: {}, ratelimited: 0 });
});
