/** What people read, word for word, before any chat system gets hold of it. */
import { expect, test } from 'vitest';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { approvalCard } from '../../src/engine/announce/approvals.ts';
import { incidentCard, incidentSummary, incidentTopic } from '../../src/engine/announce/card.ts';
import { noticeOf } from '../../src/engine/announce/notices.ts';
import { runProgress } from '../../src/engine/announce/runs.ts';
import { nine } from '../support/alerts.ts';
import { facts, incident, playbook, record, requested, runId } from '../support/facts.ts';
import { linesOf } from '../support/lines.ts';
import { bob } from '../support/people.ts';
import { byTwo, onlyOnce } from '../support/playbooks.ts';

test('the card of a storm: ten alerts, how many more, links, what failed, runs and buttons', () => {
  const storm = incident('triggered', {
    counts: { firing: 24, resolved: 2, fresh: 3 },
    truncated: { g: 5 },
    evidence: [
      { kind: 'link', title: 'Runbook', url: 'https://runbook.example', source: 'annotations', at: nine },
      { kind: 'link', title: 'Logs', url: 'https://logs.example', source: 'links', at: nine },
    ],
    evidenceProblems: ['prometheus: no answer within 15 s'],
    proposals: [{ playbook: 'abc' as never, id: 'restart-shop', name: 'Restart the shop', subject: record('a') }],
    runs: [
      {
        run: runId,
        playbook: 'restart-shop',
        name: 'Restart the shop',
        status: 'waiting_approval',
        at: nine,
        by: 'alice',
      },
    ],
  });
  const alerts = Array.from({ length: 12 }, (_, at) =>
    record(`host-${at}`, { annotations: { description: 'No answer on :80' } }),
  );
  expect(linesOf(incidentCard(storm, alerts))).toMatchInlineSnapshot(`
    "(Triggered: The shop is down (sev1, 24 firing, 2 resolved, 3 new, 5 more not sent)) alarm
    # 🔴 The shop is down
    Status: *Triggered | Severity: sev1 | Service: shop | Alerts: 24 firing, 2 resolved, 3 new, 5 more not sent
    - 🔥 *ShopDown on \`host-0:9100 since 09:00
    - 🔥 *ShopDown on \`host-1:9100 since 09:00
    - 🔥 *ShopDown on \`host-2:9100 since 09:00
    - 🔥 *ShopDown on \`host-3:9100 since 09:00
    - 🔥 *ShopDown on \`host-4:9100 since 09:00
    - 🔥 *ShopDown on \`host-5:9100 since 09:00
    - 🔥 *ShopDown on \`host-6:9100 since 09:00
    - 🔥 *ShopDown on \`host-7:9100 since 09:00
    - 🔥 *ShopDown on \`host-8:9100 since 09:00
    - 🔥 *ShopDown on \`host-9:9100 since 09:00
    - 🔥 *ShopDown on \`host-10:9100 since 09:00
    - 🔥 *ShopDown on \`host-11:9100 since 09:00
    - _and 14 more
    No answer on :80
    Runbook<https://runbook.example>  ·  Logs<https://logs.example>
      ⚠️ prometheus: no answer within 15 s
    - ✋ *Restart the shop waits for approval, asked for by alice \`run-1
    [Acknowledge] acknowledge inc-1
    [Resolve] resolve inc-1
      inc-1 · opened by alert from am 09:00"
  `);
});

test.each([
  ['queued', false],
  ['waiting_answer', false],
  ['needs_attention', false],
  ['failed', true],
  ['cancelled', true],
])('beside a run that is %s, the card offers its playbook: %s', (status, isOffered) => {
  const proposals = [{ playbook: 'abc' as never, id: 'restart-shop', name: 'Restart the shop', subject: record('a') }];
  const run = { run: runId, playbook: 'restart-shop', name: 'Restart the shop', at: nine, by: 'alice' };
  const card = linesOf(incidentCard(incident('triggered', { proposals, runs: [{ ...run, status }] }), []));
  expect(card.includes('[Run Restart the shop…]')).toBe(isOffered);
});

test('the card of an incident that a person opened counts no alerts', () => {
  const counts = { firing: 0, resolved: 0, fresh: 0 };
  expect(linesOf(incidentCard(incident('triggered', { counts }), []))).toContain('Alerts: no alerts');
});

test('the card when all is well again has no buttons left', () => {
  const well = incident('resolved', { resolvedBy: 'alice' });
  expect(linesOf(incidentCard(well, [record('a', { status: 'resolved' })]))).toMatchInlineSnapshot(`
    "(Resolved: The shop is down (sev1, 0 firing, 1 resolved)) good
    # 🟢 The shop is down
    Status: *Resolved by alice | Severity: sev1 | Service: shop | Alerts: 0 firing, 1 resolved
    - ✅ *ShopDown on \`a:9100 since 09:00
      inc-1 · opened by alert from am 09:00"
  `);
});

test('the summary says where the talk is, or why there is none; the topic fits', () => {
  const { channel: _, ...without } = incident('triggered', { channelProblem: 'missing_scope' });
  expect(
    [incident('triggered'), without].map((one) => linesOf(incidentSummary(one))).join('\n'),
  ).toMatchInlineSnapshot(`
    "(Triggered: The shop is down) alarm
    🔴 *The shop is down in #C1
      inc-1 · Triggered · sev1 · 1 firing · 09:00
    (Triggered: The shop is down) alarm
    🔴 *The shop is down (no channel: missing_scope)
      inc-1 · Triggered · sev1 · 1 firing · 09:00"
  `);
  expect([...incidentTopic(incident('triggered', { title: 'ü'.repeat(400) }))].length).toBe(250);
});

test('an approval’s card shows exactly what is covered, and who may say yes', () => {
  const run = requested(playbook(byTwo));
  const [asked] = run.approvals;
  if (!asked) throw new Error('nothing was asked');
  expect(linesOf(approvalCard(run, asked)).replaceAll(asked.digest.slice(0, 8), 'DIGEST')).toMatchInlineSnapshot(`
    "(Restart the shop: may this be done?) warning
    ✋ *Restart the shop: may this be done?
    - *restart: \`shop.restart on shop-1
          \`host=shop-1
    [Approve] approve run-1/approve.1/DIGEST
    [Approve with a comment…] approve run-1/approve.1/DIGEST
    [Reject…] reject run-1/approve.1/DIGEST
      2 approvals by responder, but not by alice, who asked for it · plan \`DIGEST · run \`run-1 · expires 09:15"
  `);
  const vote = { id: 'v' as EventId, kind: 'approve', by: bob, approval: '' } as const;
  const after = decideRun(runId, run, { event: vote, facts: facts({ now: nine }, [playbook(byTwo)]) }).state;
  const [counted] = after?.approvals ?? [];
  expect(after && counted && approvalCard(after, counted).summary).toMatchInlineSnapshot(
    `"Restart the shop: approved by bob, 1 more is needed"`,
  );
});

test('progress is a line a step, and asks people where the outcome is unknown', () => {
  const of = playbook(onlyOnce);
  const on = (run: ReturnType<typeof requested>, body: object, at: number) =>
    decideRun(runId, run, { event: { id: 'e' as EventId, ...body } as never, facts: facts({ now: nine + at }, [of]) })
      .state ?? run;
  const running = on(requested(of), { kind: 'step_started', step: 'run', attempt: 1 }, 0);
  expect(linesOf(runProgress(running))).toMatchInlineSnapshot(`
    "(Restart the shop running) calm
    ▶️ *Restart the shop running
    ⏳ *run, since 09:00
    [Cancel run] cancel_run run-1
      \`run-1 · manual · asked for by alice 09:00"
  `);
  const lost = on(
    running,
    { kind: 'step_finished', step: 'run', attempt: 1, outcome: { kind: 'unknown', message: 'the line went dead' } },
    5_000,
  );
  expect(linesOf(runProgress(lost))).toMatchInlineSnapshot(`
    "(Restart the shop needs attention: the outcome is unknown) alarm
    ❓ *Restart the shop needs attention: the outcome is unknown
    ❓ *run (5 s): the line went dead
    [It worked] settle_unknown run-1/run/worked
    [It failed] settle_unknown run-1/run/failed
    [Retry] settle_unknown run-1/run/retry
      \`run-1 · manual · asked for by alice 09:00"
  `);
  const settled = on(lost, { kind: 'settle_unknown', by: bob, step: 'run', verdict: 'failed' }, 95_000);
  expect(linesOf(runProgress(settled))).toMatchInlineSnapshot(`
    "(Restart the shop failed in 95 s) alarm
    ❌ *Restart the shop failed in 95 s
    ❌ *run (95 s): bob says that it failed
      \`run-1 · manual · asked for by alice 09:00"
  `);
});

test('notices are one line each', () => {
  const notices = [
    { about: 'fired_again', alerts: 1 },
    { about: 'new_alerts', alerts: 2 },
    { about: 'quiet', graceMs: 300_000 },
    { about: 'resolved', by: '' },
    { about: 'resolved', by: 'alice' },
    { about: 'acknowledged', by: 'alice' },
    { about: 'severity', severity: 'sev2', by: 'alice' },
    { about: 'note', text: '<!channel> *x*', by: 'alice' },
    { about: 'run_refused', playbook: 'Restart', why: 'the alert is over' },
    { about: 'outcome_unknown', playbook: 'Restart', step: 'run', why: 'the worker was lost', owners: ['sre', 'shop'] },
    { about: 'step_stranded', playbook: 'Restart', step: 'run', pool: 'eu-prod', owners: ['sre'] },
    { about: 'breaker_opened', playbook: 'Restart', name: 'breaker/r/a b', runs: ['run-1', 'run-2'] },
    { about: 'breaker_closed', playbook: 'Restart', name: 'breaker/r/a', run: 'run-2' },
  ] as const;
  expect(notices.map((notice) => noticeOf(notice).summary)).toMatchInlineSnapshot(`
    [
      "🔥 Firing again: 1 alert.",
      "🔥 2 new alerts firing.",
      "🟡 All alerts have resolved. If it stays quiet for 5 min, this incident is resolved.",
      "🟢 Resolved: it stayed quiet.",
      "🟢 Resolved by alice.",
      "🟠 alice is on it.",
      "alice set the severity to sev2.",
      "📝 alice: <!channel> *x*",
      "⛔ Restart was not run: the alert is over",
      "❓ @sre @shop Restart needs you: nobody knows whether run worked: the worker was lost. Look at its target, and say in the run’s message how it ended.",
      "🧭 @sre Restart needs you: run waits, and there is no worker of the pool eu-prod. It goes on by itself when one is started; cancel the run where it is not wanted any more.",
      "⚡ The circuit breaker of Restart has opened: 2 failures (run-1, run-2). It does not start there again until somebody looks at it and types /automation unlock "breaker/r/a b".",
      "⚡ The circuit breaker breaker/r/a of Restart is closed again: run-2, which counted as a failure while nobody knew how it ended, went well.",
    ]
  `);
});
