/** HTTP mode: people in Slack, signed requests to Tocsin's own door, the real Bolt behind it, and what reaches the desk. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpManifest } from '../../src/config/manifest.ts';
import { createHttp, type Http } from '../../src/http/server.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { freePort } from '../support/servers.ts';
import { notingDesk, openWorkspace, type Workspace } from './support/workspace.ts';

let slack: Workspace;
let http: Http;
let address: string;

beforeEach(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}/slack/events`;
  slack = await openWorkspace({
    manifest: httpManifest('https://tocsin.example.com'),
    requestUrl: address,
    slack: { by: { signingSecret: 'simulator-signing-secret' } },
  });
  const { handle } = slack.slack;
  http = createHttp({
    sources: {},
    deliver: async () => undefined,
    ...(handle && { posts: { '/slack/events': handle } }),
    checks: {},
    exposition: async () => '',
    telemetry: slack.telemetry,
  });
  await http.listen(port, '127.0.0.1');
});

afterEach(async () => {
  await http.close();
  await slack.close();
});

async function postCard() {
  const buttons = [{ label: 'Ack', does: { intent: 'acknowledge', ref: 'inc-1' } as const }];
  const content = { summary: 'card', sections: [{ kind: 'buttons' as const, buttons }] };
  return slack.chat.post({ channel: 'general', content, key: 'card', maybePosted: false, urgency: 0 });
}

const tamper = (how: string) => slack.control('deliveries', { tamper: how });
const proofs = () =>
  slack.counts.filter(({ name }) => name === 'slack_requests_total').map(({ labels }) => labels.outcome);

test('a command and a click reach the desk and are answered, and no socket is opened', async () => {
  const { desk, intents, questions } = notingDesk();
  await slack.slack.listen(desk);
  expect(slack.slack.state()).toBe('connected');
  const reply = await slack.command('/incident sev 12 sev2');
  expect(reply).toMatchObject({ acked: true, response: { response_type: 'ephemeral', text: 'did set_severity' } });
  await slack.command('/playbook list');
  const { ts } = await postCard();
  const click = { user: 'bob', channel: 'general', ts, action_id: 'acknowledge' };
  expect(await slack.control('click', click)).toMatchObject({ acked: true });
  await expect.poll(() => slack.whispersTo('bob')).toMatchObject([{ text: 'did acknowledge' }]);
  expect(intents).toMatchObject([{ kind: 'set_severity' }, { kind: 'acknowledge', incident: 'inc-1' }]);
  expect(questions).toEqual([{ kind: 'list_playbooks' }]);
  expect(await slack.calls('apps.connections.open')).toBe(0);
});

test('a form opens, is told what is wrong, and is sent', async () => {
  const { desk, intents, form, refusal } = notingDesk();
  const field = {
    name: 'comment',
    label: 'Why?',
    hint: '',
    kind: 'lines',
    choices: [],
    initial: '',
    optional: true,
  } as const;
  const does = { intent: 'reject', ref: 'run-1/gate.1/abcdef' } as const;
  form.current = () => ({ title: 'Reject this?', text: [], submit: 'Reject', fields: [field], does });
  refusal.current = { done: false, reason: 'comment_missing', problems: { comment: 'Say why.' } };
  await slack.slack.listen(desk);
  await slack.command('/playbook reject', { user: 'bob' });
  await expect.poll(() => slack.look<{ id: string }[]>('views?user=bob')).toHaveLength(1);
  const [view] = await slack.look<{ id: string }[]>('views?user=bob');
  const submit = (values: object) => slack.control('submit', { user: 'bob', view_id: view?.id, values });
  expect(await submit({})).toEqual({ ok: true, response_action: 'errors', errors: { comment: 'Say why.' } });
  refusal.current = {};
  expect(await submit({ comment: { value: { value: 'not now' } } })).toEqual({ ok: true });
  expect(intents).toMatchObject([{ kind: 'reject' }, { kind: 'reject', comment: 'not now' }]);
});

test.each([
  ['bad_signature', 'bad_signature'],
  ['old_timestamp', 'too_old'],
  ['future_timestamp', 'from_the_future'],
])('a request with %s is refused and asks for nothing', async (how, proof) => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  await tamper(how);
  expect(await slack.command('/incident ack 3')).toEqual({ ok: false, acked: false, error: 'http_client_error' });
  expect(intents).toEqual([]);
  expect(proofs()).toEqual([proof]);
  expect(await slack.command('/incident ack 3')).toMatchObject({ acked: true });
});

test('a request that comes twice carries the same event id twice', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  await slack.control('faults', { duplicate_envelopes: true });
  await slack.command('/incident ack 3');
  await expect.poll(() => intents).toHaveLength(2);
  expect(new Set(intents.map(({ id }) => id)).size).toBe(1);
});

test('a slow desk is acknowledged in time, and its answer follows', async () => {
  const gate = Promise.withResolvers<void>();
  await slack.slack.listen(notingDesk(() => gate.promise).desk);
  expect(await slack.command('/incident ack')).toEqual({ ok: true, acked: true });
  gate.resolve();
  await expect.poll(() => slack.whispersTo('alice')).toMatchObject([{ text: 'did acknowledge' }]);
});

test('before Slack has said who we are, nothing is taken', async () => {
  expect(await slack.command('/incident ack')).toEqual({ ok: false, acked: false, error: 'http_service_error' });
});

test("Slack's challenge is answered, and so is its look at the certificate", async () => {
  expect(await slack.control('verify', {})).toEqual({ ok: true });
  expect((await fetch(address)).status).toBe(405);
});

test.each([
  ['text/plain', 'x', 'Slack does not send `text/plain`.'],
  ['application/json', '[]', 'The body is not a JSON object.'],
  ['application/x-www-form-urlencoded; charset=utf-8', 'payload=%7B', 'The body is not a JSON object.'],
])('a signed body of %s that makes no sense is answered with 400', async (type, body, why) => {
  const answer = await slack.slack.handle?.({ headers: signed(body, type), body: Buffer.from(body) });
  expect(answer).toMatchObject({ status: 400, body: why });
});

test('an event that nobody listens to is acknowledged, and an unknown command is not', async () => {
  await slack.slack.listen(notingDesk().desk);
  const post = (type: string, body: string) =>
    slack.slack.handle?.({ headers: signed(body, type), body: Buffer.from(body) });
  const event = { type: 'event_callback', team_id: 'T0LOCAL', event: { type: 'message', channel: 'C1', text: 'x' } };
  expect(await post('application/json', JSON.stringify(event))).toMatchObject({ status: 200 });
  const form = 'command=%2Fnobody&team_id=T0LOCAL&channel_id=C1&user_id=U1&trigger_id=1';
  expect(await post('application/x-www-form-urlencoded', form)).toMatchObject({ status: 404 });
});

test('a wrong bot token is answered with what to do', async () => {
  const by = { signingSecret: 'simulator-signing-secret' };
  const other = await openWorkspace({ slack: { botToken: 'xoxb-wrong', by } });
  await expect(other.slack.listen(notingDesk().desk)).rejects.toThrow('Slack refused the bot token (invalid_auth)');
  await other.close();
});

test('the manifest for HTTP is one that Slack takes, and nothing but the way to us is different', async () => {
  const text = httpManifest('https://tocsin.example.com/');
  const simulator = await startSimulator({ manifest: text });
  await simulator.close();
  expect(text.match(/url: https:\/\/tocsin\.example\.com\/slack\/events$/gm)).toHaveLength(4);
  expect(text).toContain('socket_mode_enabled: false');
  await expect(startSimulator({ manifest: text.replace(/request_url.*/, '') })).rejects.toThrow(
    'request_url is required',
  );
  await expect(startSimulator({ manifest: text.replace(/https:/g, 'http:') })).rejects.toThrow('full https URL');
});

test.each(['http://tocsin.example.com', 'tocsin.example.com', 'https://a.b/?x=1'])(
  'no manifest is made for %s',
  (given) => expect(() => httpManifest(given)).toThrow('begins with https://'),
);

function signed(body: string, type: string): Record<string, string> {
  const time = String(Math.floor(Date.now() / 1000));
  const hash = createHmac('sha256', 'simulator-signing-secret').update(`v0:${time}:${body}`).digest('hex');
  return { 'content-type': type, 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${hash}` };
}
