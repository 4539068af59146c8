/** The global stop: who may set it, and that it is a claim. */
import { expect, test } from 'vitest';
import { decideAutomation } from '../../src/domain/automation.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { facts, now } from '../support/facts.ts';
import { alice, guest } from '../support/people.ts';

const stopped = { stopped: true, by: 'bob', why: '', at: 1 };
const running = { ...stopped, stopped: false };

test.each`
  state        | kind                   | by       | reason                   | claims
  ${undefined} | ${'stop_automation'}   | ${alice} | ${'automation_stop_set'} | ${[{ key: 'stop', set: 'alice' }]}
  ${running}   | ${'stop_automation'}   | ${alice} | ${'automation_stop_set'} | ${[{ key: 'stop', set: 'alice' }]}
  ${stopped}   | ${'stop_automation'}   | ${alice} | ${'already_stopped'}     | ${[]}
  ${stopped}   | ${'resume_automation'} | ${alice} | ${'automation_resumed'}  | ${[{ key: 'stop', set: null }]}
  ${running}   | ${'resume_automation'} | ${alice} | ${'already_running'}     | ${[]}
  ${undefined} | ${'resume_automation'} | ${alice} | ${'already_running'}     | ${[]}
  ${undefined} | ${'stop_automation'}   | ${guest} | ${'not_a_member'}        | ${[]}
  ${stopped}   | ${'resume_automation'} | ${guest} | ${'not_a_member'}        | ${[]}
`('$state.stopped + $kind by $by.name → $reason', ({ state, kind, by, reason, claims }) => {
  const decision = decideAutomation(state, { id: 'e' as EventId, kind, by, why: 'w' }, facts());
  expect([decision.reason, decision.claims]).toEqual([reason, claims]);
  if (claims.length) expect(decision.state).toMatchObject({ by: 'alice', why: 'w', at: now });
});
