/** Who is who: auth, team, bots, users and user groups. */
import { refuse } from '../refusal.ts';
import type { User } from '../workspace.ts';
import type { World } from '../world.ts';
import { type Handlers, page, userOf } from './call.ts';

export const people: Handlers = {
  'auth.test': ({ world }) => ({
    url: `${world.baseUrl()}/`,
    team: world.workspace.teamName,
    user: world.app.botName,
    team_id: world.workspace.teamId,
    user_id: world.workspace.botUserId,
    bot_id: world.workspace.botId,
    is_enterprise_install: false,
  }),
  'apps.connections.open': ({ world }) => ({ url: world.sockets.ticket() }),
  'team.info': ({ world, args }) => {
    const { teamId, teamName } = world.workspace;
    const isOther = args.has('team') && args.text('team') !== teamId;
    if (isOther || (args.has('domain') && args.text('domain') !== 'local')) throw refuse('team_not_found');
    return { team: { id: teamId, name: teamName, domain: 'local', email_domain: '', icon: {} } };
  },
  'bots.info': ({ world, args }) => {
    const { botId, botUserId } = world.workspace;
    if (args.has('bot') && args.text('bot') !== botId) throw refuse('bot_not_found');
    const { id: app_id, name } = world.app;
    return { bot: { id: botId, deleted: false, name, updated: 0, app_id, user_id: botUserId, icons: {} } };
  },
  'users.info': (call) => {
    const user = userOf(call, call.args.text('user'));
    return { user: { ...shownUser(user, call.world), is_stranger: user.is_stranger } };
  },
  'users.list': (call) => {
    const local = [...call.world.workspace.users.values()].filter((user) => !user.is_stranger);
    const { items, response_metadata } = page(call, local, { size: 1000, most: 1000 });
    return { members: items.map((user) => shownUser(user, call.world)), cache_ts: 0, response_metadata };
  },
  'users.lookupByEmail': ({ world, args }) => {
    const user = [...world.workspace.users.values()].find((one) => !one.is_bot && one.email === args.text('email'));
    if (!user) throw refuse('users_not_found');
    return { user: shownUser(user, world) };
  },
  'usergroups.list': ({ world, args }) => ({
    usergroups: [...world.workspace.usergroups.values()].map(({ id, handle, users }) => ({
      id,
      team_id: world.workspace.teamId,
      is_usergroup: true,
      name: handle,
      handle,
      date_delete: 0,
      ...(args.flag('include_users') ? { users } : {}),
      ...(args.flag('include_count') ? { user_count: users.length } : {}),
    })),
  }),
  'usergroups.users.list': ({ world, args }) => {
    const group = world.workspace.usergroups.get(args.text('usergroup'));
    if (!group) throw refuse('no_such_subteam');
    return { users: group.users };
  },
};

/** Only `users.info` tells a stranger. */
function shownUser({ email, is_stranger: _told, ...user }: User, world: World) {
  const profile = { real_name: user.real_name, display_name: user.name, team: user.team_id };
  return {
    ...user,
    profile: world.app.scopes.has('users:read.email') ? { ...profile, email } : profile,
    tz: 'Etc/UTC',
    tz_offset: 0,
    is_admin: false,
    is_owner: false,
    is_app_user: false,
    updated: 0,
  };
}
