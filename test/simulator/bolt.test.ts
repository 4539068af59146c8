/** The real Bolt over Socket Mode: what Tocsin's own flows will look like. */
import { App, LogLevel } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Json, openWorkspace, shippedManifest, type TestWorkspace } from './support/workspace.ts';

let slack: TestWorkspace;
let app: App;

beforeEach(async () => {
  slack = await openWorkspace({ manifest: shippedManifest(), limits: 'slack' });
  app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
  });
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

async function start(): Promise<void> {
  await app.init();
  await app.start();
}

const button = (value: string) => ({
  type: 'actions',
  block_id: 'choices',
  elements: [{ type: 'button', action_id: 'approve', value, text: { type: 'plain_text', text: 'Approve' } }],
});

const modal = {
  type: 'modal' as const,
  callback_id: 'reason',
  title: { type: 'plain_text' as const, text: 'Why?' },
  submit: { type: 'plain_text' as const, text: 'Send' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
};

const messagesIn = async (channel: string) => (await slack.look(`channels/${channel}/messages`)) as Json[];

test('a slash command posts a message, its button edits it, a modal takes the reason', async () => {
  app.command('/incident', async ({ ack, command, client }) => {
    await ack(`on it: ${command.text}`);
    await client.chat.postMessage({ channel: command.channel_id, text: 'Approve?', blocks: [button('42')] });
  });
  app.action('approve', async ({ ack, body, client, respond }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    await client.views.open({ trigger_id: body.trigger_id, view: modal });
    await client.chat.update({ channel: body.channel?.id ?? '', ts: body.message?.ts ?? '', text: 'Approved' });
    await respond({ text: 'thank you', replace_original: false });
  });
  app.view('reason', async ({ ack, view }) => {
    const text = view.state.values.why?.text?.value;
    if (text === 'no') await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    else await ack();
  });
  await start();

  const reply = await slack.control('command', { user: 'alice', channel: 'general', text: '/incident ask @bob' });
  expect(reply).toMatchObject({ ok: true, acked: true, response: { text: 'on it: ask <@U0BOB|bob>' } });
  await expect.poll(() => messagesIn('general')).toHaveLength(1);

  const [asked] = await messagesIn('general');
  const click = { user: 'bob', channel: 'general', ts: asked?.ts, action_id: 'approve', value: '42' };
  expect(await slack.control('click', click)).toMatchObject({ ok: true, acked: true });
  await expect.poll(async () => (await messagesIn('general'))[0]?.text).toBe('Approved');
  await expect.poll(() => slack.look('ephemerals?user=bob')).toMatchObject([{ text: 'thank you' }]);

  const [view] = (await slack.look('views?user=bob')) as Json[];
  const submit = (text: string) =>
    slack.control('submit', { user: 'bob', view_id: view?.id, values: { why: { text } } });
  expect(await submit('no')).toMatchObject({ ok: true, response_action: 'errors', errors: { why: 'Say more.' } });
  expect(await submit('disk full')).toMatchObject({ ok: true });
  expect(await slack.look('views?user=bob')).toEqual([]);
});

test('a file that the SDK uploads is a message with that file', async () => {
  await start();
  const { channel } = await app.client.conversations.create({ name: 'inc-1-shop' });
  const id = channel?.id ?? '';
  const picture = Buffer.from('not really a picture');
  await app.client.filesUploadV2({
    channel_id: id,
    file: picture,
    filename: 'graph.png',
    initial_comment: 'The graph',
  });
  const [message] = await messagesIn('inc-1-shop');
  expect(message).toMatchObject({ text: 'The graph', files: [{ name: 'graph.png', mimetype: 'image/png', size: 20 }] });
  const files = message?.files as Json[] | undefined;
  const bytes = await fetch(`${slack.controlUrl}/files/${String(files?.[0]?.id)}`);
  expect(await bytes.text()).toBe('not really a picture');
});
