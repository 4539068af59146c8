/** The global stop and what is set free: who may, that it is a claim, and who hears of it. */
import { describe, expect, test } from 'vitest';
import { decideAutomation } from '../../src/domain/automation.ts';
import type { EventId, IncidentId } from '../../src/domain/ids.ts';
import { facts, now } from '../support/facts.ts';
import { alice, dave, guest } from '../support/people.ts';
import { policy } from '../support/scenario.ts';

const stopped = { stopped: true, by: 'bob', why: '', at: 1 };
const running = { ...stopped, stopped: false };
const concerned = ['inc-1', 'inc-2'] as IncidentId[];
const around = (held: Readonly<Record<string, string>> = {}) => ({
  facts: facts({ held: (key) => held[key] ?? null }),
  concerned,
  offering: [],
});

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
  ${stopped}   | ${'resume_automation'} | ${dave}  | ${'role_missing'}        | ${[]}
`('$state.stopped + $kind by $by.name → $reason', ({ state, kind, by, reason, claims }) => {
  const decision = decideAutomation(state, { id: 'e' as EventId, kind, by, why: 'w' }, around());
  expect([decision.reason, decision.claims]).toEqual([reason, claims]);
  if (claims.length) expect(decision.state).toMatchObject({ by: 'alice', why: 'w', at: now });
});

test('anybody may stop it, and each incident with a run under way hears of it once', () => {
  const event = { id: 'e' as EventId, kind: 'stop_automation', by: dave, why: 'too fast' } as const;
  const { reason, effects } = decideAutomation(undefined, event, around());
  expect(reason).toBe('automation_stop_set');
  expect(effects).toMatchObject([
    { id: 'notify.inc-1.e', incident: 'inc-1', notice: { about: 'automation_stopped', by: 'dave', why: 'too fast' } },
    { id: 'notify.inc-2.e', incident: 'inc-2' },
  ]);
});

describe('unlock', () => {
  const unlock = (key: string, held: Readonly<Record<string, string>>, by = alice) =>
    decideAutomation(running, { id: 'e' as EventId, kind: 'unlock', key, by, why: 'stale' }, around(held));
  const lock = { 'lock/host/shop-1': 'run-1/restart' };
  const breaker = { 'guard/breaker/restart/a': '{"openedAt":1,"failures":[]}' };

  test.each`
    key                    | held       | by       | reason              | freed
    ${'lock/host/shop-1'}  | ${lock}    | ${alice} | ${'unlocked'}       | ${'lock/host/shop-1'}
    ${'host/shop-1'}       | ${lock}    | ${alice} | ${'unlocked'}       | ${'lock/host/shop-1'}
    ${'breaker/restart/a'} | ${breaker} | ${alice} | ${'unlocked'}       | ${'guard/breaker/restart/a'}
    ${'lock/host/shop-2'}  | ${lock}    | ${alice} | ${'nothing_locked'} | ${undefined}
    ${'stop'}              | ${lock}    | ${alice} | ${'nothing_locked'} | ${undefined}
    ${'lock/host/shop-1'}  | ${lock}    | ${dave}  | ${'role_missing'}   | ${undefined}
    ${'lock/host/shop-1'}  | ${lock}    | ${guest} | ${'not_a_member'}   | ${undefined}
  `('of $key by $by.name → $reason', ({ key, held, by, reason, freed }) => {
    const decision = unlock(key, held, by);
    expect([decision.reason, decision.claims[0]?.key]).toEqual([reason, freed]);
  });

  test('frees only what was seen, and leaves the name, the holder and the reason in the history', () => {
    const { claims, history, state, effects } = unlock('host/shop-1', lock);
    expect(claims).toEqual([{ key: 'lock/host/shop-1', expect: 'run-1/restart', set: null, again: true }]);
    expect(history).toMatchObject([
      { actor: 'alice', reason: 'unlocked', detail: 'lock/host/shop-1 (was held by run-1/restart): stale' },
    ]);
    expect(state).toBe(running);
    expect(effects).toMatchObject([{ incident: 'inc-1', notice: { about: 'unlocked', holder: 'run-1/restart' } }, {}]);
  });

  test('a refusal names the roles of which one is needed', () => {
    const only = { ...policy, roles: ['responder', 'lead'], permissions: { unlock: ['lead'] } };
    const event = { id: 'e' as EventId, kind: 'unlock', key: 'host/shop-1', by: alice, why: '' } as const;
    const decision = decideAutomation(running, event, { facts: facts({ policy: only }), concerned, offering: [] });
    expect([decision.reason, decision.detail]).toEqual(['role_missing', 'it takes the role lead']);
  });
});
