/** What a playbook may say beyond one step after the other: lists, side by side, rollback, closing parts. */
import { describe, expect, test } from 'vitest';
import { refused, worked } from '../support/fake-actions.ts';
import { did, down, restart, started, states, written } from '../support/flow.ts';
import { alice, bob } from '../support/people.ts';
import { stage } from '../support/scenario.ts';

describe('foreach', () => {
  const each = (how: string): string =>
    written(`  - id: each
    foreach: {in: "\${{ ['a', 'b', 'c'] }}"${how}}
    action: shop.exec
    with: {id: "\${{ item }}"}
  - id: seen
    if: "\${{ size(steps.each.outputs.items) == 3 }}"
    action: shop.look
    with: {id: seen}
`);

  test('runs its step for each item, one after the other, and hands on what each gave', async () => {
    const on = await started(each(''));
    expect(did(on)).toEqual(['shop.exec a', 'shop.exec b', 'shop.exec c', 'shop.look seen']);
    expect(await on.run()).toMatchObject({ status: 'succeeded' });
    expect(await states(on)).toMatchObject({ each: 'succeeded', 'each[0]': 'succeeded', 'each[2]': 'succeeded' });
  });

  test('runs as many at once as it may, and no more', async () => {
    const on = await stage({ playbooks: [each(', max_parallel: 2')] });
    const gate = Promise.withResolvers<void>();
    on.actions.goes['shop.exec'] = [
      async () => {
        await gate.promise;
        return { kind: 'succeeded', outputs: {} };
      },
    ];
    const sending = on.sends(down);
    await expect.poll(() => on.actions.dispatched.length).toBeGreaterThan(0);
    const run = await on.run();
    expect(run.steps.map(({ id, status }) => `${id} ${status === 'pending' ? 'waits' : 'has begun'}`)).toEqual([
      'each has begun',
      'each[0] has begun',
      'each[1] has begun',
      'each[2] waits',
      'seen waits',
    ]);
    gate.resolve();
    await sending;
    expect((await on.run()).status).toBe('succeeded');
  });

  test('begins no further item after one has failed, and says how many did', async () => {
    const on = await stage({ playbooks: [each('')] });
    on.actions.goes['shop.exec'] = [worked(), refused('disk full', 'after_dispatch')];
    await on.sends(down);
    expect(did(on)).toEqual(['shop.exec a', 'shop.exec b']);
    const run = await on.run();
    expect(run.status).toBe('failed');
    expect(run.outcome).toContain('1 of 3 failed: disk full');
    expect(await states(on)).toMatchObject({ 'each[2]': 'cancelled', seen: 'cancelled' });
  });

  test('refuses a list that is too long before anything is done', async () => {
    const on = await started(each(', max_items: 2'));
    expect(did(on)).toEqual([]);
    expect((await on.run()).outcome).toContain('more than `max_items: 2`');
  });
});

describe('parallel', () => {
  const both = written(`  - id: both
    parallel:
      - {id: left, action: shop.look, with: {id: left}}
      - {id: right, action: shop.exec, with: {id: right}}
${restart('after')}`);

  test('lets both begin, and goes on when both are over', async () => {
    const on = await started(both);
    expect([...did(on)].slice(0, 2).sort()).toEqual(['shop.exec right', 'shop.look left']);
    expect(did(on)[2]).toBe('shop.restart after');
    expect(await states(on)).toMatchObject({ both: 'succeeded', left: 'succeeded', right: 'succeeded' });
  });

  test('with an outcome that nobody knows waits for a person, and goes on from what they say', async () => {
    const on = await stage({ playbooks: [both] });
    on.actions.goes['shop.exec'] = [async () => ({ kind: 'unknown', message: 'the line went dead' })];
    await on.sends(down);
    const { id } = await on.run();
    expect(await on.run()).toMatchObject({ status: 'needs_attention' });
    expect(did(on)).not.toContain('shop.restart after');
    await on.asks(bob, { kind: 'settle_unknown', run: id, step: 'right', verdict: 'worked' });
    expect((await on.run()).status).toBe('succeeded');
  });
});

describe('a failure', () => {
  const undoing = `    rollback:
      - {action: shop.exec, with: {id: undo}}
`;
  const closing = `on_failure:
  - {action: shop.look, with: {id: "\${{ run.state }}"}}
on_cancel:
  - {action: shop.look, with: {id: cancelled}}
finally:
  - {action: shop.look, with: {id: last}}
`;

  test('is rolled back in reverse, then told, then cleaned up after', async () => {
    const on = await stage({
      playbooks: [
        written(
          `${restart('one', undoing.replace('undo', 'undo-one'))}${restart('two', undoing.replace('undo', 'undo-two'))}${restart('three')}`,
          `failure_strategy: rollback\n${closing}`,
        ),
      ],
    });
    on.actions.goes['shop.restart'] = [worked(), worked(), refused('no', 'after_dispatch')];
    await on.sends(down);
    expect(did(on)).toEqual([
      'shop.restart one',
      'shop.restart two',
      'shop.restart three',
      'shop.exec undo-two',
      'shop.exec undo-one',
      'shop.look failed',
      'shop.look last',
    ]);
    expect(await on.run()).toMatchObject({ status: 'failed', outcome: 'three: no', locks: {} });
  });

  test('rolls nothing back that surely did not begin', async () => {
    const on = await stage({ playbooks: [written(restart('one', undoing), 'failure_strategy: rollback\n')] });
    on.actions.goes['shop.restart'] = [refused('no route to host')];
    await on.sends(down);
    expect(did(on)).toEqual(['shop.restart one']);
  });

  test('of a rollback stops the rollback and is said', async () => {
    const on = await stage({
      playbooks: [
        written(`${restart('one', undoing)}${restart('two', undoing)}`, `failure_strategy: rollback\n${closing}`),
      ],
    });
    on.actions.goes['shop.restart'] = [worked(), refused('no', 'after_dispatch')];
    on.actions.goes['shop.exec'] = [refused('cannot', 'after_dispatch')];
    await on.sends(down);
    expect(did(on).filter((what) => what === 'shop.exec undo')).toHaveLength(1);
    const run = await on.run();
    expect(run.outcome).toContain('The rollback failed, too');
    expect(did(on)).toContain('shop.look last');
  });

  test('of a rollback that nobody knows the end of stops everything until a person says', async () => {
    const on = await stage({ playbooks: [written(restart('one', undoing), `failure_strategy: rollback\n${closing}`)] });
    on.actions.goes['shop.restart'] = [refused('no', 'after_dispatch')];
    on.actions.goes['shop.exec'] = [async () => ({ kind: 'unknown', message: 'dead' })];
    await on.sends(down);
    const { id, status } = await on.run();
    expect(status).toBe('needs_attention');
    await on.asks(bob, { kind: 'settle_unknown', run: id, step: 'one.rollback[0]', verdict: 'worked' });
    expect(did(on)).toContain('shop.look last');
    expect((await on.run()).status).toBe('failed');
  });

  test('of a step that may fail lets the run go on', async () => {
    const on = await stage({
      playbooks: [written(`${restart('one', '    continue_on_error: true\n')}${restart('two')}`)],
    });
    on.actions.goes['shop.restart'] = [refused('no', 'after_dispatch'), worked()];
    await on.sends(down);
    expect(await states(on)).toEqual({ one: 'failed', two: 'succeeded' });
    expect((await on.run()).status).toBe('succeeded');
  });

  test('of what is done at the end keeps nothing else from being done, and the run as it was', async () => {
    const on = await stage({ playbooks: [written(restart('one'), closing)] });
    on.actions.goes['shop.look'] = [refused('no', 'after_dispatch')];
    await on.sends(down);
    expect((await on.run()).status).toBe('succeeded');
    expect(await states(on)).toMatchObject({ one: 'succeeded' });
  });

  test.each([
    { class: 'connect_error', times: 2 },
    { class: 'exit_code', times: 1 },
  ] as const)('of class $class is tried $times times where only connect_error is worth it', async (row) => {
    const retry = '    retry: {max_attempts: 2, retry_on: [connect_error], backoff: {initial: 1s, jitter: true}}\n';
    const on = await stage({ playbooks: [written(restart('one', retry))] });
    on.actions.goes['shop.restart'] = [
      async () => ({ kind: 'failed', message: 'no', when: 'after_dispatch', class: row.class }),
    ];
    await on.sends(down);
    await on.passes('3s');
    expect(did(on)).toHaveLength(row.times);
  });

  test('cancelled by a person while an approval waits does what is owed then', async () => {
    const gate = `  - id: approve\n    action: approval\n    with: {approvers: {roles: [responder]}}\n`;
    const on = await started(written(`${gate}${restart('one')}`, closing));
    await on.asks(alice, { kind: 'cancel_run', run: (await on.run()).id });
    expect(did(on)).toEqual(['shop.look cancelled', 'shop.look last']);
    expect(await on.run()).toMatchObject({ status: 'cancelled' });
  });
});
