/** What a playbook may say beyond one step after the other: lists, side by side, rollback, closing parts, questions, playbooks of playbooks. */
import { describe, expect, test } from 'vitest';
import { firing, group } from '../support/alerts.ts';
import { refused, worked } from '../support/fake-actions.ts';
import { alice, bob, carol, guest } from '../support/people.ts';
import { type Stage, stage } from '../support/scenario.ts';

const down = group([firing('shop-1')]);

const written = (steps: string, more = '', id = 'restart-shop'): string => `schema: playbook/v1
id: ${id}
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
    mode: auto
${more}inputs:
  host: {type: host, from: alert.labels.instance}
steps:
${steps}`;

const restart = (id: string, more = ''): string => `  - id: ${id}
    action: shop.restart
    with: {host: "\${{ inputs.host }}", id: ${id}}
${more}`;

async function started(...playbooks: string[]): Promise<Stage> {
  const on = await stage({ playbooks });
  await on.sends(down);
  return on;
}

const did = ({ actions }: Stage): readonly string[] =>
  actions.dispatched.map(({ action, args }) => `${action} ${String(args.id ?? args.host ?? '')}`.trim());

const states = async (on: Stage): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await on.run()).steps.map(({ id, status }) => [id, status]));

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

describe('a question', () => {
  const asking = written(`  - id: which
    action: ask
    with: {question: "How many?", answer: {type: integer, minimum: 1}, roles: [responder], expires_in: 10m}
  - id: act
    action: shop.exec
    with: {id: "\${{ steps.which.outputs.answer }}"}
`);

  test('waits for who may answer, takes only what fits, and goes on with it', async () => {
    const on = await started(asking);
    const { id, status } = await on.run();
    expect(status).toBe('waiting_answer');
    const answer = (by: typeof bob, value: string) => on.asks(by, { kind: 'answer', run: id, step: 'which', value });
    expect((await answer(guest, '3')).reason).toBe('not_a_member');
    expect((await answer(bob, 'many')).reason).toBe('inputs_invalid');
    expect((await answer(bob, '0')).reason).toBe('inputs_invalid');
    expect((await answer(bob, '3')).reason).toBe('answered');
    expect(did(on)).toEqual(['shop.exec 3']);
    expect((await answer(bob, '4')).reason).toBe('run_over');
    expect((await on.run()).status).toBe('succeeded');
  });

  test('that nobody answers fails the step', async () => {
    const on = await started(asking);
    await on.passes('11m');
    expect(await on.run()).toMatchObject({ status: 'failed', outcome: 'which: nobody answered in time' });
    expect(did(on)).toEqual([]);
  });

  test('does not count towards the time that the run has', async () => {
    const on = await started(written(asking.split('steps:\n')[1] ?? '', 'timeout: 2m\n'));
    await on.passes('9m');
    expect((await on.run()).status).toBe('waiting_answer');
  });
});

describe('a concurrency group', () => {
  const grouped = (id: string, steps: string, conflict: string): string =>
    written(steps, `concurrency: {group: db, on_conflict: ${conflict}}\n`, id);
  const pause = '  - {id: pause, action: wait, with: {for: 1m}}\n';

  test('that queues lets the second begin when the first is over', async () => {
    const on = await started(grouped('first', pause, 'queue'), grouped('second', pause, 'queue'));
    const statuses = async () => (await on.runs()).map(({ status }) => status).sort();
    expect(await statuses()).toEqual(['queued', 'running']);
    const second = (await on.runs()).find(({ status }) => status === 'queued');
    expect(await on.reasons(second?.id ?? '')).toEqual(['run_queued']);
    await on.passes('63s');
    expect(await statuses()).toEqual(['running', 'succeeded']);
    await on.passes('65s');
    expect(await statuses()).toEqual(['succeeded', 'succeeded']);
  });

  test('that rejects refuses the second, and says so in the incident', async () => {
    const on = await started(grouped('first', pause, 'reject'), grouped('second', pause, 'reject'));
    expect((await on.runs()).map(({ status }) => status)).toEqual(['running']);
    expect(await on.reasons('inc-1')).toContain('note_added');
  });

  test('gives a cancelled run’s place in the queue back', async () => {
    const on = await started(grouped('first', pause, 'queue'), grouped('second', pause, 'queue'));
    const waiting = (await on.runs()).find(({ status }) => status === 'queued');
    await on.asks(alice, { kind: 'cancel_run', run: waiting?.id ?? '' });
    await on.passes('2m');
    expect((await on.runs()).map(({ status }) => status).sort()).toEqual(['cancelled', 'succeeded']);
  });
});

describe('a playbook of playbooks', () => {
  const inner = (steps: string): string =>
    written(steps, '', 'inner').replace('    mode: auto\n', '').replace('ShopDown', 'Never');
  const outer = written(`  - id: sub
    action: playbook.run
    with: {playbook: inner, inputs: {host: "\${{ inputs.host }}"}}
${restart('after')}`);

  test('goes on when the inner run has succeeded', async () => {
    const on = await started(outer, inner(restart('inside')));
    expect(did(on)).toEqual(['shop.restart inside', 'shop.restart after']);
    const parent = (await on.runs()).find(({ playbook }) => playbook.id === 'restart-shop');
    expect(await on.reasons(parent?.id ?? '')).toContain('child_ended');
    expect((await on.runs()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  });

  test('fails where the inner run fails', async () => {
    const on = await stage({ playbooks: [outer, inner(restart('inside'))] });
    on.actions.goes['shop.restart'] = [refused('no', 'after_dispatch')];
    await on.sends(down);
    const runs = await on.runs();
    expect(runs.map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(did(on)).toEqual(['shop.restart inside']);
  });

  test('fails where the inner one is not there, or would run the outer again', async () => {
    const missing = await started(outer);
    expect((await missing.run()).outcome).toContain('there is no enabled playbook `inner`');
    const circle = await started(
      outer,
      inner('  - {id: back, action: playbook.run, with: {playbook: restart-shop}}\n'),
    );
    expect((await circle.runs()).map(({ outcome }) => outcome).join()).toContain('would run itself');
  });

  test('cancels the inner run with itself', async () => {
    const on = await started(outer, inner('  - {id: pause, action: wait, with: {for: 1h}}\n'));
    const parent = (await on.runs()).find(({ playbook }) => playbook.id === 'restart-shop');
    await on.asks(alice, { kind: 'cancel_run', run: parent?.id ?? '' });
    await on.passes('2s');
    expect((await on.runs()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });
});

describe('an unknown outcome', () => {
  const gate = `  - id: approve\n    action: approval\n    with: {approvers: {roles: [responder]}}\n`;
  const look = `    verify:
      - {action: shop.look, with: {}, expect: "\${{ result.value == 1 }}", within: 10s, interval: 5s}
`;
  const act = (more = ''): string => `  - id: act\n    action: shop.exec\n    with: {id: act, host: shop-1}\n${more}`;

  async function unknown(steps: string): Promise<Stage> {
    const on = await stage({ playbooks: [written(steps)] });
    on.actions.goes['shop.exec'] = [async () => ({ kind: 'unknown', message: 'dead line' }), worked()];
    await on.sends(down);
    if (steps.startsWith(gate)) await on.asks(bob, { kind: 'approve', run: '', approval: '' });
    expect((await on.run()).status).toBe('needs_attention');
    return on;
  }

  const settle = async (on: Stage, verdict: 'verify' | 'retry' | 'failed', by = bob) =>
    await on.asks(by, { kind: 'settle_unknown', run: (await on.run()).id, step: 'act', verdict });

  test('that is looked at and found good is no longer unknown', async () => {
    const on = await unknown(act(look));
    expect((await settle(on, 'verify')).reason).toBe('unknown_verified');
    expect((await on.run()).status).toBe('succeeded');
  });

  test('that is looked at and not found good stays unknown, with its lock', async () => {
    const on = await unknown(act(look));
    on.actions.goes['shop.look'] = [worked({ value: 0 })];
    await settle(on, 'verify');
    await on.passes('20s');
    expect(await on.run()).toMatchObject({
      status: 'needs_attention',
      locks: { 'lock/host/shop-1': expect.any(String) },
    });
  });

  test('cannot be looked at where nothing says how', async () => {
    const on = await unknown(act());
    expect((await settle(on, 'verify')).reason).toBe('nothing_to_verify');
  });

  test('that is to be done again needs its approval again', async () => {
    const on = await unknown(`${gate}${act()}`);
    expect((await settle(on, 'retry')).reason).toBe('unknown_retried');
    const run = await on.run();
    expect(run).toMatchObject({ status: 'waiting_approval' });
    expect(run.approvals.map(({ status }) => status)).toEqual(['void', 'waiting']);
    await on.asks(carol, { kind: 'approve', run: '', approval: '' });
    expect((await on.run()).status).toBe('succeeded');
    expect(on.actions.attempts('shop.exec')).toEqual([`${run.id}.act.1`, `${run.id}.act.2`]);
  });

  test('that is to be done again is done at once where nothing was to be approved', async () => {
    const on = await unknown(act());
    await settle(on, 'retry');
    expect((await on.run()).status).toBe('succeeded');
  });
});

describe('a step that can be found again', () => {
  const script = written('  - {id: long, action: shop.script, with: {id: long}}\n');

  test('writes down where it is before it goes on, and is followed by the next worker when its own dies', async () => {
    const on = await stage({ playbooks: [script] });
    const begun = Promise.withResolvers<void>();
    on.actions.goes['shop.script'] = [
      async (_args, context) => {
        await context.checkpoint({ unit: 'tocsin-1' });
        begun.resolve();
        return await new Promise(() => undefined);
      },
    ];
    on.actions.found['shop.script'] = async (_args, handle) => ({ kind: 'succeeded', outputs: { handle } });
    const sending = on.sends(down);
    await begun.promise;
    const [long] = (await on.run()).steps;
    expect(long).toMatchObject({ status: 'running', handle: { unit: 'tocsin-1' } });
    await on.dies();
    await sending;
    await on.passes('20s');
    expect(await on.run()).toMatchObject({ status: 'succeeded' });
    expect((await on.run()).steps[0]?.outputs).toEqual({ handle: { unit: 'tocsin-1' } });
    expect(did(on)).toEqual(['shop.script long']);
  });

  test('is unknown where its worker died before it had said where it is', async () => {
    const on = await stage({ playbooks: [script] });
    on.actions.goes['shop.script'] = [() => new Promise(() => undefined)];
    const sending = on.sends(down);
    await expect.poll(() => on.actions.dispatched.length).toBe(1);
    await on.dies();
    await sending;
    await on.passes('20s');
    expect((await on.run()).status).toBe('needs_attention');
  });
});

describe('a run that is ending already', () => {
  test('is not cancelled any more, and what is owed is done', async () => {
    const pause = 'finally:\n  - {id: rest, action: wait, with: {for: 1m}}\n';
    const on = await started(written(restart('one'), pause));
    const { id } = await on.run();
    expect((await on.asks(alice, { kind: 'cancel_run', run: id })).reason).toBe('run_ending');
    await on.passes('62s');
    expect((await on.run()).status).toBe('succeeded');
  });
});

describe('what a step says', () => {
  test('is kept as a whole, and its run names it', async () => {
    const on = await stage({ playbooks: [written(restart('one'))] });
    on.actions.goes['shop.restart'] = [
      async (_args, context) => {
        context.log('stopping');
        context.log('starting');
        return { kind: 'succeeded', outputs: {} };
      },
    ];
    await on.sends(down);
    const [one] = (await on.run()).steps;
    const kept = await on.world.blobs.get(one?.log ?? '');
    expect(Buffer.from(kept ?? []).toString()).toBe('stopping\nstarting\n');
  });
});
