/** The desk: names of things as people give them, and an answer to everything. */
import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/domain/message.ts';
import { firing, group } from '../support/alerts.ts';
import { alice, bob, dave, guest } from '../support/people.ts';
import { auto, proposed } from '../support/playbooks.ts';
import { stage } from '../support/scenario.ts';

const said = ({ summary, sections }: Message): string => `${summary} ${JSON.stringify(sections)}`;
const down = group([firing('shop-1')]);

describe('an incident is named', () => {
  test.each(['inc-1', 'INC-1', '1', 'channel:C1'])('%s', async (incident) => {
    const on = await stage();
    await on.sends(down);
    expect((await on.asks(alice, { kind: 'acknowledge', incident })).reason).toBe('acknowledged');
  });

  test.each(['inc-9', '9', 'channel:C9', '', 'nonsense', 'run-1', 'inc-1; drop'])('not %s', async (incident) => {
    const on = await stage();
    await on.sends(down);
    const answer = await on.asks(alice, { kind: 'acknowledge', incident });
    expect(answer).toMatchObject({ reason: 'no_such_incident', done: false });
    expect(said(await on.answers({ kind: 'show_incident', incident }))).toContain('There is no such incident');
  });
});

describe('a run is named', () => {
  test('by nobody where only one waits', async () => {
    const on = await stage({ playbooks: [proposed] });
    await on.sends(down);
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    expect((await on.asks(bob, { kind: 'approve', run: '', approval: '' })).done).toBe(true);
  });

  test.each(['', 'run-9', 'inc-1', 'nonsense'])('not "%s"', async (run) => {
    const on = await stage();
    await on.sends(down);
    for (const intent of [
      { kind: 'approve', run, approval: '' },
      { kind: 'cancel_run', run },
      { kind: 'settle_unknown', run, step: 'x', verdict: 'worked' },
    ] as const)
      expect(await on.asks(bob, intent)).toMatchObject({ reason: 'no_such_run', done: false });
    expect(said(await on.answers({ kind: 'show_run', run }))).toContain('There is no such run');
  });

  test('with a refusal in words for who may not, and for what is no playbook', async () => {
    const on = await stage({
      playbooks: [
        auto.replace('mode: auto', 'mode: propose'),
        proposed
          .replace('id: restart-shop', 'id: for-admins')
          .replace('inputs:', '  - manual: {roles: [admin]}\ninputs:'),
      ],
    });
    await on.sends(down);
    const run = (playbook: string, by = dave) =>
      on.asks(by, { kind: 'run_playbook', playbook, incident: '1', inputs: {} });
    expect((await run('nonsense')).reason).toBe('playbook_unknown');
    for (const [typed, meant] of [
      ['restrat-shop', 'restart-shop'],
      ['shopp', 'restart-shop'],
      ['admin', 'for-admins'],
    ] as const) {
      const told = `There is no such playbook. /playbook list shows them. Did you mean ${meant}?`;
      expect((await run(typed)).message.summary).toBe(told);
      expect(said(await on.answers({ kind: 'show_playbook', playbook: typed }))).toContain(`Did you mean ${meant}?`);
    }
    const refused = await run('for-admins');
    expect(refused.reason).toBe('not_allowed');
    expect(refused.message.summary).toContain('it takes the role ');
    expect((await run('restart-shop', guest)).reason).toBe('not_a_member');
    expect(
      (
        await on.asks(bob, {
          kind: 'run_playbook',
          playbook: 'restart-shop',
          incident: '1',
          inputs: { host: 'evil; rm' },
        })
      ).reason,
    ).toBe('inputs_invalid');
  });
});

test('every question has an answer, with nothing there and with everything there', async () => {
  const on = await stage({ playbooks: [proposed] });
  const questions = [
    { kind: 'list_incidents', all: false },
    { kind: 'list_incidents', all: true },
    { kind: 'show_incident', incident: '1' },
    { kind: 'timeline', incident: '1' },
    { kind: 'list_playbooks' },
    { kind: 'list_runs' },
    { kind: 'automation_status' },
    { kind: 'help', topic: 'incident' },
    { kind: 'help', topic: 'playbook' },
    { kind: 'help', topic: 'automation' },
  ] as const;
  const ask = async () => {
    const answers = [];
    for (const question of questions) answers.push((await on.answers(question)).summary);
    return answers;
  };
  expect(await ask()).toMatchInlineSnapshot(`
    [
      "No incident is open.",
      "No incident is open.",
      "There is no such incident. /incident list shows the open ones; in an incident’s channel you need not name it.",
      "There is no such incident. /incident list shows the open ones; in an incident’s channel you need not name it.",
      "Playbooks",
      "No playbook has been run yet.",
      "Automation is running: approved steps and \`auto\` playbooks may act.",
      "What /incident can do",
      "What /playbook can do",
      "What /automation can do",
    ]
  `);
  await on.sends(down);
  await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  await on.asks(alice, { kind: 'stop_automation', why: 'deploying' });
  expect(await ask()).toMatchInlineSnapshot(`
    [
      "Incidents",
      "Incidents",
      "Triggered: The shop is down (sev1, 1 firing)",
      "Timeline of inc-1",
      "Playbooks",
      "Runs",
      "Automation is stopped by alice",
      "What /incident can do",
      "What /playbook can do",
      "What /automation can do",
    ]
  `);
});
