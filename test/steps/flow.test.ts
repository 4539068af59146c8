/** Actions that ask, tell and check: what they hand on, what they refuse, and what decisions read of them. */
import { expect, test } from 'vitest';
import { ChatFailure } from '../../src/domain/failures.ts';
import { approvalSpec, askSpec, childSpec } from '../../src/domain/flow.ts';
import type { ChannelRef, MessageRef } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Chat, ChatPost, IncidentNews, Pager, StepAction } from '../../src/engine/ports.ts';
import { approval } from '../../src/steps/approval.ts';
import { ask } from '../../src/steps/ask.ts';
import { assert } from '../../src/steps/assert.ts';
import { incidentNote } from '../../src/steps/incident-note.ts';
import { incidentSeverity } from '../../src/steps/incident-severity.ts';
import { page } from '../../src/steps/page.ts';
import { playbookRun } from '../../src/steps/playbook-run.ts';
import { contextOf } from './contexts.ts';

const chatThat = (post: (post: ChatPost) => Promise<MessageRef>): Chat => ({ post }) as Chat;
const asked = { to: 'dba-oncall', text: 'the primary is gone' };

test('page: a pager is asked once per attempt, and says under which name it is found again', async () => {
  const paged: object[] = [];
  const pager: Pager = { id: 'pagerduty', page: async (one) => `key-${paged.push(one)}` };
  const outcome = await page({ chat: {} as Chat, pagers: [pager] }).execute(asked, contextOf());
  expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { pager: 'pagerduty', reference: 'key-1' } });
  expect(paged).toEqual([{ ...asked, key: 'run-1.restart.1' }]);
});

test('page: where one pager does not take it the next is asked, and where none does the step fails', async () => {
  const down: Pager = { id: 'down', page: () => Promise.reject(new Error('answered 503')) };
  const up: Pager = { id: 'up', page: async () => 'ok' };
  expect(await page({ chat: {} as Chat, pagers: [down, up] }).execute(asked, contextOf())).toMatchObject({
    outputs: { pager: 'up' },
  });
  expect(await page({ chat: {} as Chat, pagers: [down] }).execute(asked, contextOf())).toEqual({
    kind: 'failed',
    when: 'after_dispatch',
    class: 'unavailable',
    message: 'Nobody was paged. down: answered 503',
  });
});

test('page: without a pager it is shouted into the channel, and says that no pager is configured', async () => {
  const posted: ChatPost[] = [];
  const chat = chatThat(async (post) => {
    posted.push(post);
    return { channel: 'C1' as ChannelRef, ts: '1.2' };
  });
  const outcome = await page({ chat, pagers: [] }).execute(asked, contextOf({ repeated: true }));
  expect(outcome).toMatchObject({ kind: 'succeeded', note: expect.stringContaining('no pager is configured') });
  expect(posted).toMatchObject([
    { channel: 'C1', key: 'run-1.restart.1', maybePosted: true, urgency: 0, content: { tone: 'alarm' } },
  ]);
  expect(JSON.stringify(posted[0]?.content)).toContain('the primary is gone');
});

test('page: a channel that does not take it either is a failure', async () => {
  const chat = chatThat(() => Promise.reject(new ChatFailure('ratelimited', { retryable: true })));
  expect(await page({ chat, pagers: [] }).execute(asked, contextOf({ timeoutMs: 15_000 }))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('Nobody was paged'),
  });
});

test('incident.note and incident.severity tell the incident', async () => {
  const told: IncidentNews[] = [];
  const context = contextOf({ tell: async (news) => void told.push(news) });
  expect(await incidentNote.execute({ text: 'failed over to eu-2' }, context)).toMatchObject({ kind: 'succeeded' });
  expect(await incidentSeverity.execute({ severity: 'sev1' }, context)).toMatchObject({
    outputs: { severity: 'sev1' },
  });
  expect(told).toEqual([
    { kind: 'note', text: 'failed over to eu-2' },
    { kind: 'severity', severity: 'sev1' },
  ]);
  expect(incidentSeverity.check({ severity: 'sev9' }, false)).toHaveLength(1);
});

test('assert: what is true goes on, what is false stops before anything was done, in its own words', async () => {
  expect(await assert.execute({ that: true }, contextOf())).toMatchObject({ kind: 'succeeded' });
  expect(await assert.execute({ that: false, message: 'the replica lags' }, contextOf())).toEqual({
    kind: 'failed',
    when: 'before_dispatch',
    class: 'refused',
    message: 'the replica lags',
  });
});

test.each(['true', 1, null, []])('assert: %j is not true, and no condition', (that) => {
  expect(assert.check({ that }, false)).toMatchObject([{ path: ['that'] }]);
});

test('ask and playbook.run are decided, never executed', async () => {
  const decided: readonly [StepAction, JsonObject][] = [
    [ask, { question: 'Which one?', answer: { type: 'host' } }],
    [playbookRun, { playbook: 'restart-shop' }],
  ];
  for (const [action, args] of decided) {
    expect(action.check(args, false)).toEqual([]);
    await expect(action.execute(args, contextOf())).rejects.toThrow('never executed');
  }
});

test('ask: an answer is an entry of inputs, and comes from nowhere else', () => {
  const answer = {
    type: 'duration',
    minimum: '1m',
    maximum: '1h',
    min_length: 2,
    default: '5m',
    description: 'how long',
  };
  expect(askSpec({ question: 'For how long?', answer, roles: ['dba'], expires_in: '5m' })).toEqual({
    question: 'For how long?',
    answer: {
      ...{ type: 'duration', minimum: 60_000, maximum: 3_600_000, minLength: 2, default: '5m' },
      ...{ optional: false, secret: false, description: 'how long' },
    },
    roles: ['dba'],
    expiresInMs: 300_000,
  });
  expect(askSpec({ question: 'Which?', answer: { type: 'host' } })).toMatchObject({ roles: [], expiresInMs: 900_000 });
  expect(ask.check({ question: 'Which?', answer: { type: 'host', from: 'alert.labels.x' } }, false)).toMatchObject([
    { path: ['answer', 'from'] },
  ]);
});

test('playbook.run: names a playbook by its id, never by an expression', () => {
  expect(childSpec({ playbook: 'restart-shop', inputs: { host: 'shop-1' } })).toEqual({
    playbook: 'restart-shop',
    inputs: { host: 'shop-1' },
  });
  expect(playbookRun.codeFields).toEqual(['playbook']);
  expect(playbookRun.check({ playbook: '../x' }, false)).toHaveLength(1);
});

test('approval: how many of whom, whether with a comment, and what they are shown', () => {
  const args = {
    approvers: { roles: ['responder'], slack_usergroups: ['dba'] },
    ...{ min_approvals: 2, at_least: { dba: 1 }, comment: 'required', show: ['lag: 3 s', 5] },
  };
  expect(approval.check(args, false)).toEqual([]);
  expect(approvalSpec(args)).toMatchObject({
    ...{ minApprovals: 2, atLeast: { dba: 1 }, comment: 'required', show: ['lag: 3 s', 5] },
  });
  expect(approval.check({ ...args, comment: 'maybe' }, false)).toMatchObject([{ path: ['comment'] }]);
  expect(approval.check({ ...args, at_least: { dba: 0 } }, false)).toMatchObject([{ path: ['at_least', 'dba'] }]);
});
