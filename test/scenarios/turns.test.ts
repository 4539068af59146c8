/** Where a run waits or turns: questions, queues, playbooks of playbooks, unknown outcomes, lost workers, the end. */
import { describe, expect, test } from 'vitest';
import type { StepOutcome } from '../../src/domain/run.ts';
import { runProgress } from '../../src/engine/announce/runs.ts';
import { refused, worked } from '../support/fake-actions.ts';
import { did, down, restart, started, written } from '../support/flow.ts';
import { alice, bob, carol, guest } from '../support/people.ts';
import { type Stage, stage } from '../support/scenario.ts';

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
    expect(await answer(bob, 'many')).toMatchObject({
      reason: 'answer_invalid',
      message: { summary: 'That does not answer the question: it must be a whole number, not "many".' },
    });
    expect((await answer(bob, '0')).reason).toBe('answer_invalid');
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

  test('that wants the group of what started it fails at once, and says who holds it', async () => {
    const group = (conflict: string) => `concurrency: {group: "db/\${{ inputs.host }}", on_conflict: ${conflict}}\n`;
    const call = (id: string, to: string) =>
      `  - {id: ${id}, action: playbook.run, with: {playbook: ${to}, inputs: {host: "\${{ inputs.host }}"}}}\n`;
    for (const conflict of ['queue', 'reject']) {
      const between = inner(call('down', 'innermost'));
      const innermost = inner(restart('inside')).replace('id: inner', 'id: innermost');
      const on = await started(
        written(call('sub', 'inner'), group(conflict)),
        between,
        innermost.replace('inputs:', `${group(conflict)}inputs:`),
      );
      const runs = await on.runs();
      const outer = runs.find(({ playbook }) => playbook.id === 'restart-shop');
      expect(runs.map(({ status }) => status)).toEqual(['failed', 'failed']);
      expect(outer?.outcome).toContain('is of the same concurrency group and holds that until its end');
      expect(outer?.outcome).toContain(`${outer?.id} (restart-shop)`);
      expect(did(on)).toEqual([]);
    }
  });

  test('is not kept from a group that another run holds: it waits for that', async () => {
    const group = 'concurrency: {group: db, on_conflict: queue}\n';
    const other = written('  - {id: pause, action: wait, with: {for: 1m}}\n', group, 'another');
    const on = await started(other, outer, inner(restart('inside')).replace('inputs:', `${group}inputs:`));
    expect((await on.runs()).map(({ status }) => status).sort()).toEqual(['queued', 'running', 'running']);
    await on.passes('70s');
    expect((await on.runs()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  test('is cancelled with its inner run also where that is the last it does', async () => {
    const last = written('  - {id: sub, action: playbook.run, with: {playbook: inner, inputs: {host: shop-1}}}\n');
    const on = await started(last, inner('  - {id: pause, action: wait, with: {for: 1h}}\n'));
    const parent = (await on.runs()).find(({ playbook }) => playbook.id === 'restart-shop');
    await on.asks(alice, { kind: 'cancel_run', run: parent?.id ?? '' });
    await on.passes('2s');
    expect((await on.runs()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
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

  const settle = async (on: Stage, verdict: 'verify' | 'worked' | 'retry' | 'failed', by = bob) =>
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

  test('that worked, as a person says, is looked at all the same, and its checks have the last word', async () => {
    const on = await unknown(act(look));
    on.actions.goes['shop.look'] = [worked({ value: 0 })];
    expect(await settle(on, 'worked')).toMatchObject({
      reason: 'unknown_verified',
      message: { summary: 'Its checks look now: they have the last word.' },
    });
    await on.passes('20s');
    const { status, steps } = await on.run();
    expect(status).toBe('failed');
    expect(steps.at(-1)?.note).toMatch(/^the check “.+” did not come true in \d+ s/);
  });

  test('cannot be looked at where nothing says how', async () => {
    const on = await unknown(act());
    const before = await on.run();
    expect((await settle(on, 'verify')).reason).toBe('nothing_to_verify');
    expect(await on.run()).toMatchObject({ outcome: before.outcome, waitedMs: before.waitedMs });
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

  test('is done again when it failed: what its last attempt began is not followed a second time', async () => {
    const retry = '    retry: {max_attempts: 2, backoff: {initial: 1s}}\n';
    const on = await stage({
      playbooks: [written(`  - id: long\n    action: shop.script\n    with: {id: long}\n${retry}`)],
    });
    on.actions.goes['shop.script'] = [
      async (_args, context) => {
        await context.checkpoint({ unit: 'tocsin-1' });
        return { kind: 'failed', message: 'exit code 1', when: 'after_dispatch' };
      },
      worked(),
    ];
    await on.sends(down);
    await on.passes('5s');
    expect(await on.run()).toMatchObject({ status: 'succeeded', steps: [{ attempt: 2 }] });
    expect((await on.run()).steps[0]?.handle).toBeUndefined();
    expect(did(on)).toEqual(['shop.script long', 'shop.script long']);
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
    const told = on.chat.posts.filter(({ key }) => key.startsWith('notify.') && key.endsWith('.unknown'));
    expect(told.map(({ content }) => content.sections)).toEqual([
      [{ kind: 'text', text: expect.arrayContaining([{ call: 'group', name: 'team-shop' }]) }],
    ]);
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

describe('a run that is cancelled while its last step is at work', () => {
  test('ends as that ends, and says who wanted it cancelled, and that it was too late', async () => {
    const on = await stage({ playbooks: [written(restart('one'))] });
    const { promise, resolve } = Promise.withResolvers<StepOutcome>();
    on.actions.goes['shop.restart'] = [() => promise];
    const sending = on.sends(down);
    await expect.poll(() => on.actions.dispatched.length).toBe(1);
    const { id } = await on.run();
    const asking = on.asks(alice, { kind: 'cancel_run', run: id });
    await expect.poll(async () => (await on.run()).cancelledBy).toBe('alice');
    resolve({ kind: 'succeeded', outputs: {} });
    await Promise.all([sending, asking]);
    const run = await on.run();
    expect(run).toMatchObject({ status: 'succeeded', outcome: 'all steps done: too late to be cancelled by alice' });
    expect(runProgress(run).summary).toMatch(/^Restart the shop succeeded in .*: too late to be cancelled by alice$/);
    const ending = (await on.store.history(id, 99)).find(({ reason }) => reason === 'run_succeeded');
    expect(ending?.detail).toBe('all steps done: too late to be cancelled by alice');
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
