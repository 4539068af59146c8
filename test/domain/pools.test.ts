/** Pools: where a step goes, what an approval covers of that, and what becomes of one that nobody can take. */
import { describe, expect, test } from 'vitest';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { planOf } from '../../src/domain/plan.ts';
import { poolOf } from '../../src/domain/pool.ts';
import type { Run, RunEventBody } from '../../src/domain/run.ts';
import { standOf } from '../../src/domain/run-unclaimed.ts';
import { nine } from '../support/alerts.ts';
import { facts, playbook, requested, runId } from '../support/facts.ts';
import { alice } from '../support/people.ts';
import { auto, proposed } from '../support/playbooks.ts';
import { policy } from '../support/scenario.ts';

const inPools = (pools: Readonly<Record<string, string>>): Pick<Facts, 'policy'> => ({
  policy: {
    ...policy,
    guardrails: {
      ...policy.guardrails,
      hosts: ['shop-1', 'shop-2'].map((name) => ({
        name,
        service: '',
        ...(pools[name] !== undefined && { pool: pools[name] }),
      })),
    },
  },
});

describe('the pool of a step', () => {
  test.each`
    said         | host         | ofHost       | around       | pool
    ${undefined} | ${undefined} | ${undefined} | ${undefined} | ${'default'}
    ${'eu'}      | ${undefined} | ${undefined} | ${undefined} | ${'eu'}
    ${undefined} | ${'shop-1'}  | ${'us'}      | ${undefined} | ${'us'}
    ${'us'}      | ${'shop-1'}  | ${'us'}      | ${undefined} | ${'us'}
    ${'eu'}      | ${'shop-1'}  | ${undefined} | ${undefined} | ${'eu'}
    ${undefined} | ${'shop-1'}  | ${undefined} | ${undefined} | ${'default'}
    ${undefined} | ${undefined} | ${undefined} | ${'us'}      | ${'us'}
    ${undefined} | ${'shop-1'}  | ${'eu'}      | ${'us'}      | ${'eu'}
    ${'eu'}      | ${'shop-1'}  | ${'us'}      | ${undefined} | ${'the step is for the pool `eu`, and its host shop-1 is in the pool `us`'}
    ${'eu'}      | ${'shop-1'}  | ${'default'} | ${undefined} | ${'the step is for the pool `eu`, and its host shop-1 is in the pool `default`'}
  `(
    'that says $said, on $host in $ofHost, undoing what was done in $around: $pool',
    ({ said, host, ofHost, around, pool }) => {
      const step = { action: 'shop.restart', ...(said && { pool: said }) };
      const known = facts(inPools(ofHost ? { 'shop-1': ofHost } : {}));
      const placed = poolOf(step, host ? { host } : {}, { facts: known, pool: around });
      expect(placed.ok ? placed.pool : placed.problem).toBe(pool);
    },
  );
});

describe('an approval', () => {
  const of = playbook(proposed);
  const run = requested(of);
  const plan = (pools: Readonly<Record<string, string>>) =>
    planOf('approve', run, { playbook: of, facts: facts(inPools(pools), [of]) });

  test('covers the pool of the target, and shows one that is not the default', () => {
    const [nowhere, eu, us] = [plan({}), plan({ 'shop-1': 'eu' }), plan({ 'shop-1': 'us' })];
    if (!nowhere.ok || !eu.ok || !us.ok) throw new Error('there is no plan');
    expect(new Set([nowhere.digest, eu.digest, us.digest]).size).toBe(3);
    expect([nowhere, eu].map(({ steps }) => steps.map(({ pool }) => pool))).toEqual([[undefined], ['eu']]);
  });

  test('is not asked for where step and target are of different pools', () => {
    const divided = playbook(proposed.replace('action: shop.restart', 'action: shop.restart\n    pool: eu'));
    const { state } = decideRun(runId, undefined, {
      event: {
        id: 'e0' as EventId,
        kind: 'run_requested',
        request: {
          playbook: divided.hash,
          incident: 'inc-1' as never,
          mode: 'manual',
          requestedBy: alice,
          inputs: { host: 'shop-1' },
          subject: run.subject,
        },
      },
      facts: facts(inPools({ 'shop-1': 'us' }), [divided]),
    });
    expect(state).toMatchObject({
      status: 'failed',
      outcome: expect.stringContaining('the step is for the pool `eu`, and its host shop-1 is in the pool `us`'),
    });
  });
});

describe('a step of a pool', () => {
  const of = playbook(auto);
  const eu = inPools({ 'shop-1': 'eu' });
  const begun = requested(of, eu);
  const on = (run: Run, body: RunEventBody, at = 0, known = eu) =>
    decideRun(runId, run, {
      event: { ...body, id: `e${at}` as EventId },
      facts: facts({ now: nine + at, ...known }, [of]),
    });
  const unit = (run: Run) => run.steps[0] as Run['steps'][number];
  const unclaimed = (run: Run) =>
    ({
      kind: 'step_unclaimed',
      step: unit(run).id,
      stand: standOf(unit(run)),
      pool: 'eu',
      seenAt: nine - 60_000,
    }) as const;
  const stateOf = (run: Run, body: RunEventBody, at = 0) => on(run, body, at).state as Run;
  const timeoutMs = of.steps[0]?.timeoutMs ?? 0;

  test('goes to that pool, and the unit says so', () => {
    expect(unit(begun)).toMatchObject({ status: 'ready', pool: 'eu' });
  });

  test('fails where its host has moved to another pool meanwhile, before anything is done', () => {
    const start = { kind: 'step_started', step: unit(begun).id, attempt: 1 } as const;
    const { state, reason } = on(begun, start, 1_000, inPools({ 'shop-1': 'us' }));
    expect(reason).toBe('step_failed');
    expect(state?.steps[0]?.note).toBe('it was given to the pool `eu` and belongs to `us` by now: run it again');
  });

  test('says that it waits, once, and calls its owners when that lasts longer than it may take', () => {
    const first = on(begun, unclaimed(begun), 2_000);
    expect([first.reason, first.state?.status]).toEqual(['step_unclaimed', 'running']);
    const waiting = first.state as Run;
    expect(unit(waiting).unclaimed).toEqual({ pool: 'eu', since: nine + 2_000, seenAt: nine - 60_000 });
    expect(on(waiting, unclaimed(waiting), 10_000).reason).toBe('step_not_ready');
    const late = on(waiting, unclaimed(waiting), 2_000 + timeoutMs);
    expect([late.reason, late.state?.status]).toEqual(['step_stranded', 'needs_attention']);
    expect(late.effects).toContainEqual(
      expect.objectContaining({
        kind: 'notify',
        notice: expect.objectContaining({ about: 'step_stranded', pool: 'eu', owners: ['team-shop'] }),
      }),
    );
    const stranded = late.state as Run;
    expect(on(stranded, unclaimed(stranded), 3_000 + timeoutMs).reason).toBe('step_not_ready');
  });

  test('goes on by itself when a worker comes, and nothing of the wait is left', () => {
    const stranded = stateOf(stateOf(begun, unclaimed(begun), 0), unclaimed(begun), timeoutMs);
    expect(stranded.status).toBe('needs_attention');
    const running = stateOf(stranded, { kind: 'step_started', step: unit(begun).id, attempt: 1 }, timeoutMs + 1);
    expect([running.status, unit(running).status, unit(running).unclaimed]).toEqual(['running', 'running', undefined]);
  });

  test('hears nothing that was asked before a worker took it', () => {
    const running = stateOf(begun, { kind: 'step_started', step: unit(begun).id, attempt: 1 });
    expect(on(running, unclaimed(begun), 1_000).reason).toBe('step_superseded');
    expect(on(running, unclaimed(running), 1_000).reason).toBe('step_unclaimed');
  });

  test('ends with its run when that has no more time', () => {
    const stranded = stateOf(stateOf(begun, unclaimed(begun), 0), unclaimed(begun), timeoutMs);
    const { state, reason } = on(stranded, { kind: 'run_timed_out' }, of.timeoutMs + 1);
    expect([reason, state?.status]).toEqual(['run_timed_out', 'failed']);
  });
});
