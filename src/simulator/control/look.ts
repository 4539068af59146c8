/** What the control API shows of the workspace. */
import type { Message } from '../messages.ts';
import { type Json, refuse } from '../refusal.ts';
import { repliesOf } from '../shown.ts';
import { type Channel, findChannel, findUser, type User } from '../workspace.ts';
import type { World } from '../world.ts';
import { newsFor } from './unread.ts';
import type { Wish } from './wish.ts';

export function userNamed(world: World, value: unknown): User {
  const user = findUser(world.workspace, String(value ?? ''));
  if (!user) throw refuse('user_not_found', { detail: `No user "${String(value)}" in the workspace.` });
  return user;
}

export function channelNamed(world: World, value: unknown): Channel {
  const channel = findChannel(world.workspace, String(value ?? ''));
  if (!channel) throw refuse('channel_not_found', { detail: `No channel "${String(value)}" in the workspace.` });
  return channel;
}

/** `state[?user=]`: with a user, also what is new for them. */
export function stateOf({ world, given }: Wish): Json {
  const user = given.user === undefined ? undefined : userNamed(world, given.user);
  const channels = [...world.workspace.channels.values()];
  return {
    ...workspaceOf(world),
    channels: channels.map((one) => ({ ...shownChannel(one), ...newsFor(world, one, user) })),
  };
}

const workspaceOf = (world: World): Json => ({
  ok: true,
  team: { id: world.workspace.teamId, name: world.workspace.teamName },
  app: {
    name: world.app.name,
    description: world.app.description,
    commands: world.app.commands,
    home_tab: world.app.homeTab,
  },
  bot_user_id: world.workspace.botUserId,
  users: [...world.workspace.users.values()],
  usergroups: [...world.workspace.usergroups.values()],
  sockets: world.sockets.connected(),
});

const shownChannel = (channel: Channel): Json => ({
  id: channel.id,
  name: channel.name,
  creator: channel.creator,
  created: channel.created,
  kind: channel.kind,
  topic: channel.topic.value,
  purpose: channel.purpose.value,
  members: [...channel.members],
  pins: channel.pins,
  bookmarks: channel.bookmarks,
  is_archived: channel.is_archived,
  message_count: channel.messages.size,
});

/** `channels/:idOrName/messages[?thread_ts=]`, oldest first. */
export function messagesOf({ world, path, given }: Wish): Json[] {
  if (path[1] !== 'messages') throw refuse('unknown_control', { detail: 'Only channels/:channel/messages is known.' });
  const channel = channelNamed(world, path[0]);
  const thread = given.thread_ts;
  const all = [...channel.messages.values()];
  const wanted = thread === undefined ? all : all.filter(({ ts, thread_ts }) => ts === thread || thread_ts === thread);
  return wanted.map((message) => shownMessage(channel, message));
}

function shownMessage(channel: Channel, message: Message): Json {
  const replies = repliesOf(channel, message.ts).length;
  return {
    ...message,
    ...(replies ? { reply_count: replies } : {}),
    ...(channel.pins.includes(message.ts) ? { pinned: true } : {}),
  };
}

export function ephemeralsFor({ world, given }: Wish): unknown[] {
  const to = given.user === undefined ? undefined : userNamed(world, given.user).id;
  const channel = given.channel === undefined ? undefined : channelNamed(world, given.channel).id;
  return world.ephemerals.filter((one) => (!to || one.to === to) && (!channel || one.channel === channel));
}

export const viewsOf = ({ world, given }: Wish): unknown[] =>
  given.user === undefined
    ? [...world.modals.values()].flat()
    : (world.modals.get(userNamed(world, given.user).id) ?? []);
