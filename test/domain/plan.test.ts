/** The digest that an approval is bound to changes with everything that would run otherwise, and with nothing else. */
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/domain/facts.ts';
import type { PlaybookHash } from '../../src/domain/ids.ts';
import { coveredBy, planOf } from '../../src/domain/plan.ts';
import type { Playbook, Step } from '../../src/domain/playbook.ts';
import type { Run } from '../../src/domain/run.ts';
import { facts, playbook, requested } from '../support/facts.ts';
import { proposed } from '../support/playbooks.ts';

const of = playbook(proposed);
const run = requested(of);
const known = facts({}, [of]);

const digestOf = (over: { playbook?: Playbook; run?: Run; facts?: Facts } = {}): string => {
  const plan = planOf('approve', over.run ?? run, { playbook: over.playbook ?? of, facts: over.facts ?? known });
  return plan.ok ? plan.digest : plan.problem;
};
const withStep = (change: Partial<Step>): Playbook => ({
  ...of,
  steps: of.steps.map((step) => (step.id === 'restart' ? { ...step, ...change } : step)),
});
const action = (over: object): Facts => ({
  ...known,
  action: (id) => ({ ...known.action(id), ...over }) as ReturnType<Facts['action']>,
});

describe('the digest', () => {
  test.each([
    ['the content of the playbook', { playbook: { ...of, hash: 'other' as PlaybookHash } }],
    ['an input', { run: { ...run, inputs: { host: 'shop-2' } } }],
    ['an argument', { playbook: withStep({ with: { host: 'shop-2' } }) }],
    ['one more argument', { playbook: withStep({ with: { ...of.steps[1]?.with, force: true } }) }],
    ['the action', { playbook: withStep({ action: 'shop.exec' }) }],
    ['what may be repeated', { playbook: withStep({ effect: 'once' }) }],
    ['what the action means', { facts: action({ version: 2 }) }],
    ['the target', { facts: action({ lockOf: () => 'host/elsewhere' }) }],
  ])('changes with %s', (_, over) => {
    expect(digestOf(over)).not.toBe(digestOf());
  });

  test.each([
    ['the clock', { facts: { ...known, now: known.now + 1 } }],
    ['who asked', { run: { ...run, requestedBy: { kind: 'tocsin' as const } } }],
    ['attempts', { run: { ...run, steps: run.steps.map((step) => ({ ...step, attempt: 7, note: 'x' })) } }],
    ['the wording of a change, which jitters', { facts: action({ describe: () => 'otherwise' }) }],
  ])('does not change with %s', (_, over) => {
    expect(digestOf(over)).toBe(digestOf());
  });
});

test('an approval covers the steps up to the next approval', () => {
  const steps = ['a', 'approval', 'b', 'c', 'approval', 'd'].map(
    (name, at) => ({ ...of.steps[1], id: `${name}${at}`, action: name }) as Step,
  );
  const covered = (id: string) => coveredBy(id, { ...of, steps }).map((step) => step.id);
  expect([covered('approval1'), covered('approval4')]).toEqual([['b2', 'c3'], ['d5']]);
});
