/** Questions and what approvers are shown: written into the run, whenever it comes, and never taken twice. */
import { describe, expect, test } from 'vitest';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { ChannelRef, EventId } from '../../src/domain/ids.ts';
import type { Run, RunEventBody } from '../../src/domain/run.ts';
import { nine } from '../support/alerts.ts';
import { facts, now, playbook, requested, runId } from '../support/facts.ts';
import { bob, carol, dave, guest } from '../support/people.ts';
import { proposed } from '../support/playbooks.ts';

const asks = playbook(`schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
triggers:
  - manual: {roles: [responder]}
inputs:
  host: {type: host}
steps:
  - id: which
    action: ask
    with: {question: Which queue?, answer: {type: integer, maximum: 9}, expires_in: 15m}
  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}", queue: "\${{ steps.which.outputs.answer }}"}
`);
const approves = playbook(proposed);

const decide = (run: Run, body: RunEventBody, at = now) =>
  decideRun(runId, run, {
    event: { id: 'e1' as EventId, ...body } as never,
    facts: facts({ now: at }, [asks, approves]),
  });
const message = { channel: 'C1' as ChannelRef, ts: '1.0' };
const late = nine + 15 * 60_000;
const answered =
  decide(requested(asks), { kind: 'answer', by: bob, step: 'which', value: '7' }).state ?? requested(asks);
const answer = (over: object) => ({ kind: 'answer', by: bob, step: 'which', value: '7', ...over }) as const;

describe('a question', () => {
  test.each`
    run                | event                                                  | at          | reason
    ${requested(asks)} | ${answer({})}                                          | ${now}      | ${'answered'}
    ${requested(asks)} | ${answer({ step: '' })}                                | ${now}      | ${'answered'}
    ${requested(asks)} | ${answer({ value: 7 })}                                | ${now}      | ${'answered'}
    ${requested(asks)} | ${answer({ value: '12' })}                             | ${now}      | ${'answer_invalid'}
    ${requested(asks)} | ${answer({ value: 'seven' })}                          | ${now}      | ${'answer_invalid'}
    ${requested(asks)} | ${answer({ by: guest })}                               | ${now}      | ${'not_a_member'}
    ${requested(asks)} | ${answer({ by: dave })}                                | ${now}      | ${'not_allowed'}
    ${requested(asks)} | ${answer({ step: 'restart' })}                         | ${now}      | ${'no_such_question'}
    ${answered}        | ${answer({ by: carol })}                               | ${now}      | ${'no_such_question'}
    ${requested(asks)} | ${{ kind: 'answer_expired', step: 'which' }}           | ${late}     | ${'answer_expired'}
    ${requested(asks)} | ${{ kind: 'answer_expired', step: 'which' }}           | ${late - 1} | ${'not_due'}
    ${answered}        | ${{ kind: 'answer_expired', step: 'which' }}           | ${late}     | ${'step_superseded'}
    ${requested(asks)} | ${{ kind: 'question_posted', step: 'which', message }} | ${now}      | ${'question_posted'}
  `('that waits: $event.kind of "$event.value" → $reason', ({ run, event, at, reason }) => {
    expect(decide(run, event, at).reason).toBe(reason);
  });

  test('that was posted late is known all the same, so that its button can be taken away', () => {
    const posted = decide(answered, { kind: 'question_posted', step: 'which', message });
    expect(posted.state?.steps[0]?.question?.message).toEqual(message);
  });

  test('that was answered hands the answer on, in its type', () => {
    expect(answered.steps[0]).toMatchObject({ status: 'succeeded', outputs: { answer: 7 }, note: 'answered by bob' });
    expect(answered.steps[1]?.status).toBe('ready');
  });
});

test('what the steps say that they would do is kept with its approval, and changes nothing else', () => {
  const run = requested(approves);
  const seen = { kind: 'plan_previewed', approval: 'approve.1', previews: { restart: 'up for 3 min' } } as const;
  const { state, reason } = decide(run, seen);
  expect(reason).toBe('plan_previewed');
  expect(state?.approvals).toEqual([{ ...run.approvals[0], previews: seen.previews }]);
  expect(decide(run, { ...seen, previews: {} }).reason).toBe('nothing_new');
  expect(decide(run, { ...seen, approval: 'other.1' }).reason).toBe('nothing_new');
});
