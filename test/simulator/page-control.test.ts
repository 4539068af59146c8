/** What the page asks of the control API: who has read what, levers, joining, reactions, the home tab, the traffic. */
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { connect } from './support/socket-app.ts';
import { GENERAL, home, openStage, plain, type Stage } from './support/stage.ts';
import { type Json, wideManifest } from './support/workspace.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

async function general(user: string): Promise<Json> {
  const { channels } = (await stage.look(`state?user=${user}`)) as { channels: Json[] };
  return channels.find(({ id }) => id === GENERAL) ?? {};
}

test('what is new is counted for each person: not their own words, not replies, and what is for them apart', async () => {
  const ts = await stage.post(GENERAL, { text: 'Look, <@U0BOB>' });
  await stage.post(GENERAL, { text: 'a reply', thread_ts: ts });
  await stage.post(GENERAL, { text: 'Somebody? <!subteam^S0SRE>' });
  await stage.said('I am here');
  expect(await general('alice')).toMatchObject({ unread: 2, mentions: 1 });
  expect(await general('bob')).toMatchObject({ unread: 3, mentions: 2 });
  expect(await general('carol')).toMatchObject({ unread: 3, mentions: 0 });
});

test('what was read stays read, for that person only, and nobody un-reads', async () => {
  const first = await stage.post(GENERAL);
  const second = await stage.post(GENERAL);
  await stage.control('read', { user: 'alice', channel: 'general', ts: second });
  await stage.control('read', { user: 'alice', channel: 'general', ts: first });
  expect(await general('alice')).toMatchObject({ unread: 0, read: second });
  expect(await general('bob')).toMatchObject({ unread: 2 });
});

test('a person joins a public channel; a guest has to be invited', async () => {
  const channel = await stage.room();
  expect(await stage.control('join', { user: 'alice', channel })).toMatchObject({ ok: true });
  const { members } = await stage.must('conversations.members', { channel });
  expect(members).toEqual(['U0BOT', 'U0ALICE']);
  expect(await stage.control('join', { user: 'gina', channel })).toMatchObject({ error: 'user_is_restricted' });
  expect(await stage.control('join', { user: 'bob', channel: await stage.archived() })).toMatchObject({
    error: 'is_archived',
  });
});

test('an emoji is hung on a message, and taken away by the same again', async () => {
  const ts = await stage.post(GENERAL);
  const react = (user: string) => stage.control('react', { user, channel: 'general', ts, name: 'eyes' });
  const reactions = async () => (await stage.must('reactions.get', { channel: GENERAL, timestamp: ts })).message;
  await react('alice');
  await react('bob');
  expect(await reactions()).toMatchObject({ reactions: [{ name: 'eyes', count: 2, users: ['U0ALICE', 'U0BOB'] }] });
  await react('alice');
  await react('bob');
  expect(await reactions()).not.toHaveProperty('reactions');
});

test('levers are those of whoever started the simulator and those of Slack’s own troubles', async () => {
  const pulled: string[] = [];
  const lever = (id: string, run: () => Promise<string>) => ({ id, label: id, description: 'It does.', run });
  const simulator = await startSimulator({
    manifest: wideManifest(),
    levers: [
      lever('break-shop', async () => String(pulled.push('break-shop') && 'The shop is broken.')),
      lever('stop-redis', () => Promise.reject(new Error('There is no Redis here.'))),
    ],
  });
  onTestFinished(() => simulator.close());
  const at = (path: string, method = 'GET') => fetch(`${simulator.controlUrl}/${path}`, { method });
  const pull = async (id: string) => (await at(`levers/${id}`, 'POST')).json();
  const all = (await (await at('levers')).json()) as Json[];
  expect(all.map(({ id }) => id)).toEqual([
    ...['break-shop', 'stop-redis'],
    ...['slack-429', 'slack-503', 'slack-silent', 'drop-sockets', 'clear-faults'],
  ]);
  expect(all[0]).toEqual({ id: 'break-shop', label: 'break-shop', description: 'It does.', group: 'world' });
  expect(await pull('break-shop')).toEqual({ ok: true, said: 'The shop is broken.' });
  expect(pulled).toEqual(['break-shop']);
  expect(await pull('stop-redis')).toMatchObject({ error: 'lever_failed', detail: 'There is no Redis here.' });
  expect(await pull('nothing')).toMatchObject({ error: 'unknown_lever' });
});

test.each([
  ['slack-429', { status: 429, retryAfter: '3' }],
  ['slack-503', { status: 503 }],
])('%s lasts 20 seconds, or until all is well again', async (id, answer) => {
  const pull = (lever: string) => stage.control(`levers/${lever}`, {});
  await pull(id);
  expect(await stage.call('auth.test')).toMatchObject(answer);
  stage.clock.pass(19_000);
  expect(await stage.call('team.info')).toMatchObject(answer);
  stage.clock.pass(2_000);
  expect(await stage.call('auth.test')).toMatchObject({ ok: true });
  await pull(id);
  await pull('clear-faults');
  expect(await stage.call('auth.test')).toMatchObject({ ok: true });
});

test('cutting the sockets leaves the app to come back by itself', async () => {
  const app = await connect(stage);
  await stage.control('levers/drop-sockets', {});
  await expect.poll(async () => ((await stage.look('state')) as Json).sockets).toBe(0);
  await app.close();
});

test('the home tab shows what the app published for this person, and its buttons can be clicked', async () => {
  const app = await connect(stage);
  const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'refresh', text: plain('Refresh') }] }];
  expect(await stage.control('home', { user: 'alice' })).toMatchObject({ ok: true, view: null });
  await stage.must('views.publish', { user_id: 'U0ALICE', view: home({ blocks }) });
  const { view } = (await stage.look('home?user=alice')) as { view: Json };
  expect(await stage.look('home?user=bob')).toMatchObject({ view: null });
  expect(await stage.control('click', { user: 'alice', view_id: view.id, action_id: 'refresh' })).toMatchObject({
    ok: true,
  });
  expect(app.envelopes().at(-1)?.payload).toMatchObject({ container: { type: 'view' }, view: { type: 'home' } });
});

test('a click carries what else was chosen in the message', async () => {
  const app = await connect(stage);
  const options = ['sev1', 'sev2'].map((value) => ({ text: plain(value), value }));
  const elements = [
    { type: 'static_select', action_id: 'sev', options },
    { type: 'button', action_id: 'go', text: plain('Go') },
  ];
  const ts = await stage.post(GENERAL, { blocks: [{ type: 'actions', block_id: 'b', elements }] });
  const click = { user: 'bob', channel: 'general', ts, action_id: 'go' };
  await stage.control('click', { ...click, values: { b: { sev: 'sev2' } } });
  expect(app.envelopes().at(-1)?.payload).toMatchObject({
    state: { values: { b: { sev: { selected_option: { value: 'sev2' } } } } },
  });
  expect(await stage.control('click', { ...click, values: { b: { nothing: 'x' } } })).toMatchObject({
    error: 'element_not_found',
  });
});

test('the traffic can be asked for piece by piece: calls, and envelopes with how long their answer took', async () => {
  await stage.post(GENERAL);
  const [{ n } = { n: 0 }] = ((await stage.look('log')) as { n: number }[]).slice(-1);
  await stage.call('auth.test');
  expect(await stage.look(`log?since=${n}`)).toMatchObject([{ method: 'auth.test', n: n + 1 }]);
  const app = await connect(stage, { silent: true });
  const asked = stage.control('command', { user: 'alice', channel: 'general', text: '/incident list' });
  await expect.poll(() => stage.look('envelopes')).toMatchObject([{ what: '/incident list', state: 'waiting' }]);
  stage.clock.pass(3_000);
  await asked;
  const [seen] = (await stage.look('envelopes')) as { revision: number }[];
  expect(seen).toMatchObject({ state: 'failed', error: 'operation_timeout', ms: 3_000 });
  expect(await stage.look(`envelopes?since=${seen?.revision}`)).toEqual([]);
  await app.close();
});
