/** The circuit breaker: opened by failures, closed by nobody but a person; and how well a playbook works. */
import { describe, expect, test } from 'vitest';
import { guardKey } from '../../../src/domain/claim.ts';
import { noGuardrails } from '../../../src/domain/guardrails.ts';
import { isBelow, type Outcome, rateOf } from '../../../src/domain/guards/efficacy.ts';
import { tocsin } from '../../../src/domain/person.ts';
import { detail, guarded, limited, said } from '../../support/guarded.ts';
import { policy } from '../../support/scenario.ts';

const minute = 60_000;
const hour = 60 * minute;
const breaking = limited('{circuit_breaker: {per: "${{ inputs.host }}", failures: 2, window: 1h}}');
const key = guardKey('breaker/restart-shop/shop-1');

describe('a circuit breaker', () => {
  test.each`
    endings                              | gap         | verdict
    ${['failed', 'failed']}              | ${minute}   | ${'breaker_open'}
    ${['failed', 'unknown']}             | ${minute}   | ${'breaker_open'}
    ${['unknown', 'unknown']}            | ${minute}   | ${'breaker_open'}
    ${['failed', 'succeeded', 'failed']} | ${minute}   | ${'breaker_open'}
    ${['failed']}                        | ${minute}   | ${'ok'}
    ${['failed', 'cancelled']}           | ${minute}   | ${'ok'}
    ${['succeeded', 'succeeded']}        | ${minute}   | ${'ok'}
    ${['failed', 'failed']}              | ${hour - 1} | ${'breaker_open'}
    ${['failed', 'failed']}              | ${hour}     | ${'ok'}
  `('after $endings, $gap ms apart: $verdict', ({ endings, gap, verdict }) => {
    const on = guarded(breaking);
    for (const [at, ending] of endings.entries()) {
      if (at) on.clock.now += gap;
      on.ends(on.acted(`run-${at}`), ending);
    }
    expect([said(on.starts(on.run('run-z'))), said(on.changes(on.run('run-z')))]).toEqual([verdict, verdict]);
  });

  test('stays open for good, whatever the clock says, until a person resets it', () => {
    const on = guarded(breaking);
    for (const id of ['run-a', 'run-b']) on.ends(on.acted(id), 'failed');
    for (const jump of [-hour, 2 * hour, 365 * 24 * hour]) {
      on.clock.now += jump;
      expect(said(on.starts(on.run('run-z')))).toBe('breaker_open');
    }
    on.held.delete(key);
    expect(said(on.starts(on.run('run-z')))).toBe('ok');
  });

  test('has no end in the store once it is open, and one as long as it only counts', () => {
    const on = guarded(breaking);
    on.ends(on.acted('run-a'), 'failed');
    expect(JSON.parse(on.held.get(key) ?? '')).toEqual({ failures: [['run-a', on.clock.now]] });
    on.ends(on.acted('run-b'), 'failed');
    expect(JSON.parse(on.held.get(key) ?? '')).toMatchObject({ openedAt: on.clock.now });
  });

  test('says since when, after which runs, and how it is reset', () => {
    const on = guarded(breaking);
    for (const id of ['run-a', 'run-b']) on.ends(on.acted(id), 'failed');
    expect(detail(on.starts(on.run('run-z')))).toMatch(
      /^since \S+ \S+ UTC, after run-a, run-b; \/automation unlock breaker\/restart-shop\/shop-1 resets it$/,
    );
  });

  test('stops a run that is under way before its next change, but not what it undoes', () => {
    const on = guarded(breaking);
    const run = on.run('run-a');
    on.changes(run);
    for (const id of ['run-b', 'run-c']) on.ends(on.acted(id), 'failed');
    expect(said(on.changes(run))).toBe('breaker_open');
    expect(said(on.changes({ ...run, phase: 'rollback' }))).toBe('ok');
  });

  test('counts one run once: first unknown, then failed as a person says', () => {
    const on = guarded(breaking);
    on.ends(on.acted('run-a'), 'unknown');
    on.ends(on.acted('run-a'), 'failed');
    expect(said(on.starts(on.run('run-z')))).toBe('ok');
  });

  test.each`
    before                  | after         | verdict           | closed
    ${[]}                   | ${[]}         | ${'ok'}           | ${undefined}
    ${['failed']}           | ${[]}         | ${'ok'}           | ${key}
    ${['unknown']}          | ${[]}         | ${'ok'}           | ${key}
    ${[]}                   | ${['failed']} | ${'ok'}           | ${key}
    ${['failed']}           | ${['failed']} | ${'breaker_open'} | ${undefined}
    ${['failed', 'failed']} | ${[]}         | ${'breaker_open'} | ${undefined}
  `(
    'after $before, one that was unknown, $after: when a person says that it worked, $verdict',
    ({ before, after, verdict, closed }) => {
      const on = guarded(breaking);
      for (const [at, ending] of before.entries()) on.ends(on.acted(`run-b${at}`), ending);
      on.ends(on.acted('run-u'), 'unknown');
      for (const [at, ending] of after.entries()) on.ends(on.acted(`run-a${at}`), ending);
      on.clock.now += 2 * hour;
      expect(on.clears(on.acted('run-u'))).toBe(closed);
      on.clock.now -= 2 * hour;
      expect(said(on.starts(on.run('run-z')))).toBe(verdict);
      expect(on.held.get(key) ?? '').not.toContain('run-u');
      expect(on.clears(on.acted('run-u'))).toBe(undefined);
    },
  );

  test('that a person has reset keeps nothing that could be taken back', () => {
    const on = guarded(breaking);
    for (const id of ['run-a', 'run-b']) on.ends(on.acted(id), 'unknown');
    on.held.delete(key);
    expect(on.clears(on.acted('run-b'))).toBe(undefined);
    expect(on.held.has(key)).toBe(false);
  });

  test('does not hear of runs that changed nothing: a rejected approval is no failure of the playbook', () => {
    const on = guarded(breaking);
    for (const id of ['run-a', 'run-b']) on.ends(on.run(id), 'failed');
    expect(on.held.size).toBe(0);
  });

  test('is of one target', () => {
    const on = guarded(breaking);
    for (const id of ['run-a', 'run-b']) on.ends(on.acted(id), 'failed');
    expect(said(on.starts(on.run('run-z', { inputs: { host: 'shop-2' } })))).toBe('ok');
  });
});

describe('how well a playbook works', () => {
  const guardrails = { ...noGuardrails, efficacy: { atLeast: 0.5, ofLast: 4 } };
  const strict = { policy: { ...policy, guardrails } };
  const auto = { mode: 'auto', requestedBy: tocsin } as const;

  test.each`
    endings                                                          | verdict
    ${[]}                                                            | ${'ok'}
    ${['failed', 'failed']}                                          | ${'ok'}
    ${['failed', 'failed', 'unknown']}                               | ${'auto_demoted'}
    ${['failed', 'failed', 'failed', 'cancelled']}                   | ${'auto_demoted'}
    ${['failed', 'failed', 'failed', 'succeeded']}                   | ${'auto_demoted'}
    ${['failed', 'failed', 'succeeded', 'succeeded']}                | ${'ok'}
    ${['failed', 'failed', 'failed', ...Array(3).fill('succeeded')]} | ${'ok'}
  `('after $endings it starts by itself: $verdict', ({ endings, verdict }) => {
    const on = guarded(limited(''), strict);
    for (const [at, ending] of endings.entries()) on.ends(on.acted(`run-${at}`), ending);
    expect(said(on.starts(on.run('run-z', auto)))).toBe(verdict);
  });

  test('people may go on starting it, and as it works again it starts by itself again', () => {
    const on = guarded(limited(''), strict);
    for (const id of ['run-a', 'run-b', 'run-c']) on.ends(on.acted(id), 'failed');
    expect(said(on.starts(on.run('run-d', { mode: 'propose' })))).toBe('ok');
    expect(detail(on.starts(on.run('run-z', auto)))).toBe(
      'worked 0 of 3 times; /automation unlock efficacy/restart-shop forgets them',
    );
    for (const id of ['run-d', 'run-e']) on.ends(on.acted(id), 'succeeded');
    expect(said(on.starts(on.run('run-z', auto)))).toBe('ok');
  });

  test('what was unknown is replaced by what a person said of it', () => {
    const on = guarded(limited(''), strict);
    for (const id of ['run-a', 'run-b', 'run-c']) on.ends(on.acted(id), 'unknown');
    expect(said(on.starts(on.run('run-z', auto)))).toBe('auto_demoted');
    on.ends(on.acted('run-a'), 'succeeded');
    expect(said(on.starts(on.run('run-z', auto)))).toBe('ok');
  });

  test('what was unknown and worked, as a person says, counts for nothing until the run ends', () => {
    const on = guarded(limited(''), strict);
    for (const id of ['run-a', 'run-b', 'run-c']) on.ends(on.acted(id), 'unknown');
    on.clears(on.acted('run-a'));
    expect(said(on.starts(on.run('run-z', auto)))).toBe('ok');
    on.ends(on.acted('run-a'), 'failed');
    expect(said(on.starts(on.run('run-z', auto)))).toBe('auto_demoted');
  });

  test('remembers the last twenty, and whether their checks came true', () => {
    const on = guarded(limited(''), strict);
    const run = on.acted('run-a');
    const verify = { check: 0, poll: 1, since: 0, last: '' };
    const checked = (status: 'succeeded' | 'failed') => run.steps.map((unit) => ({ ...unit, verify, status }));
    for (let at = 0; at < 25; at += 1) on.ends(on.acted(`run-${at}`), 'succeeded');
    on.ends(on.acted('run-y', { steps: checked('succeeded') }), 'succeeded');
    on.ends(on.acted('run-z', { steps: checked('failed') }), 'failed');
    const outcomes = JSON.parse(on.held.get(guardKey('efficacy/restart-shop')) ?? '[]') as Outcome[];
    expect(outcomes).toHaveLength(20);
    expect(outcomes.slice(-3).map(({ run: id, verified }) => [id, verified])).toEqual([
      ['run-24', undefined],
      ['run-y', true],
      ['run-z', false],
    ]);
    expect(rateOf(outcomes, { guardrails: { ...guardrails, efficacy: { atLeast: 0.5, ofLast: 10 } } })).toBe(
      'worked 9 of 10 times, verified 1 of 2',
    );
  });

  test('at the bound it still holds, and with a bound of 0 always', () => {
    const bad = (count: number): Outcome[] =>
      Array.from({ length: count }, () => ({ run: '', at: 0, ended: 'failed' }));
    expect([2, 3].map((count) => isBelow(bad(count), { guardrails }))).toEqual([false, true]);
    expect(isBelow(bad(20), { guardrails: noGuardrails })).toBe(false);
  });
});
