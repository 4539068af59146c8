/** The people's side of a run: who may decide, what they are shown, what they say, and what becomes of silence. */
import { describe, expect, test } from 'vitest';
import type { Person } from '../../src/domain/person.ts';
import { firing, group } from '../support/alerts.ts';
import { linesOf } from '../support/lines.ts';
import { alice, bob, carol, dave, guest, person } from '../support/people.ts';
import { type Stage, stage } from '../support/scenario.ts';

const down = group([firing('shop-1')]);

const written = (rest: string): string => `schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
secrets: {token: env:SHOP_TOKEN}
triggers:
  - alert: ['alertname="ShopDown"']
inputs:
  host: {type: host, from: alert.labels.instance}
steps:
${rest}`;

const asking = (more: string): string => `  - id: approve
    action: approval
    with: ${more}
`;
const restart = `  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}"}
`;

const byGroups = written(
  asking(
    '{approvers: {slack_usergroups: [dba, commanders]}, min_approvals: 2, at_least: {dba: 1, commanders: 1}, comment: required}',
  ) + restart,
);
const plain = written(asking('{approvers: {roles: [responder]}, expires_in: 20m}') + restart);
const byTwo = written(asking('{approvers: {roles: [responder]}, min_approvals: 2}') + restart);

const dora = person('dora', { roles: [], groups: ['dba'] });
const dirk = person('dirk', { roles: [], groups: ['dba'] });
const cleo = person('cleo', { roles: [], groups: ['commanders'] });

/** Alice has asked for it. */
async function asked(playbook: string): Promise<Stage> {
  const on = await stage({ playbooks: [playbook] });
  await on.sends(down);
  await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  return on;
}

const approve = (on: Stage, by: Person, comment?: string) =>
  on.asks(by, { kind: 'approve', run: '', approval: '', ...(comment && { comment }) });
const words = async (answer: ReturnType<typeof approve>) => (await answer).message.summary;
const card = (on: Stage): string => {
  const [post] = on.chat.of('post_approval').slice(-1);
  return post ? linesOf(post.content) : '';
};

describe('an approval by two groups, who say why', () => {
  test('counts nobody who says nothing, waits for the second group, and names everybody on the card', async () => {
    const on = await asked(byGroups);
    expect(await words(approve(on, dora))).toBe('This one wants to know why: add a comment.');
    expect(await words(approve(on, dora, 'the replica is fresh'))).toBe(
      'Your approval counts. 1 more is needed: at least 1 of commanders.',
    );
    expect((await approve(on, dirk, 'me too')).reason).toBe('approval_counted');
    expect((await on.run()).status).toBe('waiting_approval');
    expect(on.actions.dispatched).toEqual([]);
    expect((await approve(on, cleo, 'go')).reason).toBe('approved');
    expect((await on.run()).status).toBe('succeeded');
    expect(card(on)).toContain('*dora approved 09:00: the replica is fresh');
    expect(card(on)).toContain('approved by dora and dirk and cleo');
  });

  test('is not given by one person twice, however often they say so', async () => {
    const on = await asked(byGroups);
    await approve(on, dora, 'yes');
    expect((await approve(on, dora, 'really')).reason).toBe('approval_counted_already');
    expect(await words(approve(on, dora, 'really'))).toContain('1 more is needed');
    expect((await on.run()).approvals[0]?.decisions).toHaveLength(1);
  });

  test.each([
    { who: bob, says: 'You are not among its approvers. Who may: @dba, @commanders.' },
    { who: guest, says: 'Only members of this workspace may do that' },
    { who: person('eve', { standing: 'external', groups: ['dba'] }), says: 'Only members of this workspace' },
    { who: person('nobody', { standing: 'unknown', groups: ['dba'] }), says: 'nobody while Slack cannot be asked' },
  ])('is refused to $who.name with who may', async ({ who, says }) => {
    const on = await asked(byGroups);
    expect(await words(approve(on, who, 'yes'))).toContain(says);
    expect((await on.run()).approvals[0]?.decisions).toEqual([]);
  });
});

test('the requester is told that somebody else must, and who', async () => {
  const on = await asked(plain);
  expect(await words(approve(on, alice))).toBe(
    'You asked for this run, so somebody else must approve it. Who may: responder.',
  );
});

test('a rejection says why, on the card and in the run', async () => {
  const on = await asked(plain);
  await on.asks(bob, { kind: 'reject', run: '', approval: '', comment: 'not during the sale' });
  expect(card(on)).toContain('⛔ *bob rejected 09:00: not during the sale');
  expect(await on.run()).toMatchObject({ status: 'failed', outcome: expect.stringContaining('not during the sale') });
});

test('two people who click at the same moment count once each, and one click that comes twice counts once', async () => {
  const on = await asked(byTwo);
  const { desk } = on.engine();
  const card = { kind: 'approve', run: (await on.run()).id, approval: 'approve.1' } as const;
  const click = (by: Person, id: string) => desk.act({ ...card, id: id as never, by });
  const answers = await Promise.all([click(bob, 'slack:1'), click(bob, 'slack:1'), click(bob, 'slack:2')]);
  expect(answers.map(({ reason }) => reason).sort()).toEqual([
    'approval_counted',
    'approval_counted_already',
    'repeated',
  ]);
  expect((await on.run()).approvals[0]?.decisions).toHaveLength(1);
  const both = await Promise.all([click(carol, 'slack:3'), click(person('dan'), 'slack:4')]);
  expect(both.map(({ reason }) => reason).sort()).toEqual(['approval_already_decided', 'approved']);
  await on.passes('1s');
  expect(on.actions.attempts('shop.restart')).toHaveLength(1);
});

test('a click on a card whose plan has changed is refused, and says so', async () => {
  const on = await asked(plain);
  const [first] = (await on.run()).approvals;
  const old = { kind: 'approve', run: (await on.run()).id, approval: first?.id ?? '', digest: 'ffffffff' } as const;
  expect(await words(on.asks(bob, old))).toContain('That card is outdated: this has been asked for again since.');
  expect((await on.run()).status).toBe('waiting_approval');
});

describe('what approvers are shown', () => {
  const shows = written(
    `${asking('{approvers: {roles: [responder]}, show: ["${{ inputs.host }}"], message: Mind the queue}')}  - id: restart
    name: Restart it
    action: shop.restart
    with: {host: "\${{ inputs.host }}", script: "set -e\\nsystemctl restart shop", count: 2}
  - {id: again, action: shop.exec, with: {host: shop-2}}
`,
  );

  test('are the targets, the arguments as they are filled in, what is known, and what the steps say they would do', async () => {
    const on = await stage({ playbooks: [shows] });
    on.actions.plans['shop.restart'] = async ({ host }) => `${String(host)} is active (running) since 08:00`;
    on.actions.plans['shop.exec'] = () => Promise.reject(new Error('connection refused\n  at Socket'));
    await on.sends(down);
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    const digest = (await on.run()).approvals[0]?.digest.slice(0, 8) ?? '';
    const { id } = await on.run();
    expect(card(on).replaceAll(digest, 'DIGEST').replaceAll(id, 'RUN')).toMatchInlineSnapshot(`
      "(Restart the shop: may this be done?) warning
      ✋ *Restart the shop: may this be done?
      Mind the queue
      - *Restart it \`restart: \`shop.restart on shop-1
      - *again: \`shop.exec on shop-2
            \`host=shop-2
      *Restart it, with
      host: shop-1
      script:
        set -e
        systemctl restart shop
      count: 2
      *Known now
      shop-1
      *Restart it would
      shop-1 is active (running) since 08:00
      *again would
      ⚠️ It cannot be foreseen: connection refused
      [Approve] approve RUN/approve.1/DIGEST
      [Approve with a comment…] approve RUN/approve.1/DIGEST
      [Reject…] reject RUN/approve.1/DIGEST
        1 approval by responder, but not by alice, who asked for it · plan \`DIGEST · run \`RUN · expires 09:15"
    `);
    expect(on.actions.dispatched).toEqual([]);
  });

  test('are not the decision: a step that cannot say in 20 s what it would do holds nobody up', async () => {
    const on = await stage({ playbooks: [plain] });
    on.actions.plans['shop.restart'] = () => new Promise(() => undefined);
    await on.sends(down);
    const pending = on.engine().desk.act({
      ...{ kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} },
      ...{ id: 'click' as never, by: alice },
    });
    await pending;
    expect((await on.run()).status).toBe('waiting_approval');
  });

  test('nor are they hashed: a preview that changes voids no approval', async () => {
    const on = await stage({ playbooks: [plain] });
    on.actions.plans['shop.restart'] = async () => 'up for 3 min';
    await on.sends(down);
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    expect((await on.run()).approvals[0]?.previews).toEqual({ restart: 'up for 3 min' });
    await approve(on, bob);
    expect((await on.run()).approvals.map(({ status }) => status)).toEqual(['approved']);
  });
});

describe('silence', () => {
  test('is followed by one reminder under the card, which calls the approvers, and then by the end', async () => {
    const on = await asked(plain);
    const [shown] = on.chat.of('post_approval');
    await on.passes('14m');
    expect(on.chat.of('remind_approval')).toEqual([]);
    await on.passes('2m');
    expect(on.chat.of('remind_approval')).toMatchObject([{ channel: shown?.channel, thread: shown?.ts }]);
    expect(linesOf(on.chat.of('remind_approval')[0]?.content ?? { summary: '', sections: [] })).toContain(
      '⏰ @responder Restart the shop still waits for approval: 1 more is needed. It expires 09:20',
    );
    await on.passes('5m');
    expect(await on.run()).toMatchObject({ status: 'failed', approvals: [{ status: 'expired' }] });
    expect(on.chat.of('remind_approval')).toHaveLength(1);
    expect((await approve(on, bob)).done).toBe(false);
  });

  test('of one group only calls that group', async () => {
    const on = await asked(byGroups);
    await approve(on, dora, 'yes');
    await on.passes('12m');
    const [reminder] = on.chat.of('remind_approval');
    expect(reminder?.content.summary).toBe(
      'Restart the shop still waits for approval: 1 more is needed: at least 1 of commanders',
    );
    expect(JSON.stringify(reminder?.content)).not.toContain('"dba"');
  });

  test('that was broken in time is followed by nothing', async () => {
    const on = await asked(plain);
    await approve(on, bob);
    await on.passes('25m');
    expect(on.chat.of('remind_approval')).toEqual([]);
  });
});

describe('a form', () => {
  const needsMore = `schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
inputs:
  host: {type: host, from: alert.labels.instance}
  replicas: {type: integer, minimum: 1, maximum: 9, description: How many.}
  size: {type: string, enum: [small, large], default: small}
steps:
${restart}`;
  const run = { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} } as const;
  const formOf = async (on: Stage, intent: Parameters<ReturnType<Stage['engine']>['desk']['form']>[0], asks = false) =>
    on.engine().desk.form(intent, asks);

  test('asks for the inputs of a playbook where one is missing, with what the alert says filled in', async () => {
    const on = await stage({ playbooks: [needsMore] });
    await on.sends(down);
    expect(await formOf(on, run)).toMatchObject({
      does: { intent: 'run_playbook', incident: '1' },
      fields: [
        { name: 'host', kind: 'text', initial: 'shop-1', optional: false },
        { name: 'replicas', kind: 'integer', initial: '', minimum: 1, maximum: 9 },
        { name: 'size', kind: 'choice', choices: ['small', 'large'], initial: 'small', optional: true },
      ],
    });
    expect(await formOf(on, { ...run, inputs: { replicas: '3' } })).toBeUndefined();
    expect(await formOf(on, { ...run, inputs: { replicas: 'many' } })).toBeUndefined();
    expect(await formOf(on, { ...run, inputs: { replica: '3' } })).toBeUndefined();
    expect(await formOf(on, { ...run, incident: '7' })).toBeUndefined();
  });

  test('that was filled in wrongly says so at each field', async () => {
    const on = await stage({ playbooks: [needsMore] });
    await on.sends(down);
    const wrong = { ...run, inputs: { host: 'nowhere', replicas: '12' } };
    expect(await on.asks(alice, wrong)).toMatchObject({
      reason: 'inputs_invalid',
      problems: {
        host: expect.stringMatching(/^Must be a host of the inventory/),
        replicas: expect.stringMatching(/^Must be at most 9/),
      },
    });
  });

  test('asks why where the playbook wants to know, or where somebody wants to say', async () => {
    const on = await asked(byGroups);
    const typed = { kind: 'approve', run: '', approval: '' } as const;
    const { id } = await on.run();
    expect(await formOf(on, typed)).toMatchObject({
      fields: [{ name: 'comment', optional: false }],
      does: { intent: 'approve', ref: expect.stringMatching(new RegExp(`^${id}/approve\\.1/\\w{8}$`)) },
    });
    expect(await formOf(on, { ...typed, comment: 'because' })).toBeUndefined();
    const other = await asked(plain);
    expect(await formOf(other, typed)).toBeUndefined();
    expect(await formOf(other, { ...typed, kind: 'reject' }, true)).toMatchObject({ fields: [{ optional: true }] });
  });

  test('is not shown for what is decided: that is said at once', async () => {
    const on = await asked(plain);
    const { id } = await on.run();
    await approve(on, bob);
    const late = { kind: 'reject', run: id, approval: 'approve.1' } as const;
    expect(await formOf(on, late, true)).toMatchObject({ summary: 'This has been decided already.' });
    expect(await formOf(on, { ...late, approval: 'x.9' }, true)).toMatchObject({ sections: expect.anything() });
  });
});

describe('a question', () => {
  const question = (answer: string, more = ''): string =>
    written(`  - id: which
    name: Which queue
    action: ask
    with: {question: Which queue is stuck?, answer: ${answer}${more}}
  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}", queue: "\${{ steps.which.outputs.answer }}"}
`);
  const answer = (on: Stage, value: string, by = bob) => on.asks(by, { kind: 'answer', run: '', step: '', value });
  const asks = (on: Stage): string =>
    linesOf(on.chat.of('post_question').at(-1)?.content ?? { summary: '', sections: [] });

  test('is shown with its button, answered with what was asked for, and the run goes on with it', async () => {
    const on = await asked(question('{type: integer, minimum: 1, maximum: 9}'));
    const { id } = await on.run();
    expect(asks(on).replaceAll(id, 'RUN')).toMatchInlineSnapshot(`
      "(Restart the shop asks: Which queue is stuck?) warning
      ❓ *Restart the shop: asks something
      Which queue is stuck?
      [Answer…] answer RUN/which
        a whole number from 1 to 9 · asked of whoever may start it · run \`RUN · expires 09:15"
    `);
    expect(await answer(on, 'seven')).toMatchObject({
      done: false,
      problems: { answer: expect.stringContaining('Must be a whole number') },
    });
    expect(await answer(on, '7')).toMatchObject({ reason: 'answered', done: true });
    await on.passes('1s');
    expect(on.actions.dispatched).toMatchObject([{ args: { queue: 7 } }]);
    expect(asks(on).replaceAll(id, 'RUN')).toMatchInlineSnapshot(`
      "(Restart the shop asked: Which queue is stuck?) calm
      💬 *Restart the shop: answered by bob
      Which queue is stuck?
      Answer: \`7
        a whole number from 1 to 9 · asked of whoever may start it · run \`RUN"
    `);
  });

  test('has a form of its own kind', async () => {
    const on = await asked(question('{type: string, enum: [mails, orders]}'));
    const { desk } = on.engine();
    expect(await desk.form({ kind: 'answer', run: '', step: '', value: '' }, false)).toMatchObject({
      fields: [{ name: 'answer', kind: 'choice', choices: ['mails', 'orders'] }],
    });
    expect(await desk.form({ kind: 'answer', run: '', step: '', value: 'mails' }, false)).toBeUndefined();
  });

  test('is for those whom it asks, and says whom', async () => {
    const on = await asked(question('{type: string}', ', roles: [responder]'));
    expect((await answer(on, 'mails', dave)).message.summary).toContain('it takes the role responder');
    expect((await answer(on, 'mails', guest)).reason).toBe('not_a_member');
    expect((await on.run()).status).toBe('waiting_answer');
  });

  test('that nobody answers in time fails, and its button is gone', async () => {
    const on = await asked(question('{type: string}', ', expires_in: 10m'));
    await on.passes('11m');
    expect(await on.run()).toMatchObject({ status: 'failed' });
    expect(asks(on)).not.toContain('[Answer…]');
    expect((await answer(on, 'mails')).done).toBe(false);
  });
});
