/** What is done is what was approved: whatever changes in between makes the approval void, and people are asked again. */
import { expect, test } from 'vitest';
import { ChatFailure } from '../../src/domain/failures.ts';
import { noGuardrails } from '../../src/domain/guardrails.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { triesOf } from '../../src/domain/run-units.ts';
import type { Library, StepAction } from '../../src/engine/ports.ts';
import { did, down, restart, written } from '../support/flow.ts';
import { linesOf } from '../support/lines.ts';
import { alice, bob } from '../support/people.ts';
import { loadedFrom, type Stage, stage } from '../support/scenario.ts';

const approve = `  - id: approve
    action: approval
    with: {approvers: {roles: [responder]}}
`;
const runs = (playbook: string): string =>
  `  - {id: ${playbook}, action: playbook.run, with: {playbook: ${playbook}}}\n`;
const byHand = (id: string, steps: string): string =>
  `schema: playbook/v1\nid: ${id}\nname: Of ${id}\nowners: [team-shop]\ntriggers:\n  - manual: {roles: [responder]}\nsteps:\n${steps}`;
const acts = (what: string): string => `  - {id: act, action: shop.exec, with: {id: ${what}}}\n`;

/** Each playbook by its text, which may change while runs are under way. */
async function shelved(...texts: readonly string[]): Promise<{ on: Stage; becomes: (...now: string[]) => void }> {
  let become: (now: readonly string[]) => Promise<void> = async () => undefined;
  const shelf = async (library: Library, actions: readonly StepAction[]) => {
    let current = texts.map((text) => loadedFrom(text, actions));
    become = async (now) => {
      current = now.map((text) => loadedFrom(text, actions));
      await library.publish(current);
    };
    await library.publish(current);
    return { current: () => current, problems: () => [], commit: () => undefined };
  };
  const on = await stage({ shelf });
  return { on, becomes: (...now) => void become(now) };
}

const approved = (on: Stage, digest?: string) =>
  on.asks(bob, { kind: 'approve', run: '', approval: '', ...(digest && { digest }) });
const ofParent = async (on: Stage) => (await on.runs()).find(({ playbook }) => playbook.id === 'restart-shop');

test('a playbook that changes while the step before it runs is not run: its new content is asked about', async () => {
  const parent = written(approve + restart('first') + runs('cleanup'));
  const { on, becomes } = await shelved(parent, byHand('cleanup', acts('approved')));
  on.actions.goes['shop.restart'] = [
    async () => {
      becomes(parent, byHand('cleanup', acts('never-seen')));
      return { kind: 'succeeded', outputs: {} };
    },
  ];
  await on.sends(down);
  await approved(on);
  await on.passes('5s');
  expect(did(on)).toEqual(['shop.restart first']);
  const run = await ofParent(on);
  expect(run?.approvals.map(({ status, voidBecause }) => voidBecause ?? status)).toEqual(['plan_changed', 'waiting']);
  // Typed by somebody who has seen the first card only.
  const { reason, message } = await approved(on);
  const digest = run?.approvals[1]?.digest.slice(0, 8) ?? '';
  expect([reason, linesOf(message)]).toEqual(['approval_outdated', expect.stringContaining(`${run?.id} ${digest}`)]);
  expect(did(on)).toEqual(['shop.restart first']);
  expect((await approved(on, 'ffffffff')).reason).toBe('approval_outdated');
  await approved(on, digest);
  await on.passes('5s');
  expect(did(on)).toEqual(['shop.restart first', 'shop.exec never-seen']);
  expect((await ofParent(on))?.status).toBe('succeeded');
});

test('what a playbook that is run runs itself is covered, too', async () => {
  const parent = written(approve + restart('first') + runs('cleanup'));
  const cleanup = byHand('cleanup', runs('purge'));
  const { on, becomes } = await shelved(parent, cleanup, byHand('purge', acts('approved')));
  await on.sends(down);
  becomes(parent, cleanup, byHand('purge', acts('never-seen')));
  await approved(on);
  await on.passes('5s');
  expect(did(on)).toEqual([]);
  expect((await ofParent(on))?.approvals[0]?.voidBecause).toBe('plan_changed');
});

test('one that changes while the run above it is at work already is refused, and says so', async () => {
  const parent = written(approve + runs('cleanup'));
  const cleanup = byHand('cleanup', restart('first').replace('"${{ inputs.host }}"', 'shop-1') + runs('purge'));
  const { on, becomes } = await shelved(parent, cleanup, byHand('purge', acts('approved')));
  on.actions.goes['shop.restart'] = [
    async () => {
      becomes(parent, cleanup, byHand('purge', acts('never-seen')));
      return { kind: 'succeeded', outputs: {} };
    },
  ];
  await on.sends(down);
  await approved(on);
  await on.passes('10s');
  expect(did(on)).toEqual(['shop.restart first']);
  expect((await ofParent(on))?.outcome).toContain('`purge` is another version by now than the one that was approved');
});

test('a wait does not begin what was approved: after start_within people are asked again', async () => {
  const pause = '  - {id: pause, action: wait, with: {for: 30m}}\n';
  const on = await stage({ playbooks: [written(approve + pause + restart('first'), 'timeout: 2h\n')] });
  await on.sends(down);
  await approved(on);
  await on.passes('31m');
  expect(did(on)).toEqual([]);
  expect((await on.run()).approvals[0]?.voidBecause).toBe('start_too_late');
  // Nothing was attempted, so what comes is the first attempt.
  await approved(on);
  const { steps } = await on.run();
  expect(did(on)).toEqual(['shop.restart first']);
  expect(steps.map(triesOf)).toEqual([0, 0, 1]);
});

test('a name of the inventory that means another machine by now is asked about again', async () => {
  const policy = (at: string): Partial<Policy> => ({
    guardrails: { ...noGuardrails, hosts: [{ name: 'shop-1', service: 'shop', at }] },
  });
  const on = await stage({
    playbooks: [written(approve + restart('first'))],
    policy: policy('deploy@10.0.0.1:22 SHA256:one'),
  });
  await on.sends(down);
  Object.assign(on.world.policy, policy('deploy@10.66.6.6:22 SHA256:one'));
  await approved(on);
  await on.passes('5s');
  expect(did(on)).toEqual([]);
  expect((await on.run()).approvals.map(({ status }) => status)).toEqual(['void', 'waiting']);
  await on.asks(alice, { kind: 'cancel_run', run: (await on.run()).id });
});

test('a plan that the card has no room for hangs below it as a file, once', async () => {
  const script = Array.from({ length: 400 }, (_, at) => `        echo line ${at}`).join('\n');
  const step = `  - id: run\n    action: shop.script\n    with:\n      script: |\n${script}\n`;
  const cleanup = 'finally:\n  - {name: clean up, action: shop.exec, with: {id: last}}\n';
  const on = await stage({ playbooks: [written(approve + step, cleanup)] });
  on.chat.mood = 'forgetful';
  await on.sends(down);
  on.chat.mood = 'well';
  await on.passes('1m');
  const [card] = on.chat.of('post_approval');
  expect(on.chat.of('post_approval')).toHaveLength(1);
  expect(on.chat.files.filter(({ maybeUploaded }) => !maybeUploaded).length).toBeLessThanOrEqual(1);
  const [file] = on.chat.files;
  expect(file).toMatchObject({ channel: card?.channel, thread: card?.ts });
  expect(Buffer.from(file?.bytes ?? []).toString()).toContain('echo line 399');
  expect(JSON.stringify(card?.content)).toContain('finally: clean up (shop.exec)');
});

test('a Slack that takes no files keeps nobody from deciding', async () => {
  const step = `  - id: run\n    action: shop.exec\n    with: {script: ${'x'.repeat(5_000)}}\n`;
  const on = await stage({ playbooks: [written(approve + step)] });
  on.chat.upload = async () => Promise.reject(new ChatFailure('missing_scope', { retryable: false }));
  await on.sends(down);
  expect((await on.run()).approvals[0]?.message).toBeDefined();
  await approved(on);
  expect((await on.run()).status).toBe('succeeded');
});
