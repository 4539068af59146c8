/** How often and how much: cool-down, number of runs, size of the change; counted with the first change of a run. */
import { describe, expect, test } from 'vitest';
import { guardName } from '../../../src/domain/claim.ts';
import { nine } from '../../support/alerts.ts';
import { detail, guarded, limited, said } from '../../support/guarded.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('a cool-down', () => {
  const cooling = limited('{cooldown: {per: "${{ inputs.host }}", window: 30m}}');

  test.each`
    after              | start             | change
    ${0}               | ${'cooling_down'} | ${'cooling_down'}
    ${30 * minute - 1} | ${'cooling_down'} | ${'cooling_down'}
    ${30 * minute}     | ${'ok'}           | ${'ok'}
    ${hour}            | ${'ok'}           | ${'ok'}
  `('$after ms after the last change another run starts: $start, changes: $change', ({ after, start, change }) => {
    const on = guarded(cooling);
    on.changes(on.run('run-a'));
    on.clock.now += after;
    expect([said(on.starts(on.run('run-b'))), said(on.changes(on.run('run-b')))]).toEqual([start, change]);
  });

  test('begins with the change, not with the request: a run that waits for its approval holds nobody up', () => {
    const on = guarded(cooling);
    expect([said(on.starts(on.run('run-a'))), said(on.starts(on.run('run-b')))]).toEqual(['ok', 'ok']);
    expect([said(on.changes(on.run('run-b'))), said(on.changes(on.run('run-a')))]).toEqual(['ok', 'cooling_down']);
  });

  test('does not stop the run that began it: its retries and its further steps go on', () => {
    const on = guarded(cooling);
    on.changes(on.run('run-a'));
    expect([said(on.changes(on.run('run-a'))), said(on.changes(on.run('run-a')))]).toEqual(['ok', 'ok']);
  });

  test('is of one target: another host is not cooling down', () => {
    const on = guarded(cooling);
    on.changes(on.run('run-a'));
    expect(said(on.starts(on.run('run-b', { inputs: { host: 'shop-2' } })))).toBe('ok');
  });

  test.each`
    host                 | name
    ${'shop-1'}          | ${/^cooldown\/restart-shop\/shop-1$/}
    ${'eu west/größe 1'} | ${/^cooldown\/restart-shop\/eu west\/größe 1$/}
    ${'a "quoted" one'}  | ${/^cooldown\/restart-shop\/[0-9a-f]{32}$/}
    ${'two\nlines'}      | ${/^cooldown\/restart-shop\/[0-9a-f]{32}$/}
    ${' '}               | ${/^cooldown\/restart-shop\/[0-9a-f]{32}$/}
    ${'x'.repeat(121)}   | ${/^cooldown\/restart-shop\/[0-9a-f]{32}$/}
  `('of $host has a name that people can type: $name', ({ host, name }) => {
    const on = guarded(cooling);
    on.changes(on.run('run-a', { inputs: { host } }));
    expect([...on.held.keys()].map(guardName)).toContainEqual(expect.stringMatching(name));
  });

  test('says who was there when, and when it may be again', () => {
    const on = guarded(cooling);
    on.changes(on.run('run-a'));
    on.clock.now += 10 * minute;
    expect(detail(on.starts(on.run('run-b')))).toBe(
      `run-a changed it at ${new Date(nine).toISOString().slice(0, 16).replace('T', ' ')} UTC; again in 20 min`,
    );
  });

  test('of which nobody can say what it is counted per lets nothing change', () => {
    const on = guarded(limited('{cooldown: {per: "${{ inputs.to.name }}", window: 30m}}'));
    expect([said(on.starts(on.run('run-a'))), said(on.changes(on.run('run-a')))]).toEqual(['ok', 'guard_unclear']);
  });

  test('after a clock went back an hour lasts longer, and after one went forward is over: never is anything counted twice', () => {
    const on = guarded(cooling);
    on.changes(on.run('run-a'));
    on.clock.now -= hour;
    expect(said(on.starts(on.run('run-b')))).toBe('cooling_down');
    on.clock.now += 2 * hour;
    expect(said(on.changes(on.run('run-b')))).toBe('ok');
    expect(said(on.changes(on.run('run-a')))).toBe('cooling_down');
  });
});

describe('a number of runs', () => {
  const twice = limited('{max_runs: {per: global, count: 2, window: 1h}}');

  test.each`
    after       | third
    ${0}        | ${'too_many_runs'}
    ${hour - 1} | ${'too_many_runs'}
    ${hour}     | ${'ok'}
  `('a third run $after ms after the first: $third', ({ after, third }) => {
    const on = guarded(twice);
    on.changes(on.run('run-a'));
    on.changes(on.run('run-b', { inputs: { host: 'shop-2' } }));
    on.clock.now = nine + after;
    expect([said(on.starts(on.run('run-c'))), said(on.changes(on.run('run-c')))]).toEqual([third, third]);
  });

  test('slides: as the oldest leaves the window, one more fits', () => {
    const on = guarded(twice);
    on.changes(on.run('run-a'));
    on.clock.now += 30 * minute;
    on.changes(on.run('run-b'));
    on.clock.now += 30 * minute;
    expect(said(on.changes(on.run('run-c')))).toBe('ok');
    expect(detail(on.changes(on.run('run-d')))).toMatch(/^2 of 2 since .*; again in 30 min$/);
  });

  test('counts a run once, however often it changes something', () => {
    const on = guarded(twice);
    for (let again = 0; again < 5; again += 1) on.changes(on.run('run-a'));
    expect(said(on.changes(on.run('run-b')))).toBe('ok');
  });

  test('counts runs that people ask for like any other', () => {
    const on = guarded(twice);
    on.changes(on.run('run-a', { mode: 'manual' }));
    on.changes(on.run('run-b', { mode: 'propose' }));
    expect(said(on.starts(on.run('run-c', { mode: 'manual' })))).toBe('too_many_runs');
  });

  test('does not end a run that has begun to change things', () => {
    const on = guarded(limited('{max_runs: {per: global, count: 1, window: 1h}}'));
    on.changes(on.run('run-a'));
    on.clock.now += 61 * minute;
    on.changes(on.run('run-b'));
    expect(said(on.changes(on.acted('run-a')))).toBe('ok');
  });

  test('is not used up by messages: the first change counts, also after something was said', () => {
    const on = guarded(twice);
    on.changes(on.run('run-a'));
    expect([...on.held.keys()]).toContain('guard/runs/restart-shop/global');
  });

  test('after a clock went back an hour lets no more through than before', () => {
    const on = guarded(twice);
    on.changes(on.run('run-a'));
    on.clock.now -= hour;
    on.changes(on.run('run-b'));
    expect(said(on.changes(on.run('run-c')))).toBe('too_many_runs');
    on.clock.now += hour;
    expect(said(on.changes(on.run('run-c')))).toBe('ok');
  });
});

describe('a change of a number', () => {
  const most = limited('{max_change: {from: "${{ inputs.from }}", to: "${{ inputs.to }}", factor: 3}}');
  test.each`
    from         | to           | verdict
    ${4}         | ${12}        | ${'ok'}
    ${4}         | ${13}        | ${'change_too_big'}
    ${12}        | ${4}         | ${'ok'}
    ${13}        | ${4}         | ${'change_too_big'}
    ${4}         | ${4}         | ${'ok'}
    ${0}         | ${0}         | ${'ok'}
    ${0}         | ${3}         | ${'ok'}
    ${0}         | ${4}         | ${'change_too_big'}
    ${3}         | ${0}         | ${'change_too_big'}
    ${1}         | ${0}         | ${'change_too_big'}
    ${'4'}       | ${'12'}      | ${'ok'}
    ${'4'}       | ${'many'}    | ${'guard_unclear'}
    ${''}        | ${4}         | ${'guard_unclear'}
    ${-1}        | ${4}         | ${'guard_unclear'}
    ${4}         | ${-1}        | ${'guard_unclear'}
    ${null}      | ${4}         | ${'guard_unclear'}
    ${undefined} | ${4}         | ${'guard_unclear'}
    ${4}         | ${undefined} | ${'guard_unclear'}
    ${[4]}       | ${4}         | ${'guard_unclear'}
    ${true}      | ${1}         | ${'guard_unclear'}
  `('from $from to $to: $verdict', ({ from, to, verdict }) => {
    const on = guarded(most);
    const inputs = { host: 'shop-1', ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const run = on.run('run-a', { inputs });
    expect([said(on.changes(run)), said(on.changes(run))]).toEqual([verdict, verdict]);
  });

  test('says from where to where, and how far would be allowed', () => {
    const on = guarded(most);
    const run = on.run('run-a', { inputs: { host: 'shop-1', from: 4, to: 40 } });
    expect(detail(on.changes(run))).toBe('4 → 40, and at most 3 times up or down is allowed');
  });
});
