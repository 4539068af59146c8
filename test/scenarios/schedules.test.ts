/** Playbooks that start by the clock: each time once, quiet while all goes well, heard where it fails, and never late. */
import { describe, expect, test } from 'vitest';
import { ChatFailure } from '../../src/domain/failures.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import { explain } from '../../src/engine/announce/explain.ts';
import { refused } from '../support/fake-actions.ts';
import { alice } from '../support/people.ts';
import { loadedFrom, policy, type Stage, stage } from '../support/scenario.ts';

/** The stage begins at 09:00 UTC. */
const drill = (mode: 'propose' | 'auto', { cron = '30 9 * * *', more = '', step = '' } = {}) => `schema: playbook/v1
id: failover-drill
name: Fail over and back
owners: [team-shop]
triggers:
  - schedule: {cron: "${cron}", timezone: UTC}
    mode: ${mode}
  - manual: {roles: [responder]}
inputs:
  host: {type: host, default: shop-1}
${more}steps:
  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}"}
${step}`;

const atHome = { policy: { defaultChannel: '#ops' } };

const rest = (time: string) => `  - {id: rest, action: wait, with: {for: ${time}}}\n`;
const drilled = (on: Stage): number => on.actions.attempts('shop.restart').length;
const home = (on: Stage): readonly string[] => on.chat.shows('#ops');

describe('a playbook that starts by the clock', () => {
  test('runs at its time, in an incident of its own that is over with it', async () => {
    const on = await stage({ playbooks: [drill('auto')], ...atHome });
    await on.passes('29m');
    expect(await on.incidents()).toEqual([]);
    await on.passes('2m');
    expect(drilled(on)).toBe(1);
    expect(await on.incident()).toMatchObject({
      title: 'Scheduled: Fail over and back',
      severity: 'sev4',
      status: 'resolved',
      openedBy: { kind: 'schedule' },
    });
    expect(await on.run()).toMatchObject({ mode: 'auto', status: 'succeeded', requestedBy: { kind: 'schedule' } });
    expect(await on.reasons('inc-1')).toEqual(['schedule_due', 'run_noted', 'run_noted', 'schedule_done']);
  });

  test('is told in the default channel alone, where the run is followed', async () => {
    const on = await stage({ playbooks: [drill('auto', { step: rest('10s') })], ...atHome });
    await on.passes('31m');
    expect(on.chat.channels).toEqual([]);
    expect(home(on)).toEqual([
      'Resolved: Scheduled: Fail over and back',
      expect.stringContaining('Fail over and back succeeded'),
    ]);
  });

  test('has a channel of its own where there is no default one, or a route wants it', async () => {
    const on = await stage({ playbooks: [drill('auto')] });
    await on.passes('31m');
    expect(on.chat.channels).toHaveLength(1);
    expect(on.chat.shows('C1').join()).toContain('what was scheduled is done');

    const routes = [{ match: ['schedule="failover-drill"'], service: 'shop', channel: 'first_alert' as const }];
    const routed = await stage({ playbooks: [drill('auto')], policy: { defaultChannel: '#ops', routes } });
    await routed.passes('31m');
    expect(routed.chat.channels).toHaveLength(1);
    expect(await routed.incident()).toMatchObject({ service: 'shop', severity: 'sev4' });
    expect(routed.chat.shows('#shop')).toHaveLength(1);
  });

  test('comes again the next day, and every time once', async () => {
    const on = await stage({ playbooks: [drill('auto', { cron: '*/10 9 * * *' })], ...atHome });
    await on.passes('1h');
    expect(drilled(on)).toBe(5);
    await on.passes('24h');
    expect(drilled(on)).toBe(11);
  });

  test('is proposed where nothing else is said, and a click runs it', async () => {
    const on = await stage({ playbooks: [drill('propose')], ...atHome });
    await on.passes('31m');
    expect(drilled(on)).toBe(0);
    const [summary] = on.chat.posts;
    expect(JSON.stringify(summary?.content)).toContain('Run Fail over and back…');
    const { hash } = on.world.playbooks.current()[0] ?? { hash: '' };
    const { done } = await on.asks(alice, { kind: 'run_playbook', playbook: hash, incident: 'inc-1', inputs: {} });
    expect(done).toBe(true);
    expect(drilled(on)).toBe(1);
    expect(await on.incident()).toMatchObject({ status: 'resolved' });
  });

  test('is no longer offered when the next time comes, or a day has gone by', async () => {
    const often = await stage({ playbooks: [drill('propose', { cron: '*/10 * * * *' })], ...atHome });
    await often.passes('25m');
    expect((await often.incidents()).map(({ status }) => status)).toEqual(['triggered', 'resolved']);
    expect(await often.reasons('inc-1')).toEqual(['schedule_due', 'offer_lapsed']);

    const weekly = await stage({ playbooks: [drill('propose', { cron: '30 9 * * 4' })], ...atHome });
    await weekly.passes('24h');
    expect(await weekly.incident()).toMatchObject({ status: 'triggered' });
    await weekly.passes('40m');
    expect(await weekly.incident()).toMatchObject({ status: 'resolved' });
  });

  test('never has two runs at a time: the next time does not begin while the last is at work', async () => {
    const playbooks = [drill('auto', { cron: '*/10 9 * * *', step: rest('15m') })];
    const on = await stage({ playbooks, ...atHome });
    await on.passes('22m');
    expect(await on.runs()).toHaveLength(1);
    expect(home(on).join('\n')).toContain(explain('schedule_busy'));
    expect(await on.reasons('inc-2')).toEqual(['schedule_due', 'playbook_proposed']);
    await on.passes('10m');
    expect(await on.runs()).toHaveLength(2);
  });
});

test('a step that speaks does so in the default channel, though the summary is still on its way', async () => {
  const on = await stage({ playbooks: [drill('auto')], ...atHome });
  let channel = '';
  on.actions.goes['shop.restart'] = [
    async (_, context) => {
      channel = context.channel;
      return { kind: 'succeeded', outputs: {} };
    },
  ];
  await on.passes('31m');
  expect(channel).toBe('#ops');
});

test('one whose default channel is not there has a channel of its own', async () => {
  const on = await stage({ playbooks: [drill('propose')], ...atHome });
  const { post } = on.chat;
  on.chat.post = async (wanted) => {
    if (wanted.channel === '#ops') throw new ChatFailure('channel_not_found', { retryable: false });
    return await post(wanted);
  };
  await on.passes('31m');
  expect(on.chat.shows('C1')).toEqual([expect.stringContaining('Scheduled: Fail over and back')]);
});

describe('one that fails', () => {
  test('stays open, and gets a channel in which people hear of it', async () => {
    const on = await stage({ playbooks: [drill('auto')], ...atHome });
    on.actions.goes['shop.restart'] = [refused('it does not come up', 'after_dispatch')];
    await on.passes('35m');
    expect(await on.incident()).toMatchObject({ status: 'triggered', channel: { id: 'C1' } });
    expect(on.chat.shows('C1')[0]).toContain('Scheduled: Fail over and back');
    await on.passes('48h');
    expect(await on.incident()).toMatchObject({ status: 'triggered' });
  });

  test('stays open while nobody knows how it ended, and is over when somebody says that it worked', async () => {
    const on = await stage({ playbooks: [drill('auto')], ...atHome });
    on.actions.goes['shop.restart'] = [async () => ({ kind: 'unknown', message: 'the host is gone' })];
    await on.passes('35m');
    expect(await on.run()).toMatchObject({ status: 'needs_attention' });
    expect(await on.incident()).toMatchObject({ status: 'triggered', channelPolicy: 'first_alert' });
    expect(
      on.chat
        .of('notify')
        .map(({ content }) => content.summary)
        .join(),
    ).toContain('nobody knows whether');
    const { id } = await on.run();
    await on.asks(alice, { kind: 'settle_unknown', run: id, step: 'restart', verdict: 'worked' });
    expect(await on.incident()).toMatchObject({ status: 'resolved' });
  });
});

describe('guards', () => {
  test('a freeze holds it, says so, and leaves the offer to people', async () => {
    const limits = 'limits: {freeze: [{calendar: holidays}]}\n';
    const on = await stage({
      playbooks: [drill('auto', { more: limits })],
      frozen: () => ({ title: 'Year end' }),
      ...atHome,
    });
    await on.passes('32m');
    expect(drilled(on)).toBe(0);
    expect(home(on).join('\n')).toContain('Fail over and back was not run: There is a freeze');
    expect(await on.incident()).toMatchObject({ status: 'triggered' });
    await on.passes('25h');
    expect(await on.incident()).toMatchObject({ status: 'resolved' });
  });

  test('the global stop holds it, and what was meant for the night does not begin in the morning', async () => {
    const on = await stage({ playbooks: [drill('auto')], ...atHome });
    await on.asks(alice, { kind: 'stop_automation', why: 'look first' });
    await on.passes('2h');
    expect(drilled(on)).toBe(0);
    await on.asks(alice, { kind: 'resume_automation', why: '' });
    await on.passes('5m');
    expect(drilled(on)).toBe(0);
    expect(home(on).join('\n')).toContain('past by more than five minutes');
  });

  test('one that worked too seldom is offered only', async () => {
    const guardrails = { ...policy.guardrails, efficacy: { atLeast: 0.9, ofLast: 2 } };
    const playbooks = [drill('auto', { cron: '*/10 9 * * *' })];
    const on = await stage({ playbooks, policy: { defaultChannel: '#ops', guardrails } });
    on.actions.goes['shop.restart'] = [refused('no', 'after_dispatch')];
    await on.passes('35m');
    expect(home(on).join('\n')).toContain('worked too seldom');
  });
});

describe('time that goes astray', () => {
  test('what was missed while nothing ran is said, and not made up for', async () => {
    const on = await stage({ playbooks: [drill('auto', { cron: '*/10 9 * * *' })], ...atHome });
    await on.passes('1s');
    on.skips('36m');
    await on.dies();
    await on.passes('1s');
    expect(drilled(on)).toBe(0);
    expect(on.logged).toContain('a schedule was missed');
    expect(await on.reasons('automation')).toEqual(['schedule_followed', 'schedule_missed']);
    const status = JSON.stringify(await on.answers({ kind: 'automation_status' }));
    expect(status).toContain('Missed 3 times');
    await on.passes('5m');
    expect(drilled(on)).toBe(1);
  });

  test('one that fell into a restart is taken up, if it is not too late', async () => {
    const on = await stage({ playbooks: [drill('auto')], ...atHome });
    await on.passes('29m');
    on.skips('3m');
    await on.dies();
    await on.passes('1s');
    expect(drilled(on)).toBe(1);
  });

  test('a Tocsin that starts does not run the past of a schedule that it never followed', async () => {
    const on = await stage({ playbooks: [drill('auto', { cron: '59 8 * * *' })], ...atHome });
    await on.passes('30m');
    expect(await on.incidents()).toEqual([]);
    expect(await on.reasons('automation')).toEqual(['schedule_followed']);
  });

  test('a clock that is set back an hour begins nothing again, one that is set ahead nothing in a bunch', async () => {
    const on = await stage({ playbooks: [drill('auto', { cron: '*/10 * * * *' })], ...atHome });
    await on.passes('31m');
    expect(drilled(on)).toBe(3);
    on.skips('-1h');
    await on.passes('55m');
    expect(drilled(on)).toBe(3);
    await on.passes('30m');
    expect(drilled(on)).toBe(5);
    on.skips('5h');
    await on.passes('2s');
    expect(drilled(on)).toBeLessThanOrEqual(6);
  });
});

test('a schedule that is changed, taken away and brought back begins what is due from then on', async () => {
  let current: readonly Playbook[] = [];
  let publish = async (_: readonly string[]): Promise<void> => undefined;
  const on = await stage({
    ...atHome,
    shelf: async (library, actions) => {
      publish = async (texts) => {
        current = texts.map((text) => loadedFrom(text, actions));
        await library.publish(current);
      };
      return { current: () => current, problems: () => [], commit: () => undefined };
    },
  });
  await publish([drill('auto', { cron: '5 9 * * *' })]);
  await on.passes('1m');
  await publish([drill('auto', { cron: '10 9 * * *' })]);
  await on.passes('7m');
  expect(drilled(on)).toBe(0);
  await on.passes('3m');
  expect(drilled(on)).toBe(1);
  await publish([drill('auto', { cron: '*/15 9 * * *' })]);
  await on.passes('1m');
  await publish([]);
  await on.passes('20m');
  expect(drilled(on)).toBe(1);
  await publish([drill('auto', { cron: '*/15 9 * * *' })]);
  await on.passes('2m');
  expect(drilled(on)).toBe(1);
  await on.passes('15m');
  expect(drilled(on)).toBe(2);
  expect((await on.reasons('automation')).filter((reason) => reason !== 'schedule_followed')).toEqual([
    'schedule_left',
  ]);
});

test('people see when it comes next, by itself or proposed', async () => {
  const on = await stage({ playbooks: [drill('auto')], ...atHome });
  const next = on.now() + 1_800_000;
  const shown = JSON.stringify(await on.answers({ kind: 'show_playbook', playbook: 'failover-drill' }));
  expect(shown).toContain('by the clock of UTC');
  for (const kind of ['list_playbooks', 'automation_status'] as const)
    expect(JSON.stringify(await on.answers({ kind }))).toContain(`{"time":${next}}`);
  expect(shown).toContain(`{"time":${next}}`);
});
