/** Acting as a person through the control API: only what is really shown can be used, and response URLs wear out. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from './support/socket-app.ts';
import { GENERAL, modal, openStage, plain, type Stage } from './support/stage.ts';
import type { Json } from './support/workspace.ts';

let stage: Stage;
let app: Awaited<ReturnType<typeof connect>>;
beforeEach(async () => {
  stage = await openStage();
  app = await connect(stage);
});
afterEach(() => stage.close());

const lastPayload = () => app.envelopes().at(-1)?.payload ?? {};
const command = (text = '/incident list') => stage.control('command', { user: 'alice', channel: 'general', text });
const click = (given: Json) => stage.control('click', { user: 'bob', channel: 'general', ...given });

const choices = [
  {
    type: 'actions',
    block_id: 'choices',
    elements: [
      { type: 'button', action_id: 'run', text: plain('Run'), value: 'restart' },
      {
        type: 'static_select',
        action_id: 'sev',
        options: ['sev1', 'sev2'].map((value) => ({ text: plain(value.toUpperCase()), value })),
      },
    ],
  },
];

async function answerTo(responseUrl: unknown, body: Json): Promise<[number, Json]> {
  const response = await fetch(String(responseUrl), { method: 'POST', body: JSON.stringify(body) });
  return [response.status, (await response.json()) as Json];
}

test('a click carries the message, the action and a state; only a button that is shown can be clicked', async () => {
  const ts = await stage.post(GENERAL, { blocks: choices });
  expect(await click({ ts, action_id: 'run', value: 'restart' })).toMatchObject({ ok: true, acked: true });
  expect(lastPayload()).toMatchObject({
    type: 'block_actions',
    user: { id: 'U0BOB', name: 'bob', team_id: 'T0LOCAL' },
    container: { type: 'message', message_ts: ts, channel_id: GENERAL, is_ephemeral: false },
    channel: { id: GENERAL, name: 'general' },
    message: { ts, text: 'hello' },
    actions: [{ type: 'button', action_id: 'run', block_id: 'choices', value: 'restart' }],
    state: { values: { choices: { sev: { type: 'static_select', selected_option: null } } } },
    response_url: expect.stringContaining('/response/'),
    trigger_id: expect.any(String),
  });
  expect(await click({ ts, action_id: 'run', value: 'other' })).toMatchObject({ error: 'element_not_found' });
  await stage.must('chat.update', { channel: GENERAL, ts, text: 'done' });
  expect(await click({ ts, action_id: 'run' })).toMatchObject({ error: 'element_not_found', status: 400 });
  expect(await click({ ts: '1.000001', action_id: 'run' })).toMatchObject({ error: 'message_not_found' });
});

test('a select sends the whole option, and only one it has', async () => {
  const ts = await stage.post(GENERAL, { blocks: choices });
  await click({ ts, action_id: 'sev', selected_option: 'sev2' });
  expect(lastPayload()).toMatchObject({
    actions: [{ type: 'static_select', selected_option: { value: 'sev2', text: { text: 'SEV2' } } }],
  });
  expect(await click({ ts, action_id: 'sev', selected_option: 'sev9' })).toMatchObject({ error: 'option_not_found' });
});

test('a response URL answers five times, within half an hour', async () => {
  await command();
  const { response_url } = lastPayload();
  for (let i = 0; i < 5; i += 1) expect((await answerTo(response_url, { text: `${i}` }))[0]).toBe(200);
  expect(await answerTo(response_url, { text: 'too many' })).toMatchObject([404, { error: 'used_url' }]);
  expect(await stage.look('ephemerals?user=alice&channel=general')).toHaveLength(5);
  await command();
  const { response_url: late } = lastPayload();
  stage.clock.pass(30 * 60_000 + 1);
  expect(await answerTo(late, { text: 'too late' })).toMatchObject([404, { error: 'expired_url' }]);
  expect(await answerTo(`${stage.url}/response/none`, { text: 'x' })).toMatchObject([404, { error: 'invalid_url' }]);
});

test('a response URL can speak to the channel, replace what was clicked, or take it away', async () => {
  await command();
  await answerTo(lastPayload().response_url, { text: 'for all', response_type: 'in_channel' });
  const messages = async () => (await stage.look('channels/general/messages')) as Json[];
  expect(await messages()).toMatchObject([{ text: 'for all', user: 'U0BOT' }]);
  const ts = await stage.post(GENERAL, { blocks: choices });
  await click({ ts, action_id: 'run' });
  const { response_url } = lastPayload();
  await answerTo(response_url, { text: 'running', replace_original: true });
  expect((await messages())[1]).toMatchObject({ ts, text: 'running', edited: {} });
  await answerTo(response_url, { delete_original: true });
  expect(await messages()).toHaveLength(1);
  expect(await answerTo(response_url, { blocks: [{ type: 'marquee' }] })).toMatchObject([
    404,
    { error: 'invalid_blocks' },
  ]);
});

test('an ephemeral message is clicked only by the person who sees it', async () => {
  const { message_ts: ts } = await stage.must('chat.postEphemeral', {
    channel: GENERAL,
    user: 'U0BOB',
    blocks: choices,
  });
  expect(await click({ ts, action_id: 'run' })).toMatchObject({ ok: true });
  expect(lastPayload()).toMatchObject({ container: { is_ephemeral: true } });
  expect(await click({ ts, action_id: 'run', user: 'alice' })).toMatchObject({ error: 'message_not_found' });
});

test('a command the manifest lacks, a person or a channel nobody knows are refused', async () => {
  expect(await command('/deploy now')).toMatchObject({ error: 'unknown_command' });
  const given = { user: 'zoe', channel: 'general', text: '/incident' };
  expect(await stage.control('command', given)).toMatchObject({ error: 'user_not_found' });
  expect(await stage.control('command', { ...given, user: 'alice', channel: 'x' })).toMatchObject({
    error: 'channel_not_found',
  });
  const said = { user: 'eve', channel: 'general', text: 'hello' };
  expect(await stage.control('message', said)).toMatchObject({ error: 'not_in_channel' });
});

const form = modal({
  submit: plain('Send'),
  notify_on_close: true,
  blocks: [
    { type: 'input', block_id: 'why', label: plain('Why'), element: { type: 'plain_text_input', action_id: 'text' } },
    {
      type: 'input',
      block_id: 'who',
      optional: true,
      label: plain('Who'),
      element: { type: 'users_select', action_id: 'user', initial_user: 'U0CAROL' },
    },
  ],
});

async function openForm(): Promise<unknown> {
  await command();
  const { trigger_id } = lastPayload();
  const { view } = await stage.must('views.open', { view: form, trigger_id });
  return (view as Json).id;
}

const submit = (view_id: unknown, values: Json) => stage.control('submit', { user: 'alice', view_id, values });

test('a submission carries what was filled in and what stood there; a required field must be filled', async () => {
  const view = await openForm();
  expect(await submit(view, {})).toMatchObject({ error: 'input_required' });
  expect(await submit(view, { why: { other: 'x' } })).toMatchObject({ error: 'element_not_found' });
  expect(await submit(view, { why: { text: 'disk' } })).toMatchObject({ ok: true });
  expect(lastPayload()).toMatchObject({
    type: 'view_submission',
    user: { id: 'U0ALICE' },
    view: {
      id: view,
      state: {
        values: {
          why: { text: { type: 'plain_text_input', value: 'disk' } },
          who: { user: { type: 'users_select', selected_user: 'U0CAROL' } },
        },
      },
    },
    response_urls: [],
  });
  expect(await stage.look('views?user=alice')).toEqual([]);
});

test('a closed modal is told to the app that asked for it', async () => {
  const view_id = await openForm();
  expect(await stage.control('close', { user: 'alice', view_id })).toMatchObject({ ok: true, acked: true });
  expect(lastPayload()).toMatchObject({ type: 'view_closed', view: { id: view_id }, is_cleared: false });
});

test.each([
  ['update', 1],
  ['push', 2],
  ['clear', 0],
])('an acknowledgement with %s leaves %i modals open', async (response_action, open) => {
  const view_id = await openForm();
  await app.close();
  await connect(stage, { reply: { response_action, view: modal({ title: plain('Next') }) } });
  expect(await submit(view_id, { why: { text: 'x' } })).toMatchObject({ ok: true, response_action });
  expect(await stage.look('views?user=alice')).toHaveLength(open);
});

test('a view in an acknowledgement is held against the same rules as any other', async () => {
  const view_id = await openForm();
  await app.close();
  const bad = modal({ title: plain('x'.repeat(25)) });
  await connect(stage, { reply: { response_action: 'update', view: bad } });
  expect(await submit(view_id, { why: { text: 'x' } })).toMatchObject({ ok: false, error: 'invalid_arguments' });
});
