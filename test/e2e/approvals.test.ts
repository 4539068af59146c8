/** Approvals by clicks and commands of several people: the real engine, the real Bolt, and a Slack that is simulated. */
import { expect, onTestFinished, test } from 'vitest';
import { memoryBudget } from '../../src/store/memory/budget.ts';
import { openWorkspace, pacedClock, type Shown, type Workspace } from '../slack/support/workspace.ts';
import { firing, group } from '../support/alerts.ts';
import { worked } from '../support/fake-actions.ts';
import { type Stage, stage } from '../support/scenario.ts';

const down = group([firing('shop-1')]);

const written = (approval: string, before = ''): string => `schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
inputs:
  host: {type: host, from: alert.labels.instance}
steps:
${before}  - id: approve
    action: approval
    with: ${approval}
  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}"}
`;

const roles = {
  responder: { users: ['alice', 'bob', 'carol', 'gina', 'eve'], groups: [] },
  manager: { users: ['carol'], groups: [] },
};

interface Played {
  readonly on: Stage;
  readonly slack: Workspace;
  /** The newest message with such a button is clicked; resolves when all that follows has happened. */
  click(user: string, label: string, card?: Shown): Promise<Record<string, unknown>>;
  /** What only this person heard last. */
  heard(user: string): Promise<string>;
  /** The newest message that says so. */
  shown(text: string): Promise<Shown>;
  type(user: string, text: string): Promise<Record<string, unknown>>;
  fillIn(user: string, values: object): Promise<Record<string, unknown>>;
}

async function played(playbook: string): Promise<Played> {
  const time = pacedClock();
  const slack = await openWorkspace({
    slack: { roles, now: time.now, pause: time.pause, budget: memoryBudget(time.now) },
  });
  const on = await stage({ playbooks: [playbook], chat: slack.chat });
  await slack.slack.listen(on.engine().desk);
  onTestFinished(() => slack.close());
  await on.sends(down);
  const { channel } = await on.incident();
  const name = channel?.name ?? '';
  const messages = () => slack.messagesIn(name);
  const after = async <T>(doing: Promise<T>): Promise<T> => {
    const done = await doing;
    await on.settles();
    await on.passes('1s');
    return done;
  };
  return {
    on,
    slack,
    click: async (user, label, card) => {
      const all = card ? [card] : (await messages()).toReversed();
      const found = all.flatMap((message) => buttonsOf(message).map((button) => ({ ts: message.ts, ...button })));
      const button = found.find(({ text }) => text.text === label);
      if (!button) throw new Error(`no button ${label}: ${found.map(({ text }) => text.text).join(', ')}`);
      return await after(
        slack.control('click', {
          user,
          channel: name,
          ts: button.ts,
          action_id: button.action_id,
          value: button.value,
        }),
      );
    },
    heard: async (user) => (await slack.whispersTo(user)).at(-1)?.text ?? '',
    shown: async (text) => {
      const found = (await messages()).findLast((message) => JSON.stringify(message).includes(text));
      if (!found) throw new Error(`nothing says ${text}`);
      return found;
    },
    type: (user, text) => after(slack.command(text, { user, channel: name })),
    fillIn: async (user, values) => {
      const [view] = await slack.look<{ id: string }[]>(`views?user=${user}`);
      return await after(slack.control('submit', { user, view_id: view?.id, values }));
    },
  };
}

interface Pressed {
  readonly action_id: string;
  readonly value: string;
  readonly text: { readonly text: string };
}
const buttonsOf = ({ blocks = [] }: Shown): readonly Pressed[] =>
  (blocks as { type: string; elements?: Pressed[] }[]).flatMap(({ type, elements = [] }) =>
    type === 'actions' ? elements : [],
  );

/** May not be repeated, and can be looked at. */
const onlyOnce = `${written('{approvers: {roles: [responder]}}').replace('shop.restart', 'shop.exec')}    verify:
      - {action: shop.look, with: {}, expect: "\${{ result.value == 1 }}", within: 1m, interval: 10s}
`;

const plain = written('{approvers: {roles: [responder]}}');

test('only a member with the role approves: not who asked, not a guest, not somebody of another organisation', async () => {
  const { click, heard, on, shown } = await played(plain);
  await click('alice', 'Run Restart the shop…');
  expect((await on.run()).status).toBe('waiting_approval');
  for (const [user, says] of [
    ['alice', 'You asked for this run, so somebody else must approve it. Who may: responder.'],
    ['gina', 'Only members of this workspace may do that'],
    ['eve', 'not people of other organisations'],
  ] as const) {
    await click(user, 'Approve');
    await expect.poll(() => heard(user)).toContain(says);
  }
  expect((await on.run()).approvals[0]?.decisions).toEqual([]);
  await click('bob', 'Approve');
  expect((await on.run()).status).toBe('succeeded');
  expect(JSON.stringify(await shown('approved by bob'))).not.toContain('"actions"');
});

test('two people who click at once are two approvals, and one of them twice is one', async () => {
  const { click, on } = await played(written('{approvers: {roles: [responder]}, min_approvals: 2}'));
  await click('alice', 'Run Restart the shop…');
  await Promise.all([click('bob', 'Approve'), click('bob', 'Approve')]);
  expect((await on.run()).approvals[0]?.decisions).toHaveLength(1);
  await Promise.all([click('carol', 'Approve'), click('bob', 'Approve')]);
  expect(await on.run()).toMatchObject({ status: 'succeeded', approvals: [{ status: 'approved' }] });
  expect((await on.run()).approvals[0]?.decisions.map(({ by }) => by.name)).toEqual(['bob', 'carol']);
  expect(on.actions.attempts('shop.restart')).toHaveLength(1);
});

test('two groups, each with its comment: a form asks for it, the group of each is asked of Slack', async () => {
  const { click, fillIn, heard, on, shown, type } = await played(
    written(
      '{approvers: {slack_usergroups: [sre-oncall], roles: [manager]}, at_least: {sre-oncall: 1, manager: 1}, min_approvals: 2, comment: required}',
    ),
  );
  await click('alice', 'Run Restart the shop…');
  await click('bob', 'Approve…');
  expect(await fillIn('bob', {})).toMatchObject({ error: 'input_required' });
  expect(await fillIn('bob', { comment: { value: 'the queue is drained' } })).toEqual({ ok: true });
  expect((await on.run()).approvals[0]?.decisions).toMatchObject([{ comment: 'the queue is drained' }]);
  expect(JSON.stringify(await shown('approved by bob'))).toContain('at least 1 of manager');
  await type('carol', '/playbook approve');
  expect(await fillIn('carol', { comment: { value: 'agreed' } })).toEqual({ ok: true });
  expect(await on.run()).toMatchObject({ status: 'succeeded' });
  expect(await heard('carol')).toBe('');
});

test('a card that an older plan was on is refused, whoever clicks it', async () => {
  const { click, heard, on, shown, type } = await played(plain);
  await click('alice', 'Run Restart the shop…');
  const first = await shown('may this be done?');
  await type('carol', '/automation stop looking');
  await click('bob', 'Approve');
  await on.passes('6m');
  await type('carol', '/automation resume');
  await on.passes('5s');
  expect((await on.run()).approvals.map(({ status }) => status)).toEqual(['void', 'waiting']);
  const { id } = await on.run();
  const [old] = buttonsOf(first);
  expect(old?.value.startsWith(`${id}/approve.1/`)).toBe(true);
  const by = await on.chat.describe('U0CAROL' as never);
  const [, approval = '', digest = ''] = old?.value.split('/') ?? [];
  const late = await on.asks(by, { kind: 'approve', run: id, approval, digest });
  expect(late).toMatchObject({ reason: 'approval_outdated', done: false });
  await click('carol', 'Approve');
  await on.passes('5s');
  expect((await on.run()).status).toBe('succeeded');
  expect(await heard('bob')).toContain('Approved');
});

test('before it expires the approvers are called in the thread of the card, by their user group', async () => {
  const { click, on, slack } = await played(
    written('{approvers: {slack_usergroups: [sre-oncall], slack_users: [U0CAROL]}, expires_in: 20m}'),
  );
  await click('alice', 'Run Restart the shop…');
  await on.passes('16m');
  const { channel } = await on.incident();
  const replies = (await slack.messagesIn(channel?.name ?? '')).filter(
    ({ thread_ts, ts }) => thread_ts && thread_ts !== ts,
  );
  expect(replies).toHaveLength(1);
  expect(JSON.stringify(replies[0]?.blocks)).toContain('⏰ <!subteam^S0SRE> <@U0CAROL> Restart the shop still waits');
  expect(replies[0]?.thread_ts).toBe((await on.run()).approvals[0]?.message?.ts);
});

test('a question is answered in its form, is told at its field what is wrong, and by command', async () => {
  const ask = `  - {id: which, action: ask, with: {question: How many?, answer: {type: integer, minimum: 1, maximum: 9}}}
  - {id: why, action: ask, with: {question: Why?, answer: {type: string, enum: [slow, down]}}}
`;
  const { click, fillIn, on, shown, type } = await played(written('{approvers: {roles: [responder]}}', ask));
  await click('alice', 'Run Restart the shop…');
  await click('bob', 'Answer…', await shown('How many?'));
  expect(await fillIn('bob', { answer: { value: '70' } })).toMatchObject({
    response_action: 'errors',
    errors: { answer: expect.stringContaining('at most 9') },
  });
  expect(await fillIn('bob', { answer: { value: '7' } })).toEqual({ ok: true });
  expect((await on.run()).steps[0]).toMatchObject({ status: 'succeeded', outputs: { answer: 7 } });
  await type('bob', '/playbook answer down');
  expect((await on.run()).steps[1]).toMatchObject({ outputs: { answer: 'down' } });
  expect(JSON.stringify(await shown('Why?'))).toContain('answered by bob');
});

test('an outcome that nobody knows is looked at, said, or done again with a new approval, by four buttons', async () => {
  const { click, on, shown } = await played(onlyOnce);
  on.actions.goes['shop.exec'] = [async () => ({ kind: 'unknown', message: 'the line went dead' }), worked()];
  await click('alice', 'Run Restart the shop…');
  await click('bob', 'Approve');
  expect(await on.run()).toMatchObject({ status: 'needs_attention', steps: [{}, { status: 'unknown' }] });
  const labels = buttonsOf(await shown('outcome is unknown')).map(({ text }) => text.text);
  expect(labels).toEqual(['Verify now', 'It worked', 'It failed', 'Retry']);
  await click('bob', 'Retry');
  expect((await on.run()).approvals.map(({ status }) => status)).toEqual(['void', 'waiting']);
  expect(on.actions.attempts('shop.exec')).toHaveLength(1);
  await click('carol', 'Approve');
  await on.passes('20s');
  expect(await on.run()).toMatchObject({ status: 'succeeded' });
  expect(on.actions.attempts('shop.exec')).toHaveLength(2);
});

test('what is not known any more is verified on request, and the run goes on from what is found', async () => {
  const { click, on } = await played(onlyOnce);
  on.actions.goes['shop.exec'] = [async () => ({ kind: 'unknown', message: 'the line went dead' })];
  await click('alice', 'Run Restart the shop…');
  await click('bob', 'Approve');
  await click('bob', 'Verify now');
  await on.passes('20s');
  expect(await on.run()).toMatchObject({ status: 'succeeded' });
  expect(on.actions.attempts('shop.exec')).toHaveLength(1);
});
