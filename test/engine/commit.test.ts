/** Decide and commit: what is tried again, what is not, and what uses up a cause. */
import { describe, expect, test } from 'vitest';
import type { Claim } from '../../src/domain/claim.ts';
import type { Decision } from '../../src/domain/facts.ts';
import type { EventId, IncidentId } from '../../src/domain/ids.ts';
import { decideAndCommit } from '../../src/engine/commit.ts';
import { type Stage, stage } from '../support/scenario.ts';

type Counter = { readonly count: number };
const id = 'inc-1' as IncidentId;
const decision = (over: Partial<Decision<Counter>> = {}): Decision<Counter> => ({
  state: undefined,
  effects: [],
  claims: [],
  history: [],
  reason: 'note_added',
  ...over,
});

const add = (on: Stage, over: Partial<Decision<Counter>> = {}, cause?: string) =>
  decideAndCommit<Counter>(on.world, {
    id,
    kind: 'incident',
    causes: cause ? [{ kind: 'event', event: cause as EventId }] : [],
    isOpen: () => true,
    decide: async ({ state }) =>
      decision({ state: { count: ((state as Counter | undefined)?.count ?? 0) + 1 }, ...over }),
  });

const count = async (on: Stage) => ((await on.store.load(id)).state as Counter | undefined)?.count;

describe('a commit', () => {
  test('that another process was faster than is decided again: nothing is lost', async () => {
    const on = await stage();
    await Promise.all(Array.from({ length: 8 }, () => add(on)));
    expect(await count(on)).toBe(8);
  });

  test('that counts where a hundred others count at once gets its turn', async () => {
    const on = await stage();
    const key = 'guard/tally';
    const counts = (n: number) =>
      decideAndCommit<Counter>(on.world, {
        id: `inc-${n}` as IncidentId,
        kind: 'incident',
        causes: [],
        isOpen: () => true,
        decide: async () => {
          const [held = null] = await on.store.claims([key]);
          const claims: readonly Claim[] = [{ key, expect: held, again: true, set: `${Number(held ?? 0) + 1}` }];
          return decision({ state: { count: n }, claims });
        },
      });
    await Promise.all(Array.from({ length: 100 }, (_, at) => counts(at + 1)));
    expect(await on.store.claims([key])).toEqual(['100']);
  });

  test('of the same cause twice is in once', async () => {
    const on = await stage();
    const all = await Promise.all([add(on, {}, 'click'), add(on, {}, 'click')]);
    expect(all.map(({ reason }) => reason).sort()).toEqual(['note_added', 'repeated']);
    expect(await count(on)).toBe(1);
  });

  test('whose claim is held says by whom', async () => {
    const on = await stage();
    await add(on, { claims: [{ key: 'lock/x', set: 'run-1/a' }] });
    const received = await add(on, { claims: [{ key: 'lock/x', expect: null, set: 'run-2/a' }] });
    expect(received).toEqual({ reason: 'target_busy', blocked: { key: 'lock/x', by: 'run-1/a' } });
    expect(await count(on)).toBe(1);
  });

  test.each`
    key           | reason
    ${'stop'}     | ${'automation_stopped'}
    ${'active/p'} | ${'run_exists'}
    ${'lock/x'}   | ${'target_busy'}
  `('blocked by $key is $reason', async ({ key, reason }) => {
    const on = await stage();
    await add(on, { claims: [{ key, set: 'other' }] });
    expect((await add(on, { claims: [{ key, expect: null }] })).reason).toBe(reason);
  });

  test('gives back what it still holds, and is not kept from ending by what it no longer does', async () => {
    const on = await stage();
    await add(on, {
      claims: [
        { key: 'lock/mine', set: 'me' },
        { key: 'lock/taken', set: 'other' },
      ],
    });
    const claims = ['lock/mine', 'lock/taken', 'lock/gone'].map((key) => ({ key, expect: 'me', set: null }));
    expect((await add(on, { claims })).blocked).toBeUndefined();
    expect(await on.store.claims(['lock/mine', 'lock/taken', 'lock/gone'])).toEqual([null, 'other', null]);
  });

  test('at the wrong address uses up no cause', async () => {
    const on = await stage();
    const causes = [{ kind: 'event', event: 'click' as EventId }] as const;
    const wrong = { id, kind: 'incident', causes, isOpen: () => true, decide: async () => decision() } as const;
    await decideAndCommit<Counter>(on.world, { ...wrong, isReturned: () => true });
    expect((await add(on, {}, 'click')).reason).toBe('note_added');
  });

  test('that changes nothing still uses up its cause', async () => {
    const on = await stage();
    const causes = [{ kind: 'event', event: 'click' as EventId }] as const;
    await decideAndCommit<Counter>(on.world, {
      id,
      kind: 'incident',
      causes,
      isOpen: () => true,
      decide: async () => decision(),
    });
    expect((await add(on, {}, 'click')).reason).toBe('repeated');
  });
});
