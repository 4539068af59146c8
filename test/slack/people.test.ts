/** Who somebody is: asked of Slack, believed for a minute, and nobody at all when Slack cannot be asked. */
import { afterEach, expect, test } from 'vitest';
import { type Approval, judgeApproval } from '../../src/domain/approval.ts';
import type { UserRef } from '../../src/domain/ids.ts';
import type { Person } from '../../src/domain/person.ts';
import { memoryBudget } from '../../src/store/memory/budget.ts';
import { approval } from '../support/facts.ts';
import { openWorkspace, type Workspace } from './support/workspace.ts';

let slack: Workspace | undefined;
let nowMs = 1_800_000_000_000;

afterEach(() => slack?.close());

const roles = {
  responder: { users: ['@carol'], groups: ['sre-oncall'] },
  dba: { users: ['U0BOB'], groups: [] },
  // Whoever calls themselves so is not meant.
  boss: { users: ['Gina Guest', 'Alice Adams'], groups: [] },
};

async function open(more: Parameters<typeof openWorkspace>[0] = {}): Promise<Workspace> {
  slack = await openWorkspace({
    ...more,
    slack: { roles, now: () => nowMs, budget: memoryBudget(Date.now), ...more.slack },
  });
  return slack;
}

const describe = (on: Workspace, user: string): Promise<Person> => on.chat.describe(user as UserRef);

/** Anybody in the role, or in the user group, may. */
const asked: Approval = approval({
  spec: { ...approval().spec, approvers: { roles: ['responder', 'dba'], users: [], groups: ['sre-oncall'] } },
});
const judged = (by: Person) =>
  judgeApproval(asked, { by, verdict: 'approve', requestedBy: { kind: 'tocsin' }, now: asked.askedAt });

test('a member has the roles of their user groups, of their id and of their user name, never of the name they chose', async () => {
  const on = await open();
  expect(await describe(on, 'U0ALICE')).toMatchObject({
    roles: ['responder'],
    groups: ['sre-oncall'],
    handle: 'alice',
  });
  expect(await describe(on, 'U0BOB')).toMatchObject({ roles: ['responder', 'dba'], groups: ['sre-oncall'] });
  expect(await describe(on, 'U0CAROL')).toMatchObject({ roles: ['responder'], groups: [], standing: 'member' });
});

test.each([
  ['gina', 'guest', { is_restricted: true }],
  ['ursula', 'guest', { is_ultra_restricted: true }],
  ['eve', 'external', { is_stranger: true }],
  ['tim', 'external', { team_id: 'T0ELSEWHERE' }],
  ['robot', 'bot', { is_bot: true }],
  ['dan', 'unknown', { deleted: true }],
])(
  '%s, a %s, holds no role and is in no group, whatever Slack has them in, and never approves',
  async (name, standing, being) => {
    const user = `U0${name.toUpperCase()}`;
    const on = await open({
      workspace: {
        users: [{ id: user, name, real_name: name, ...being }],
        usergroups: [{ id: 'S0SRE', handle: 'sre-oncall', users: [name] }],
      },
    });
    const person = await describe(on, user);
    expect(person).toMatchObject({ standing, roles: [], groups: [] });
    expect(judged(person)).toBe('not_a_member');
  },
);

test.each(['users.info', 'usergroups.list'])('while %s is not answered, no approval counts', async (method) => {
  const on = await open();
  await on.fault({ kind: 'http_error', method, status: 503, times: 2 });
  expect(judged(await describe(on, 'U0BOB'))).toBe('not_a_member');
});

test('groups that were known are believed for a minute, and not a moment longer while Slack is away', async () => {
  const on = await open();
  expect(judged(await describe(on, 'U0ALICE'))).toBe('approved');
  await on.fault({ kind: 'http_error', method: 'usergroups.list', status: 503, times: 5 });
  nowMs += 59_000;
  expect(judged(await describe(on, 'U0ALICE'))).toBe('approved');
  nowMs += 1_000;
  expect(await describe(on, 'U0ALICE')).toMatchObject({ standing: 'unknown', roles: [], groups: [] });
});

test('a clock that is set back keeps nothing for longer', async () => {
  const on = await open();
  await describe(on, 'U0ALICE');
  const before = await on.calls('usergroups.list');
  nowMs -= 3_600_000;
  await describe(on, 'U0ALICE');
  expect(await on.calls('usergroups.list')).toBe(before + 1);
});

test('whoever leaves a user group is out of it within a minute: Slack is asked again by then', async () => {
  const on = await open();
  await describe(on, 'U0ALICE');
  nowMs += 59_999;
  await describe(on, 'U0ALICE');
  expect(await on.calls('usergroups.list')).toBe(1);
  nowMs += 1;
  await describe(on, 'U0ALICE');
  expect(await on.calls('usergroups.list')).toBe(2);
});

test('where Slack has no user groups (they are of paid plans), roles by name still hold and groups do not', async () => {
  const on = await open();
  await on.fault({ kind: 'error', method: 'usergroups.list', error: 'paid_teams_only' });
  expect(await describe(on, 'U0BOB')).toMatchObject({ roles: ['dba'], groups: [] });
});

test('whom a message calls is notified: user groups, people by id and by name, each once, and nobody unknown', async () => {
  const on = await open();
  const text = (name: string, call: 'role' | 'group' | 'user') => ({ call, name }) as const;
  const calls = [text('responder', 'role'), text('sre-oncall', 'group'), text('U0BOB', 'user'), text('nobody', 'user')];
  const content = {
    summary: 'x',
    sections: [{ kind: 'text' as const, text: calls.flatMap((call) => [call, { text: ' ' }]) }],
  };
  await on.chat.post({ channel: 'general', content, key: 'k', maybePosted: false, urgency: 0 });
  expect(JSON.stringify((await on.messagesIn('general'))[0]?.blocks)).toContain(
    '<!subteam^S0SRE> <@U0CAROL> @sre-oncall <@U0BOB> @nobody',
  );
});

test('a message that calls somebody is posted all the same while Slack cannot say who that is', async () => {
  const on = await open();
  await on.fault({ kind: 'http_error', method: 'usergroups.list', status: 503, times: 2 });
  const content = {
    summary: 'x',
    sections: [{ kind: 'text' as const, text: [{ call: 'group', name: 'sre' } as const] }],
  };
  await on.chat.post({ channel: 'general', content, key: 'k', maybePosted: false, urgency: 0 });
  expect(JSON.stringify((await on.messagesIn('general'))[0]?.blocks)).toContain('@sre');
});
