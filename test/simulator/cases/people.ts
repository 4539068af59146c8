/** What provokes each error of auth, team, bots, users and user groups. */
import type { Cases } from '../support/stage.ts';

export const people: Cases = {
  'auth.test': { ok: () => ({}), errors: {} },
  'apps.connections.open': { ok: () => ({}), errors: {} },
  'team.info': { ok: () => ({}), errors: { team_not_found: () => ({ team: 'T0OTHER' }) } },
  'bots.info': { ok: () => ({ bot: 'B0BOT' }), errors: { bot_not_found: () => ({ bot: 'B0OTHER' }) } },
  'users.info': { ok: () => ({ user: 'U0ALICE' }), errors: { user_not_found: () => ({ user: 'U0NOBODY' }) } },
  'users.list': { ok: () => ({}), errors: { invalid_cursor: () => ({ cursor: 'nonsense' }) } },
  'users.lookupByEmail': {
    ok: () => ({ email: 'alice@example.com' }),
    errors: { users_not_found: () => ({ email: 'nobody@example.com' }) },
  },
  'usergroups.list': { ok: () => ({ include_users: true }), errors: {} },
  'usergroups.users.list': {
    ok: () => ({ usergroup: 'S0SRE' }),
    errors: { no_such_subteam: () => ({ usergroup: 'S0NONE' }) },
  },
};
