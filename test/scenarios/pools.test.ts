/** Pools on a fake clock: a step waits for a worker of its pool, says so, and goes on by itself when one comes. */
import { describe, expect, test } from 'vitest';
import { worked } from '../support/fake-actions.ts';
import { did, down, restart, states, written } from '../support/flow.ts';
import { alice, bob } from '../support/people.ts';
import { policy, type Stage, stage } from '../support/scenario.ts';

const inEu = {
  guardrails: {
    ...policy.guardrails,
    hosts: [
      { name: 'shop-1', service: 'shop', pool: 'eu' },
      { name: 'shop-2', service: 'shop' },
    ],
  },
};

/** A gateway that also performs the steps of the default pool. */
const gateway = async (steps: string, more = ''): Promise<Stage> => {
  const on = await stage({ playbooks: [written(steps, more)], policy: inEu, pools: ['default'] });
  await on.sends(down);
  return on;
};

const progress = ({ chat }: Stage): string => {
  const shown = chat.posts.findLast(({ content }) => content.summary.startsWith('Restart the shop'));
  return JSON.stringify(shown?.content.sections);
};

describe('a step of a pool', () => {
  test('is performed by a worker of that pool, the step after it by one of the default', async () => {
    const on = await stage({
      playbooks: [written(`${restart('a')}  - {id: b, action: shop.exec, with: {id: b}}\n`)],
      policy: inEu,
      pools: ['default'],
    });
    on.worker('eu');
    await on.sends(down);
    await on.passes('2s');
    expect(did(on)).toEqual(['shop.restart a', 'shop.exec b']);
    const { steps } = await on.run();
    expect(steps.map(({ id, pool, status }) => [id, pool, status])).toEqual([
      ['a', 'eu', 'succeeded'],
      ['b', undefined, 'succeeded'],
    ]);
  });

  test('without a worker waits, which its card says within seconds, and goes on when one comes', async () => {
    const on = await gateway(restart('a'));
    await on.passes('5s');
    expect(did(on)).toEqual([]);
    expect(progress(on)).toContain('waits for a worker of the pool eu: none has been seen yet');
    expect(await on.reasons((await on.run()).id)).toContain('step_unclaimed');
    on.worker('eu');
    await on.passes('10s');
    expect(did(on)).toEqual(['shop.restart a']);
    expect((await on.run()).status).toBe('succeeded');
    expect(progress(on)).not.toContain('waits for a worker');
  });

  test('that nobody takes for longer than it may take calls its owners, and still goes on when a worker comes', async () => {
    const on = await gateway(restart('a', '    timeout: 2m\n'));
    await on.passes('3m');
    expect((await on.run()).status).toBe('needs_attention');
    expect(await on.reasons((await on.run()).id)).toContain('step_stranded');
    const calls = on.chat.posts.filter(({ content }) => content.summary.includes('there is no worker of the pool eu'));
    expect(calls).toHaveLength(1);
    on.worker('eu');
    await on.passes('10s');
    expect([(await on.run()).status, ...did(on)]).toEqual(['succeeded', 'shop.restart a']);
  });

  test('can be cancelled while it waits', async () => {
    const on = await gateway(restart('a', '    timeout: 1m\n'));
    await on.passes('2m');
    await on.asks(alice, { kind: 'cancel_run', run: (await on.run()).id });
    expect((await on.run()).status).toBe('cancelled');
    on.worker('eu');
    await on.passes('10s');
    expect(did(on)).toEqual([]);
  });

  test('ends with its run, undone, when no worker ever comes', async () => {
    const on = await gateway(restart('a'), 'timeout: 10m\n');
    await on.passes('11m');
    expect([(await on.run()).status, ...did(on)]).toEqual(['failed']);
  });

  test('whose worker was killed is done again by the next one of its pool, and says meanwhile that none lives', async () => {
    const on = await stage({
      playbooks: [written(restart('a', '    timeout: 10m\n'))],
      policy: inEu,
      pools: ['default'],
    });
    const forever = Promise.withResolvers<never>();
    on.actions.goes['shop.restart'] = [() => forever.promise, worked()];
    const killed = on.worker('eu');
    const stuck = on.sends(down);
    await expect.poll(() => did(on)).toEqual(['shop.restart a']);
    killed.kill();
    await on.dies();
    await stuck;
    await on.passes('40s');
    expect(await states(on)).toEqual({ a: 'running' });
    expect(progress(on)).toContain('waits for a worker of the pool eu: none has been seen since ');
    on.worker('eu');
    await on.passes('20s');
    expect([(await on.run()).status, ...on.actions.attempts('shop.restart')]).toEqual([
      'succeeded',
      `${(await on.run()).id}.a.1`,
      `${(await on.run()).id}.a.1`,
    ]);
  });
});

test('a look goes where its own target is, and a rollback where that was done which it undoes', async () => {
  const on = await stage({
    playbooks: [
      written(
        `  - id: a
    action: shop.exec
    pool: us
    with: {id: a}
    rollback: [{action: shop.exec, with: {id: undo}}]
    verify: [{action: shop.look, with: {host: shop-1}, expect: "\${{ result.value == 1 }}", within: 1m}]
  - {id: b, action: shop.exec, assert: "\${{ false }}", with: {id: b}}
`,
        'failure_strategy: rollback\n',
      ),
    ],
    policy: inEu,
    pools: ['default'],
  });
  const us = on.worker('us');
  await on.sends(down);
  await on.passes('5s');
  expect(await states(on)).toMatchObject({ a: 'verifying' });
  expect(progress(on)).toContain('waits for a worker of the pool eu');
  us.kill();
  on.worker('eu');
  await on.passes('20s');
  expect(did(on)).toEqual(['shop.exec a', 'shop.look shop-1']);
  expect((await on.run()).steps.find(({ id }) => id.includes('rollback'))).toMatchObject({
    status: 'ready',
    pool: 'us',
  });
  on.worker('us');
  await on.passes('20s');
  expect(did(on)).toEqual(['shop.exec a', 'shop.look shop-1', 'shop.exec undo']);
});

test('each pool says what its own steps would do, for whoever approves', async () => {
  const on = await stage({
    playbooks: [
      written(
        `  - {id: approve, action: approval, with: {approvers: {roles: [responder]}}}
  - {id: a, action: shop.restart, with: {host: shop-1, id: a}}
  - {id: b, action: shop.restart, with: {host: shop-2, id: b}}
`,
      ),
    ],
    policy: inEu,
    pools: ['default'],
  });
  on.actions.plans['shop.restart'] = async ({ id }) => `restart ${String(id)}`;
  await on.sends(down);
  const previews = async () => (await on.run()).approvals[0]?.previews;
  expect(await previews()).toEqual({ b: 'restart b' });
  on.worker('eu');
  await on.passes('20s');
  expect(await previews()).toEqual({ a: 'restart a', b: 'restart b' });
  const { id } = await on.run();
  await on.asks(bob, { kind: 'approve', run: id, approval: '' });
  await on.passes('5s');
  expect(did(on)).toEqual(['shop.restart a', 'shop.restart b']);
});
