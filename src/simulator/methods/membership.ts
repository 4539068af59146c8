/** conversations.join, .invite, .kick, .members, .open: who is in which conversation. */
import { emit } from '../payloads.ts';
import { refuse } from '../refusal.ts';
import { addChannel, type Channel, type User } from '../workspace.ts';
import type { World } from '../world.ts';
import { type Call, channelOf, type Handlers, mustBeIn, mustBeOpen, mustBeRoom, page, userOf } from './call.ts';
import { shownChannel, tooManyUsers } from './conversations.ts';

/** Slack: "up to 100 users" in one invitation. */
const MOST_INVITED = 100;
/** Slack: a conversation of up to 8 people besides the caller. */
const MOST_OPENED = 8;

export const membership: Handlers = {
  'conversations.members': (call) => {
    const { items, response_metadata } = page(call, [...channelOf(call).members], {
      size: 100,
      most: 1000,
      badLimit: 'invalid_limit',
    });
    return { members: items, response_metadata };
  },
  'conversations.join': (call) => {
    const channel = channelOf(call);
    if (channel.kind !== 'public') throw refuse('method_not_supported_for_channel_type');
    mustBeOpen(channel);
    const already = channel.members.has(call.world.workspace.botUserId);
    enter(call.world, channel, call.world.workspace.botUserId);
    const warning = already ? { warning: 'already_in_channel' } : {};
    return { channel: shownChannel(call.world, channel), ...warning };
  },
  'conversations.invite': (call) => {
    const channel = channelOf(call);
    mustBeRoom(channel);
    mustBeOpen(channel);
    mustBeIn(call, channel);
    const ids = idsIn(call.args.text('users'));
    if (!ids.length) throw refuse('no_user');
    if (ids.length > MOST_INVITED) throw tooManyUsers(MOST_INVITED);
    const verdicts = ids.map((user) => ({ user, ok: false, error: whyNot(call, channel, user) }));
    const errors = verdicts.filter(({ error }) => error);
    const mayPass = call.args.flag('force') && errors.length < ids.length;
    if (errors[0] && !mayPass) throw refuse(errors[0].error ?? 'cant_invite', { errors });
    for (const { user, error } of verdicts) if (!error) enter(call.world, channel, user);
    return { channel: shownChannel(call.world, channel), ...(errors.length ? { errors } : {}) };
  },
  'conversations.kick': (call) => {
    const channel = channelOf(call);
    mustBeRoom(channel);
    mustBeIn(call, channel);
    const { id } = userOf(call, call.args.text('user'));
    if (id === call.world.workspace.botUserId) throw refuse('cant_kick_self');
    if (channel.is_general) throw refuse('cant_kick_from_general');
    if (!channel.members.delete(id)) throw refuse('not_in_channel');
    return { errors: {} };
  },
  'conversations.open': (call) => {
    const channel = call.args.has('channel') ? channelOf(call) : openWith(call, idsIn(call.args.text('users')));
    return { channel: call.args.flag('return_im') ? shownChannel(call.world, channel) : { id: channel.id } };
  },
};

const idsIn = (list: string) => [
  ...new Set(
    list
      .split(',')
      .map((id) => id.trim())
      .filter(Boolean),
  ),
];

export function enter(world: World, channel: Channel, user: string): void {
  if (channel.members.has(user)) return;
  channel.members.add(user);
  const ts = world.nextTs();
  const text = `<@${user}> has joined the channel`;
  channel.messages.set(ts, { ts, user, text, subtype: 'channel_join', reactions: [] });
  emit(world, 'member_joined_channel', {
    type: 'member_joined_channel',
    user,
    channel: channel.id,
    channel_type: channel.kind === 'private' ? 'G' : 'C',
    team: world.workspace.teamId,
  });
}

function whyNot({ world }: Call, channel: Channel, id: string): string | undefined {
  const user = world.workspace.users.get(id);
  if (!user) return 'user_not_found';
  if (id === world.workspace.botUserId) return 'cant_invite_self';
  if (channel.members.has(id)) return 'already_in_channel';
  if (user.is_stranger || user.deleted) return 'cant_invite';
  if (user.is_ultra_restricted && isSomewhere(world.workspace.channels, user)) return 'ura_max_channels';
  return undefined;
}

/** A single-channel guest has room for one channel. */
const isSomewhere = (channels: Map<string, Channel>, user: User) =>
  [...channels.values()].some(({ kind, members }) => kind !== 'im' && members.has(user.id));

export function openWith(call: Call, ids: string[]): Channel {
  if (!ids.length) throw refuse('users_list_not_supplied');
  if (ids.length > MOST_OPENED) throw refuse('too_many_users');
  return conversationOf(
    call.world,
    ids.map((id) => userOf(call, id)),
  );
}

/** The app's direct conversation with these people, begun if there is none. */
export function conversationOf({ workspace, clock }: World, users: User[]): Channel {
  const creator = workspace.botUserId;
  const members = [creator, ...users.map(({ id }) => id)];
  const isSame = (one: Channel) => one.members.size === members.length && members.every((id) => one.members.has(id));
  const kind = users.length === 1 ? 'im' : 'mpim';
  const found = [...workspace.channels.values()].find((one) => one.kind === kind && isSame(one));
  const name = kind === 'im' ? '' : `mpdm-${users.map((user) => user.name).join('--')}-1`;
  return found ?? addChannel(workspace, { name, kind, creator, members, nowMs: clock.now() });
}
