/** Nothing unattended runs away: a playbook that heals by itself is stopped by each guard in turn, and people hear why. */
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/domain/policy.ts';
import { firing, group, resolved } from '../support/alerts.ts';
import { refused, worked } from '../support/fake-actions.ts';
import { linesOf } from '../support/lines.ts';
import { alice, dave } from '../support/people.ts';
import { policy, type Stage, stage } from '../support/scenario.ts';

const healing = (limits = '', id = 'restart-shop') => `schema: playbook/v1
id: ${id}
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
    mode: auto
inputs:
  host: {type: host, from: alert.labels.instance}
${limits ? `limits: ${limits}\n` : ''}steps:
  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}"}
`;

const rails = (more: Partial<Policy['guardrails']>): Partial<Policy> => ({
  guardrails: { ...policy.guardrails, ...more },
});

const healed = (on: Stage): number => on.actions.attempts('shop.restart').length;

/** The shop breaks anew, and stays broken until the next time. */
async function breaks(on: Stage, host = 'shop-1'): Promise<void> {
  await on.sends(group([resolved(host, { startsAt: on.now() - 1_000 })]));
  await on.passes('20s');
  await on.sends(group([firing(host, { startsAt: on.now() })]));
  await on.passes('5s');
}

/** What the incident's channel says of runs that were not made. */
const refusals = (on: Stage): readonly string[] => on.chat.shows('C1').filter((line) => line.includes('was not run'));

describe('a playbook that heals by itself', () => {
  test('does so each time the shop breaks, as long as nothing limits it', async () => {
    const on = await stage({ playbooks: [healing()] });
    for (let time = 0; time < 3; time += 1) await breaks(on);
    expect(healed(on)).toBe(3);
    expect(refusals(on)).toEqual([]);
  });

  test('rests while it cools down, and heals again after that', async () => {
    const on = await stage({ playbooks: [healing('{cooldown: {per: "${{ inputs.host }}", window: 10m}}')] });
    await breaks(on);
    await breaks(on);
    expect(healed(on)).toBe(1);
    expect(refusals(on)).toEqual([
      expect.stringMatching(
        /^📝 Tocsin: Restart the shop was not run for .* cooling down: run-\w+ changed it at .*; again in \d+ min/,
      ),
    ]);
    await on.passes('10m');
    await breaks(on);
    expect(healed(on)).toBe(2);
  });

  test('heals no more often than it may in an hour', async () => {
    const on = await stage({ playbooks: [healing('{max_runs: {per: global, count: 2, window: 1h}}')] });
    for (let time = 0; time < 4; time += 1) await breaks(on);
    expect(healed(on)).toBe(2);
    expect(refusals(on)).toHaveLength(2);
    await on.passes('1h');
    await breaks(on);
    expect(healed(on)).toBe(3);
  });

  test('stops when it has failed twice, and goes on when somebody has reset its circuit breaker', async () => {
    const on = await stage({
      playbooks: [healing('{circuit_breaker: {per: "${{ inputs.host }}", failures: 2, window: 1h}}')],
    });
    on.actions.goes['shop.restart'] = [refused('no', 'after_dispatch')];
    for (let time = 0; time < 4; time += 1) await breaks(on);
    expect(healed(on)).toBe(2);
    await on.passes('3h');
    await breaks(on);
    expect(healed(on)).toBe(2);
    const breaker = 'breaker/restart-shop/shop-1';
    const told = on.chat.shows('C1').filter((text) => text.includes('circuit breaker of'));
    expect(told).toEqual([expect.stringMatching(/has opened: 2 failures \(run-\w+, run-\w+\)/)]);
    expect(told[0]).toContain(`/automation unlock ${breaker}`);
    expect(JSON.stringify(await on.answers({ kind: 'automation_status' }))).toContain(breaker);
    const { done } = await on.asks(alice, { kind: 'unlock', key: breaker, why: 'the disk was full' });
    expect(done).toBe(true);
    await breaks(on);
    expect(healed(on)).toBe(3);
  });

  test('leaves things as they are in a freeze, and says which one and until when', async () => {
    const until = Date.UTC(2026, 0, 1, 10);
    const frozen = (_: string, now: number) => (now < until ? { title: 'New Year', until } : undefined);
    const on = await stage({ playbooks: [healing('{freeze: [{calendar: holidays}]}')], frozen });
    await breaks(on);
    expect(healed(on)).toBe(0);
    expect(refusals(on)).toEqual([expect.stringContaining('calendar holidays: New Year until 2026-01-01 10:00 UTC')]);
    expect(JSON.stringify(await on.answers({ kind: 'automation_status' }))).toContain('New Year');
    await on.passes('1h');
    await breaks(on);
    expect(healed(on)).toBe(1);
  });

  test('changes no more of a service’s hosts in an hour than all playbooks together may', async () => {
    const hosts = ['shop-1', 'shop-2'].map((name) => ({ name, service: 'shop' }));
    const on = await stage({
      playbooks: [healing()],
      policy: rails({ hosts, blastRadius: { percent: 20, windowMs: 3_600_000, atLeast: 1 } }),
    });
    await breaks(on);
    await breaks(on, 'shop-2');
    await breaks(on);
    expect(on.actions.dispatched.map(({ args }) => args.host)).toEqual(['shop-1', 'shop-1']);
    expect((await on.runs()).some(({ outcome }) => outcome.includes('shop-1 was changed'))).toBe(true);
    expect(JSON.stringify(await on.answers({ kind: 'automation_status' }))).toContain('1 host changed of 1 (shop-1)');
  });

  test('touches nothing outside of the policy, whoever asks', async () => {
    const on = await stage({ playbooks: [healing()], policy: rails({ allow: [{ host: ['db-*'] }] }) });
    await breaks(on);
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    await on.passes('5s');
    expect(healed(on)).toBe(0);
    const outcomes = (await on.runs()).map(({ outcome }) => outcome);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes) expect(outcome).toContain('host shop-1 is not in policy.allow of tocsin.yml');
  });

  test('that works too seldom only offers itself, says so once, and heals again when it has worked for people', async () => {
    const on = await stage({ playbooks: [healing()], policy: rails({ efficacy: { atLeast: 0.5, ofLast: 2 } }) });
    on.actions.goes['shop.restart'] = [refused('no', 'after_dispatch'), refused('no', 'after_dispatch')];
    for (let time = 0; time < 3; time += 1) await breaks(on);
    expect(healed(on)).toBe(2);
    expect(refusals(on)).toEqual([
      expect.stringMatching(/^⛔ Restart the shop was not run: .*too seldom.* worked 0 of 2 times/),
    ]);
    expect((await on.incident()).proposals).toMatchObject([{ id: 'restart-shop' }]);
    expect(JSON.stringify(await on.answers({ kind: 'automation_status' }))).toContain('worked 0 of 2 times');
    on.actions.goes['shop.restart'] = [async () => ({ kind: 'succeeded', outputs: {} })];
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    await on.passes('5s');
    await breaks(on);
    expect(healed(on)).toBe(4);
    const shown = JSON.stringify(await on.answers({ kind: 'show_playbook', playbook: 'restart-shop' }));
    expect(shown).toContain('Worked 2 of 2 times');
  });
});

const overHosts = `schema: playbook/v1
id: restart-all
name: Restart all
owners: [team-shop]
triggers: [{manual: {roles: [responder]}}]
limits: {cooldown: {per: global, window: 10m}, circuit_breaker: {per: global, failures: 1, window: 1h}}
steps:
  - id: say
    action: shop.look
    with: {}
    outputs: {hosts: "\${{ ['shop-1', 'shop-2'] }}"}
  - id: restart
    foreach: {in: "\${{ steps.say.outputs.hosts }}", max_parallel: 2}
    action: shop.restart
    with: {host: "\${{ item }}"}
`;

test('a run over many hosts ends where the blast radius does, and that counts as its failure', async () => {
  const hosts = ['shop-1', 'shop-2'].map((name) => ({ name, service: 'shop' }));
  const blastRadius = { percent: 50, windowMs: 3_600_000, atLeast: 1 };
  const on = await stage({ playbooks: [overHosts], policy: rails({ hosts, blastRadius }) });
  await on.asks(alice, { kind: 'open_incident', title: 'Slow' });
  const asked = { kind: 'run_playbook', playbook: 'restart-all', incident: '1', inputs: {} } as const;
  await on.asks(alice, asked);
  await on.passes('5s');
  expect(healed(on)).toBe(1);
  expect(await on.run()).toMatchObject({ status: 'failed', locks: {} });
  expect((await on.asks(alice, asked)).reason).toBe('breaker_open');
  const shown = JSON.stringify(await on.answers({ kind: 'show_playbook', playbook: 'restart-all' }));
  expect(shown).toContain('cools down for 10 min');
  expect(shown).toContain('stopped by 1 failure in 1 h, until somebody resets it');
});

describe('the global stop', () => {
  test('holds across a process that dies; who has a role lets it go on, and the channel hears of both', async () => {
    const on = await stage({ playbooks: [healing()] });
    await on.asks(dave, { kind: 'stop_automation', why: 'deploying' });
    await breaks(on);
    await on.dies();
    await on.passes('2m');
    expect([healed(on), await on.stopped()]).toEqual([0, true]);
    expect(await on.asks(dave, { kind: 'resume_automation', why: '' })).toMatchObject({
      reason: 'role_missing',
      done: false,
      message: { summary: 'That needs another role than you have: it takes the role responder.' },
    });
    expect(JSON.stringify(await on.answers({ kind: 'automation_status' }))).toContain('deploying');
    await on.asks(alice, { kind: 'resume_automation', why: 'deployed' });
    await on.passes('5s');
    expect(healed(on)).toBe(1);
  });

  /** An incident of its own. */
  const elsewhere = (n: number, alertname: string) =>
    group([firing(`other-${n}`, { labels: { alertname, service: `s${n}` } })], {
      groupKey: `g${n}`,
      groupLabels: { alertname },
    });

  test('is shown on the cards that offer runs, and told nowhere that nothing runs', async () => {
    const on = await stage({ playbooks: [healing().replace('mode: auto', 'mode: propose')] });
    await breaks(on);
    await on.sends(elsewhere(1, 'Other'));
    const card = (number: number) => on.chat.posts.find(({ key }) => key.startsWith(`post_card.inc-${number}`));
    const said = (number: number) => linesOf(card(number)?.content ?? expect.fail('no card'));
    const posts = on.chat.posts.length;
    await on.asks(alice, { kind: 'stop_automation', why: 'deploying' });
    expect(said(1)).toMatch(/🛑 alice stopped automation \d\d:\d\d: no run begins meanwhile/);
    expect(said(2)).not.toContain('automation');
    expect(on.chat.posts).toHaveLength(posts);
    const { message } = await on.asks(alice, {
      kind: 'run_playbook',
      playbook: 'restart-shop',
      incident: '1',
      inputs: {},
    });
    expect(message.summary).toContain('Automation is stopped');
    await on.asks(alice, { kind: 'resume_automation', why: '' });
    expect(said(1)).not.toContain('automation');
  });

  test('edits no more cards than fifty in a storm of five hundred', async () => {
    const on = await stage({ playbooks: [healing().replace('mode: auto', 'mode: propose')] });
    for (let n = 0; n < 60; n += 1) await on.sends(elsewhere(n, 'ShopDown'));
    const edits = () => on.chat.posts.reduce((sum, post) => sum + post.edits, 0);
    await on.passes('10s');
    expect(await on.incidents()).toHaveLength(60);
    const before = edits();
    await on.asks(alice, { kind: 'stop_automation', why: '' });
    await on.passes('10s');
    expect(edits() - before).toBe(50);
  });

  test('is announced where a run is under way', async () => {
    const on = await stage({
      playbooks: [healing().replace('steps:', 'steps:\n  - {id: pause, action: wait, with: {for: 10m}}')],
    });
    await breaks(on);
    await on.asks(alice, { kind: 'stop_automation', why: 'wait a minute' });
    await on.asks(alice, { kind: 'resume_automation', why: '' });
    expect(on.chat.shows('C1').filter((line) => line.includes('automation'))).toEqual([
      '🛑 alice has stopped automation: wait a minute. No step begins until /automation resume.',
      '▶️ alice lets automation go on.',
    ]);
  });
});

describe('a step whose outcome is unknown', () => {
  const breaking = (more = '') =>
    `${healing('{circuit_breaker: {per: global, failures: 1, window: 1h}}')}${more}  - id: again
    action: shop.restart
    with: {host: "\${{ inputs.host }}"}
`;
  const verify = '    verify: [{action: shop.look, with: {}, expect: "${{ true }}", within: 10s, interval: 5s}]\n';
  const opened = (on: Stage) => on.chat.shows('C1').filter((line) => line.includes('circuit breaker'));
  const counts = async (on: Stage) =>
    Object.fromEntries(
      (await on.store.claimsUnder('guard/', 9)).flatMap(({ key, value }) =>
        key.includes('/blast/') ? [] : [[key, value]],
      ),
    );
  const doubtful = async (playbook: string): Promise<Stage> => {
    const on = await stage({ playbooks: [playbook] });
    on.actions.goes['shop.restart'] = [async () => ({ kind: 'unknown', message: 'no answer' }), worked()];
    await breaks(on);
    expect(opened(on)).toEqual([expect.stringContaining('has opened: 1 failure')]);
    return on;
  };
  const settle = async (on: Stage, verdict: 'worked' | 'failed' | 'verify') => {
    const { id: run } = await on.run();
    await on.asks(alice, { kind: 'settle_unknown', run, step: 'restart', verdict });
    await on.passes('15s');
  };

  test.each([
    ['a person says so', '', 'worked'],
    ['a person says so, and its checks too', verify, 'worked'],
    ['its checks say so', verify, 'verify'],
  ] as const)(
    'and that worked, as %s, counts as no failure: the circuit breaker is closed again, and the run goes on',
    async (_, more, verdict) => {
      const on = await doubtful(breaking(more));
      await settle(on, verdict);
      expect((await on.run()).status).toBe('succeeded');
      expect(opened(on)[1]).toMatch(
        /^⚡ The circuit breaker breaker\/restart-shop\/global of Restart the shop is closed again: run-\w+, which/,
      );
      expect(await counts(on)).toEqual({ 'guard/efficacy/restart-shop': expect.stringContaining('"succeeded"') });
      await breaks(on);
      expect(healed(on)).toBe(4);
    },
  );

  test('and that failed, as a person says, leaves it open', async () => {
    const on = await doubtful(breaking());
    await settle(on, 'failed');
    expect((await on.run()).status).toBe('failed');
    expect(opened(on)).toHaveLength(1);
    await breaks(on);
    expect(healed(on)).toBe(1);
  });

  test('and that is known to have worked before the run is cancelled counts for nothing at all', async () => {
    const pause = '  - {id: rest, action: wait, with: {for: 1h}}\n';
    const on = await doubtful(breaking(pause));
    await settle(on, 'worked');
    await on.asks(alice, { kind: 'cancel_run', run: (await on.run()).id });
    expect((await on.run()).status).toBe('cancelled');
    expect(await counts(on)).toEqual({ 'guard/efficacy/restart-shop': '[]' });
  });
});

describe('a lock', () => {
  const lockOf = async (on: Stage) => (await on.store.claims(['lock/host/shop-1']))[0];

  test('of a run whose outcome is unknown is kept, shown with its holder, and freed by name; its channel hears of it', async () => {
    const on = await stage({ playbooks: [healing()] });
    on.actions.goes['shop.restart'] = [async () => ({ kind: 'unknown', message: 'no answer' })];
    await breaks(on);
    const { id } = await on.run();
    expect(await lockOf(on)).toBe(`${id}/restart`);
    const status = JSON.stringify(await on.answers({ kind: 'automation_status' }));
    expect(status).toContain(`lock/host/shop-1`);
    expect(status).toContain(`held by ${id}/restart`);
    expect(await on.asks(dave, { kind: 'unlock', key: 'host/shop-1', why: '' })).toMatchObject({
      reason: 'role_missing',
    });
    expect(await on.asks(alice, { kind: 'unlock', key: 'host/shop-1', why: 'looked myself' })).toMatchObject({
      reason: 'unlocked',
      message: { summary: 'It is free again: lock/host/shop-1.' },
    });
    expect(await lockOf(on)).toBeNull();
    expect(on.chat.shows('C1')).toContainEqual(
      `🔓 alice has freed lock/host/shop-1, which ${id}/restart held: looked myself. What it does there is no longer kept apart from others.`,
    );
    expect(await on.store.history('automation' as never, 9)).toMatchObject([
      { actor: 'alice', reason: 'unlocked', detail: `lock/host/shop-1 (was held by ${id}/restart): looked myself` },
    ]);
    expect((await on.asks(alice, { kind: 'unlock', key: 'host/shop-1', why: '' })).reason).toBe('nothing_locked');
  });

  test('that was freed early keeps its run from nothing: it ends as it would have', async () => {
    const on = await stage({ playbooks: [healing()] });
    on.actions.goes['shop.restart'] = [async () => ({ kind: 'unknown', message: 'no answer' })];
    await breaks(on);
    await on.asks(alice, { kind: 'unlock', key: 'host/shop-1', why: '' });
    const run = await on.run();
    await on.asks(alice, { kind: 'settle_unknown', run: run.id, step: 'restart', verdict: 'worked' });
    await on.passes('5s');
    expect(await on.run()).toMatchObject({ status: 'succeeded', locks: {} });
  });
});
