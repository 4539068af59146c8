/** The one message of a run: its units, their counts and the last of their log, within what Slack takes. */
import { describe, expect, test } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import type { StepRun } from '../../src/domain/run.ts';
import { runProgress } from '../../src/engine/announce/runs.ts';
import { render } from '../../src/slack/render.ts';
import { blocksProblems } from '../slack/support/limits.ts';
import { nine } from '../support/alerts.ts';
import { linesOf } from '../support/lines.ts';
import { runOf, unitOf } from '../support/runs.ts';

/** Without what is the same in each. */
const shown = (...args: Parameters<typeof runProgress>): string =>
  linesOf(runProgress(...args))
    .split('\n')
    .filter((line) => !line.startsWith('[') && !line.includes('`run-1'))
    .join('\n');

describe('the message', () => {
  test('has a line for each step: its state, attempt, time and note', () => {
    const steps = [
      unitOf('check', 'succeeded', { note: 'load is 7' }),
      unitOf('drain', 'failed', { attempt: 3, note: 'exit code 1' }),
      unitOf('restart', 'running', { attempt: 2 }),
      unitOf('see', 'verifying', { verify: { check: 0, poll: 1, since: nine, last: 'value is 0' } }),
      unitOf('tell', 'pending'),
    ];
    expect(shown(runOf(steps))).toMatchInlineSnapshot(`
      "(Restart the shop running) calm
      ▶️ *Restart the shop running
      ✅ *check (3 s): load is 7
      ❌ *drain, attempt 3 (3 s): exit code 1
      ⏳ *restart, attempt 2, since 09:00
      🔍 *see, since 09:00: verifying: value is 0
      ▫️ *tell"
    `);
  });

  test('says that it is being cancelled, as long as something still runs', () => {
    const stopping = linesOf(runProgress(runOf([unitOf('a', 'running')], { cancelledBy: 'bob' })));
    expect(stopping).toContain('▶️ *Restart the shop running, cancelled by bob: it ends when what runs now is over\n');
    expect(stopping).not.toContain('[Cancel run]');
  });

  test('gives no time to a step that asks again after its end', () => {
    const again = unitOf('approve', 'waiting_approval', { note: 'asks again', endedAt: nine - 60_000 });
    expect(shown(runOf([again]))).toContain('✋ *approve: asks again');
  });

  test('says once how many items of a loop are done, and which commit the playbook is of', () => {
    const items = ['a', 'b'].map((item, at) => unitOf(`each[${at}]`, 'succeeded', { group: 'each', item }));
    const steps = [unitOf('each', 'succeeded', { note: '2 of 2 done' }), ...items];
    const playbook = { id: 'p', hash: 'h' as never, name: 'Each', commit: '0d788d1bd9ae79c147eef7d96401021ca1a95d93' };
    const message = linesOf(runProgress(runOf(steps, { playbook })));
    expect(message).toContain('✅ *each (3 s): 2 of 2 done\n');
    expect(message).toContain('asked for by alice 09:00 · playbook of commit `0d788d1');
    expect(message).not.toContain('uncommitted');
    const changed = { ...playbook, commit: `${playbook.commit}+` };
    expect(linesOf(runProgress(runOf(steps, { playbook: changed })))).toContain(' with uncommitted changes');
  });

  test('says of which run it is a part', () => {
    const parent = { run: 'run-outer' as RunId, step: 'inner', above: [] };
    expect(linesOf(runProgress(runOf([], { parent })))).toContain(' · part of `run-outer');
  });

  test('says until when a step waits, and nothing of the waiting of one that was cancelled', () => {
    const steps = [
      unitOf('pause', 'waiting', { until: nine + 60_000 }),
      unitOf('busy', 'cancelled', { note: 'waits: run-2 is at work there' }),
      unitOf('again', 'pending', { startedAt: nine, endedAt: nine + 9_000 }),
    ];
    expect(shown(runOf(steps))).toContain('⏱️ *pause, until 09:01\n⏹️ *busy\n▫️ *again');
  });

  test('says of a loop that failed its counts, and why at its items only', () => {
    const item = unitOf('each[0]', 'failed', { name: 'each', group: 'each', item: 'a', note: 'no answer' });
    const run = runOf([unitOf('each', 'failed', { note: '1 of 1 failed: no answer' }), item], { status: 'failed' });
    expect(shown(run)).toContain('❌ *each (3 s): 0 of 1 done, 1 failed\n\u2003\u2003❌ *each a (3 s): no answer');
  });

  test('says for whom or what the run waits', () => {
    const spec = { question: 'Which ticket?', answer: { type: 'string' }, roles: [], expiresInMs: 1 } as never;
    const asked = unitOf('ask', 'waiting_answer', { question: { spec, askedAt: nine, expiresAt: nine } });
    const other = unitOf('other', 'waiting_run', { child: 'run-2' as never });
    expect(shown(runOf([asked, other], { status: 'waiting_answer' }))).toMatchInlineSnapshot(`
      "(Restart the shop waits for an answer) warning
      💬 *Restart the shop waits for an answer
      💬 *ask: waits for an answer: Which ticket?
      🔗 *other: waits for run-2"
    `);
    expect(shown(runOf([unitOf('a', 'pending')], { status: 'queued' }))).toMatchInlineSnapshot(`
      "(Restart the shop waits until another run of its group has ended) calm
      ⏱️ *Restart the shop waits until another run of its group has ended
      ▫️ *a"
    `);
  });

  test('counts the items of a foreach in one line, and names those in trouble', () => {
    const item = (at: number, status: StepRun['status'], note = ''): StepRun =>
      unitOf(`drain[${at}]`, status, { name: 'Drain', group: 'drain', item: `shop-${at}`, note });
    const items = [
      item(0, 'succeeded'),
      item(1, 'succeeded'),
      item(2, 'failed', 'no answer'),
      item(3, 'running'),
      item(4, 'pending'),
    ];
    const run = runOf([unitOf('drain', 'running', { name: 'Drain' }), ...items, unitOf('after', 'pending')]);
    expect(shown(run)).toMatchInlineSnapshot(`
      "(Restart the shop running) calm
      ▶️ *Restart the shop running
      ⏳ *Drain, since 09:00: 2 of 5 done, 1 failed, 1 under way
        ❌ *Drain shop-2 (3 s): no answer
      ▫️ *after"
    `);
  });

  test('indents the members of a parallel step, items of theirs included', () => {
    const steps = [
      unitOf('both', 'running', { action: 'parallel' }),
      unitOf('left', 'succeeded', { group: 'both' }),
      unitOf('right', 'running', { group: 'both' }),
      unitOf('right[0]', 'failed', { group: 'right', name: 'right', item: { host: 'b' } }),
    ];
    expect(shown(runOf(steps))).toMatchInlineSnapshot(`
      "(Restart the shop running) calm
      ▶️ *Restart the shop running
      ⏳ *both, since 09:00
        ✅ *left (3 s)
        ⏳ *right, since 09:00: 0 of 1 done, 1 failed
          ❌ *right {"host":"b"} (3 s)"
    `);
  });

  test('tells the closing parts apart, and only those that have run', () => {
    const steps = [
      unitOf('restart', 'failed', { note: 'exit code 1' }),
      unitOf('restart.rollback[0]', 'running', { name: 'Undo', phase: 'rollback' }),
      unitOf('on_failure[0]', 'skipped', { name: 'Page', phase: 'on_failure' }),
      unitOf('finally[0]', 'pending', { name: 'Tidy up', phase: 'finally' }),
    ];
    const ending = { status: 'failed', outcome: 'restart: exit code 1', at: nine } as const;
    expect(shown(runOf(steps, { phase: 'rollback', ending, outcome: ending.outcome }))).toMatchInlineSnapshot(`
      "(Restart the shop failed, and is being rolled back) calm
      ❌ *Restart the shop failed, and is being rolled back
      ❌ *restart (3 s): exit code 1
        *Rollback
      ⏳ *Undo, since 09:00"
    `);
  });
});

describe('the log', () => {
  const tail = Array.from({ length: 12 }, (_, at) => `line ${at}`);

  test('of the step that runs is shown by its last eight lines', () => {
    const run = runOf([unitOf('check', 'succeeded'), unitOf('restart', 'running')]);
    const tails = new Map([
      ['restart', tail],
      ['check', ['not this one']],
    ]);
    expect(shown(run, tails)).toMatchInlineSnapshot(`
      "(Restart the shop running) calm
      ▶️ *Restart the shop running
      ✅ *check (3 s)
      ⏳ *restart, since 09:00
        Log of *restart
      line 4
      line 5
      line 6
      line 7
      line 8
      line 9
      line 10
      line 11"
    `);
  });

  test('of the step that failed is shown, with a word on where all of it is', () => {
    const run = runOf([unitOf('restart', 'failed', { log: 'abc.log' })], { status: 'failed', endedAt: nine + 9_000 });
    expect(shown(run, new Map([['restart', ['bang']]]))).toMatchInlineSnapshot(`
      "(Restart the shop failed in 9 s) alarm
      ❌ *Restart the shop failed in 9 s
      ❌ *restart (3 s)
        Log of *restart (full log in thread)
      bang"
    `);
  });

  test('of a run that went well is in the thread only', () => {
    const run = runOf([unitOf('restart', 'succeeded', { log: 'a.log' })], {
      status: 'succeeded',
      endedAt: nine + 9_000,
    });
    expect(shown(run, new Map([['restart', tail]]))).not.toContain('line');
  });
});

describe('with 200 units', () => {
  const many = (status: (at: number) => StepRun['status']) =>
    Array.from({ length: 200 }, (_, at) =>
      unitOf(`step-${at}`, status(at), { note: '<&>'.repeat(60), name: `step ${at} ${'n&'.repeat(60)}` }),
    );
  const tails = new Map([['step-60', Array.from({ length: 50 }, () => '<'.repeat(2_000))]]);

  test('what is done and what is to come is summed up, what happens now is not', () => {
    const units = many((at) => (at < 60 ? 'succeeded' : at === 60 ? 'running' : 'pending')).map((unit) => ({
      ...unit,
      note: '',
      name: unit.id,
    }));
    expect(shown(runOf(units))).toMatchInlineSnapshot(`
      "(Restart the shop running) calm
      ▶️ *Restart the shop running
      ✅ 60 steps are over
      ⏳ *step-60, since 09:00
      ▫️ 139 steps are yet to come"
    `);
  });

  test.each([
    ['all failed', many(() => 'failed')],
    ['every other one running', many((at) => (at % 2 ? 'running' : 'succeeded'))],
    ['one running', many((at) => (at === 60 ? 'running' : 'succeeded'))],
    [
      'items in trouble',
      [
        unitOf('each', 'running'),
        ...many(() => 'failed').map((unit, at) => ({
          ...unit,
          id: `each[${at}]`,
          group: 'each',
          item: 'x'.repeat(500),
        })),
      ],
    ],
  ])('it fits into one message of Slack: %s', (_, steps) => {
    const { blocks, text } = render(runProgress(runOf(steps, { outcome: 'x&'.repeat(900), status: 'failed' }), tails));
    expect(blocksProblems(blocks)).toEqual([]);
    expect(text.length).toBeLessThan(3_000);
    expect(JSON.stringify(blocks)).toContain('run-1');
  });
});
