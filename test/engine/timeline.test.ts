/** History as people read it: sentences, and nothing of how the code names things. */
import { describe, expect, test } from 'vitest';
import { isNews, reasons } from '../../src/domain/reason.ts';
import { runStatuses } from '../../src/domain/run-status.ts';
import { explain } from '../../src/engine/announce/explain.ts';
import { timelineOf, whatHappened } from '../../src/engine/announce/timeline.ts';
import { group, resolved } from '../support/alerts.ts';
import { did, restart, started, written } from '../support/flow.ts';
import { linesOf } from '../support/lines.ts';
import { alice, bob, dave } from '../support/people.ts';
import type { Stage } from '../support/scenario.ts';

const raw = /[a-z]_[a-z]/;
const shown = async (on: Stage, id: string): Promise<string> => {
  const entries = await on.store.history(id as never, 99);
  return linesOf(timelineOf({ ...(await on.incident()), id: id as never }, entries)).replaceAll(/run-\w{10}/g, 'run-X');
};

test.each(reasons.filter(isNews).map((reason) => ({ reason })))('$reason is told as a sentence', ({ reason }) => {
  const said = whatHappened({ reason, actor: 'alice', detail: 'alice: one' });
  expect(said).toMatch(/^[a-z]/);
  expect(said.replaceAll(/`[^`]*`/g, '')).not.toMatch(raw);
  const isDeed = !said.startsWith('asked for something');
  expect(isDeed || explain(reason) !== reason.replaceAll('_', ' '), 'a deed, or worded where it is refused').toBe(true);
});

test.each([
  ...runStatuses.map((status) => ['run_noted', `Walk ask: ${status}`] as const),
  ...['open_channel', 'post_card', 'upload_log', 'tell_run_cancelled'].map(
    (kind) => ['effect_given_up', `${kind}: no such channel`] as const,
  ),
])('%s of "%s" is told without the code’s names', (reason, detail) => {
  expect(whatHappened({ reason, actor: 'Tocsin', detail })).not.toMatch(raw);
});

describe('the timeline', () => {
  const gated = written(`  - id: approve
    action: approval
    with: {approvers: {roles: [responder]}}
  - id: which
    action: ask
    with: {question: Which?, answer: {type: integer}, roles: [responder]}
${restart('act')}`);

  test('of an incident and of its run reads as what people did', async () => {
    const on = await started(gated);
    const { id: run } = await on.run();
    await on.asks(dave, { kind: 'approve', run, approval: '' });
    await on.asks(bob, { kind: 'approve', run, approval: '' });
    await on.asks(alice, { kind: 'acknowledge', incident: 'inc-1' });
    on.actions.goes['shop.restart'] = [async () => ({ kind: 'unknown', message: 'no answer' })];
    await on.asks(bob, { kind: 'answer', run, step: 'which', value: '3' });
    expect(did(on)).toEqual(['shop.restart act']);
    await on.asks(alice, { kind: 'settle_unknown', run, step: 'act', verdict: 'worked' });
    await on.asks(alice, { kind: 'set_severity', incident: 'inc-1', severity: 'sev2' });
    await on.sends(group([resolved('shop-1')]));
    await on.passes('5m');
    expect(await shown(on, 'inc-1')).toMatchInlineSnapshot(`
      "(Timeline of inc-1) 
      *Timeline of inc-1
      - 09:00 *alert from am opened the incident: The shop is down
      - 09:00 *Tocsin heard that the run of Restart the shop waits for approval
      - 09:00 *Tocsin opened the channel: #inc-1-The shop is down
      - 09:00 *Tocsin looked for graphs and links: 0 found
      - 09:00 *Tocsin heard that the run of Restart the shop waits for an answer
      - 09:00 *alice is on it
      - 09:00 *Tocsin heard that the run of Restart the shop is running
      - 09:00 *Tocsin heard that the run of Restart the shop needs attention
      - 09:00 *Tocsin heard that the run of Restart the shop succeeded
      - 09:00 *alice set the severity to sev2
      - 09:00 *alert from am said that all alerts have resolved: 1 resolved
      - 09:05 *Tocsin resolved it, as it stayed quiet"
    `);
    expect(await shown(on, run)).toMatchInlineSnapshot(`
      "(Timeline of run-X) 
      *Timeline of run-X
      - 09:00 *alert from am started the run: Restart the shop
      - 09:00 *Tocsin asked for an approval: approve.1, plan 13e67385
      - 09:00 *dave asked for something, and was told: “You are not among its approvers. Who may: responder.”
      - 09:00 *bob approved: approve
      - 09:00 *bob answered the question
      - 09:00 *Tocsin began the step: act
      - 09:00 *Tocsin does not know how the step ended: no answer
      - 09:00 *alice says that it worked
      - 09:00 *Tocsin ended the run, which went well: all steps done"
    `);
  });
});
