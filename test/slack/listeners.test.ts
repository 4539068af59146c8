/** People in Slack, the real Bolt, and what reaches the desk. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { StoreDown } from '../../src/domain/failures.ts';
import type { Button } from '../../src/domain/message.ts';
import { listeners } from '../../src/slack/listeners/index.ts';
import { notingDesk, openWorkspace, type Workspace } from './support/workspace.ts';

let slack: Workspace;

beforeEach(async () => {
  slack = await openWorkspace({
    slack: {
      roles: { responders: { users: ['alice'], groups: [] }, approvers: { users: [], groups: ['@sre-oncall'] } },
    },
  });
});

afterEach(() => slack.close());

async function postCard(...buttons: Button[]) {
  const content = { summary: 'card', sections: [{ kind: 'buttons' as const, buttons }] };
  return slack.chat.post({ channel: 'general', content, key: 'card', maybePosted: false, urgency: 0 });
}

test('a command reaches the desk as an intent by a described person, and is answered to that person only', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  expect(slack.slack.state()).toBe('connected');
  const reply = await slack.command('/incident sev 12 sev2');
  expect(reply).toMatchObject({ acked: true, response: { response_type: 'ephemeral', text: 'did set_severity' } });
  expect(intents).toMatchObject([
    {
      ...{ kind: 'set_severity', incident: 'inc-12', severity: 'sev2', id: expect.stringMatching(/^slack:./) },
      by: {
        user: 'U0ALICE',
        name: 'alice',
        standing: 'member',
        roles: ['responders', 'approvers'],
        groups: ['sre-oncall'],
      },
    },
  ]);
  expect(await slack.whispersTo('alice')).toHaveLength(1);
  expect(await slack.whispersTo('bob')).toEqual([]);
});

test('a question is answered at once', async () => {
  const { desk, questions } = notingDesk();
  await slack.slack.listen(desk);
  expect(await slack.command('/playbook list')).toMatchObject({ response: { text: 'asked list_playbooks' } });
  expect(await slack.command('/incident dance')).toMatchObject({ response: { text: 'asked help' } });
  expect(questions).toEqual([{ kind: 'list_playbooks' }, { kind: 'help', topic: 'incident', typed: 'dance' }]);
});

test('a click on one of several like buttons reaches the desk with its own reference', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  const { ts } = await postCard(
    { label: 'Restart', does: { intent: 'run_playbook', ref: 'aaa/inc-1' } },
    { label: 'Scale', does: { intent: 'run_playbook', ref: 'bbb/inc-1' } },
    { label: 'Approve', does: { intent: 'approve', ref: 'run-1/gate.1/abcdef' } },
  );
  const click = { user: 'bob', channel: 'general', ts };
  expect(await slack.control('click', { ...click, action_id: 'run_playbook.1' })).toMatchObject({ acked: true });
  expect(await slack.control('click', { ...click, action_id: 'approve' })).toMatchObject({ acked: true });
  await expect
    .poll(() => slack.whispersTo('bob'))
    .toMatchObject([{ text: 'did run_playbook' }, { text: 'did approve' }]);
  expect(intents).toMatchObject([
    { kind: 'run_playbook', playbook: 'bbb', incident: 'inc-1', inputs: {} },
    { kind: 'approve', run: 'run-1', approval: 'gate.1', digest: 'abcdef' },
  ]);
  expect((await slack.messagesIn('general'))[0]).toMatchObject({ text: 'card' });
});

test('a button that opens a page is acknowledged and asks for nothing', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  const { ts } = await postCard({ label: 'Graph', does: { open: 'https://prom/graph' } });
  expect(await slack.control('click', { user: 'bob', channel: 'general', ts, action_id: 'open' })).toMatchObject({
    acked: true,
  });
  expect(intents).toEqual([]);
});

test('a button with a reference that makes no sense says so', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  const { ts } = await postCard({ label: 'Approve', does: { intent: 'approve', ref: 'nonsense' } });
  await slack.control('click', { user: 'bob', channel: 'general', ts, action_id: 'approve' });
  await expect
    .poll(() => slack.whispersTo('bob'))
    .toMatchObject([{ text: expect.stringContaining('Use the newest card') }]);
  expect(intents).toEqual([]);
});

test('a click that Slack delivers twice carries the same event id twice', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  const { ts } = await postCard({ label: 'Ack', does: { intent: 'acknowledge', ref: 'inc-1' } });
  await slack.control('faults', { duplicate_envelopes: true });
  await slack.control('click', { user: 'bob', channel: 'general', ts, action_id: 'acknowledge' });
  await expect.poll(() => intents).toHaveLength(2);
  expect(new Set(intents.map(({ id }) => id)).size).toBe(1);
});

test('a slow desk is acknowledged in time, and its answer follows', async () => {
  const gate = Promise.withResolvers<void>();
  await slack.slack.listen(notingDesk(() => gate.promise).desk);
  expect(await slack.command('/incident ack')).toEqual({ ok: true, acked: true });
  expect(await slack.whispersTo('alice')).toEqual([]);
  gate.resolve();
  await expect.poll(() => slack.whispersTo('alice')).toMatchObject([{ text: 'did acknowledge' }]);
});

test('when the desk fails, nobody is told that it was done or that it was not', async () => {
  const { desk } = notingDesk(() => Promise.reject(new StoreDown('redis is gone')));
  await slack.slack.listen(desk);
  const { response } = await slack.command('/incident ack inc-3');
  expect(response).toMatchObject({ text: expect.stringContaining('not known whether it was taken. Look at the card') });
  expect(JSON.stringify(response)).not.toContain('redis');
  expect(await slack.command('/incident list')).toMatchObject({
    response: { text: expect.stringContaining('Nothing was changed') },
  });
});

test('what is to be unlocked may have spaces in quotes; without a name, what there is is shown', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  await slack.command('/automation unlock "lock/group/eu shop" looked at it');
  await slack.command('/automation unlock breaker/restart/shop-1');
  expect(intents).toMatchObject([
    { kind: 'unlock', key: 'lock/group/eu shop', why: 'looked at it' },
    { kind: 'unlock', key: 'breaker/restart/shop-1', why: '' },
  ]);
  expect(await slack.command('/automation unlock')).toMatchObject({ response: { text: 'asked automation_status' } });
});

test('when Slack cannot say who somebody is, they are unknown', async () => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  await slack.fault({ kind: 'http_error', method: 'users.info', status: 503 });
  await slack.command('/automation stop now!');
  expect(intents).toMatchObject([{ kind: 'stop_automation', why: 'now!', by: { standing: 'unknown', roles: [] } }]);
});

test.each([
  ['gina', 'guest'],
  ['eve', 'external'],
])('%s is a %s and holds no role', async (user, standing) => {
  const { desk, intents } = notingDesk();
  await slack.slack.listen(desk);
  await slack.command('/incident resolve 3', { user });
  expect(intents).toMatchObject([{ by: { standing, roles: [] } }]);
});

test('a stop waits for the answer that is being given', async () => {
  const gate = Promise.withResolvers<void>();
  const { desk, intents } = notingDesk(() => gate.promise);
  await slack.slack.listen(desk);
  const command = slack.command('/incident ack');
  await expect.poll(() => intents).toHaveLength(1);
  const stopped = slack.slack.stop();
  gate.resolve();
  expect(await command).toMatchObject({ acked: true, response: { text: 'did acknowledge' } });
  await stopped;
  expect(slack.slack.state()).toBe('closed');
});

test('a connection that Slack recycles is opened again at once', async () => {
  const { desk } = notingDesk();
  await slack.slack.listen(desk);
  await slack.control('sockets', { do: 'disconnect', reason: 'refresh_requested' });
  await expect.poll(() => slack.calls('apps.connections.open')).toBe(2);
  await expect.poll(() => slack.slack.state()).toBe('connected');
  expect(await slack.command('/automation status')).toMatchObject({ response: { text: 'asked automation_status' } });
});

test('a token that Slack refuses while running does not end the process', async () => {
  await slack.slack.listen(notingDesk().desk);
  await slack.fault({ kind: 'error', method: 'apps.connections.open', error: 'invalid_auth' });
  await slack.control('sockets', { do: 'drop' });
  await expect.poll(() => slack.slack.state()).toBe('refused');
  expect(slack.lines.join('\n')).toContain('Slack refused the app token (invalid_auth)');
});

test('commands and buttons that are listened to are those of the manifest', () => {
  const manifest = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));
  const commands = manifest.features.slash_commands.map((one: { command: string }) => one.command);
  expect([...listeners.commands].sort()).toEqual(commands.sort());
});

test.each([
  ['bot', 'xoxb-', { botToken: 'xoxb-wrong' }],
  ['app', 'xapp-', { by: { appToken: 'xapp-wrong' } }],
])('a wrong %s token is answered with what to do', async (which, _, wrong) => {
  const other = await openWorkspace({ slack: wrong });
  await expect(other.slack.listen(notingDesk().desk)).rejects.toThrow(
    `Slack refused the ${which} token (invalid_auth): Copy the token again from the app at https://api.slack.com/apps`,
  );
  await other.close();
});

test('Slack out of reach at the start is tried again, and people are heard as soon as it is there', async () => {
  await slack.fault({ kind: 'http_error', method: 'auth.test', status: 503 });
  const { desk } = notingDesk();
  await slack.slack.listen(desk);
  await expect.poll(() => slack.slack.state(), { timeout: 10_000 }).toBe('connected');
  expect(await slack.command('/automation status')).toMatchObject({ acked: true });
});
