/** The actions that need no host: a question to a real Prometheus, a message, an approval, a wait. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prometheusClient } from '../../src/clients/prometheus.ts';
import type { Prometheus } from '../../src/demo/prometheus.ts';
import { ChatFailure } from '../../src/domain/failures.ts';
import { approvalSpec, waitMs } from '../../src/domain/flow.ts';
import type { ChannelRef, MessageRef } from '../../src/domain/ids.ts';
import type { Chat, ChatPost } from '../../src/engine/ports.ts';
import { approval } from '../../src/steps/approval.ts';
import { prometheusQuery } from '../../src/steps/prometheus-query.ts';
import { slackMessage } from '../../src/steps/slack-message.ts';
import { wait } from '../../src/steps/wait.ts';
import { startPrometheus } from '../support/servers.ts';
import { contextOf } from './contexts.ts';

let server: Prometheus;
beforeAll(async () => {
  server = await startPrometheus({ config: {} });
});
afterAll(() => server.stop());

const ask = (args: { query: string; vars?: Record<string, string> }) =>
  prometheusQuery(prometheusClient({ url: server.url, timeoutMs: 5_000 })).execute(args, contextOf());

test('prometheus.query: one series has a value', async () => {
  expect(await ask({ query: 'vector(0.04)' })).toEqual({
    kind: 'succeeded',
    outputs: { value: 0.04, not_empty: true, series: [{ labels: {}, value: 0.04 }] },
    note: 'value 0.04',
  });
});

test('prometheus.query: no series, several, and not-a-number have none, so that nothing holds by accident', async () => {
  expect(await ask({ query: 'up{job=$job}', vars: { job: 'x"} or vector(1) #' } })).toMatchObject({
    outputs: { value: null, not_empty: false, series: [] },
  });
  expect(await ask({ query: 'label_replace(vector(1), "a", "b", "", "") or vector(2)' })).toMatchObject({
    outputs: { value: null, not_empty: true },
  });
  expect(await ask({ query: 'vector(0/0)' })).toMatchObject({
    outputs: { value: null, not_empty: true, series: [{ value: null }] },
  });
});

test('prometheus.query: a question that Prometheus refuses has changed nothing', async () => {
  expect(await ask({ query: 'up{' })).toMatchObject({
    kind: 'failed',
    when: 'before_dispatch',
    class: 'bad_answer',
    message: expect.stringContaining('parse error'),
  });
});

function chatThat(post: (post: ChatPost) => Promise<MessageRef>): Chat {
  return { post } as Chat;
}

test('slack.message: posts plain text once for each attempt, and looks first where an earlier worker may have posted', async () => {
  const posted: ChatPost[] = [];
  const chat = chatThat(async (post) => {
    posted.push(post);
    return { channel: 'C1' as ChannelRef, ts: '1.2' };
  });
  const outcome = await slackMessage(chat).execute({ text: '<!channel> *now*' }, contextOf({ repeated: true }));
  expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { ts: '1.2' } });
  expect(posted).toMatchObject([
    {
      channel: 'C1',
      key: 'run-1.restart.1',
      maybePosted: true,
      content: { sections: [{ kind: 'text', text: [{ text: '<!channel> *now*' }] }] },
    },
  ]);
});

test('slack.message: where Slack is away it is tried again, and looked for before it is posted a second time', async () => {
  const asked: boolean[] = [];
  const chat = chatThat(async ({ maybePosted }) => {
    asked.push(maybePosted);
    if (asked.length < 3) throw new ChatFailure('no_answer', { retryable: true, retryAfterMs: 1 });
    return { channel: 'C1' as ChannelRef, ts: '1.2' };
  });
  const context = contextOf({ timeoutMs: 300_000 });
  expect(await slackMessage(chat).execute({ text: 'x' }, context)).toMatchObject({ kind: 'succeeded' });
  expect(asked).toEqual([false, true, true]);
});

test('slack.message: where Slack stays away until the time is nearly over, the step has failed', async () => {
  const chat = chatThat(() => Promise.reject(new ChatFailure('no_answer', { retryable: true })));
  expect(await slackMessage(chat).execute({ text: 'x' }, contextOf({ timeoutMs: 15_000 }))).toMatchObject({
    kind: 'failed',
    class: 'unavailable',
  });
});

test('slack.message: a refusal is a failure', async () => {
  const chat = chatThat(() =>
    Promise.reject(new ChatFailure('is_archived', { retryable: false, message: 'the channel is archived' })),
  );
  expect(await slackMessage(chat).execute({ text: 'x' }, contextOf())).toEqual({
    kind: 'failed',
    when: 'before_dispatch',
    class: 'refused',
    message: 'The message was not posted: the channel is archived',
  });
});

test('approval: what is not said is the safer side', () => {
  expect(approvalSpec({ approvers: { roles: ['responder'], slack_users: ['U1'], slack_usergroups: ['dba'] } })).toEqual(
    {
      approvers: { roles: ['responder'], users: ['U1'], groups: ['dba'] },
      minApprovals: 1,
      atLeast: {},
      allowRequester: false,
      expiresInMs: 900_000,
      startWithinMs: 300_000,
      comment: 'optional',
      show: [],
      message: '',
    },
  );
});

test('approval and wait are decided, never executed', async () => {
  await expect(approval.execute({ approvers: { roles: ['x'] } }, contextOf())).rejects.toThrow('never executed');
  await expect(wait.execute({ for: '1s' }, contextOf())).rejects.toThrow('never executed');
  expect(waitMs({ for: '1m30s' })).toBe(90_000);
});
