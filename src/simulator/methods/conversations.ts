/** conversations.*: channels are made, found, named and put away. */
import { emit } from '../payloads.ts';
import { type Json, problems, refuse } from '../refusal.ts';
import { checkName } from '../rules/names.ts';
import { addChannel, type Channel, type ChannelKind, type Note } from '../workspace.ts';
import type { World } from '../world.ts';
import {
  type Call,
  channelOf,
  type Handlers,
  isIn,
  mustBeIn,
  mustBeOpen,
  mustBeRoom,
  page,
  seesChannel,
} from './call.ts';

/** Slack: topic and purpose hold 250 characters. */
const LONGEST_NOTE = 250;
const KINDS: Readonly<Record<string, ChannelKind>> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
};

export const conversations: Handlers = {
  'conversations.create': ({ world, args }) => {
    const { workspace, clock } = world;
    const name = args.text('name');
    checkName(workspace, name);
    const kind = args.flag('is_private') ? 'private' : 'public';
    const creator = workspace.botUserId;
    const channel = addChannel(workspace, { name, kind, creator, members: [creator], nowMs: clock.now() });
    return { channel: shownChannel(world, channel) };
  },
  'conversations.info': (call) => {
    const channel = channelOf(call);
    const members = call.args.flag('include_num_members') ? { num_members: channel.members.size } : {};
    return { channel: { ...shownChannel(call.world, channel), ...members } };
  },
  'conversations.list': (call) => {
    const kinds = listedKinds(call.args.text('types'));
    const found = [...call.world.workspace.channels.values()]
      .filter((channel) => kinds.includes(channel.kind) && seesChannel(call.world, channel))
      .filter((channel) => !(call.args.flag('exclude_archived') && channel.is_archived));
    const { items, response_metadata } = page(call, found, { size: 100, most: 1000, badLimit: 'invalid_limit' });
    return {
      channels: items.map((one) => ({ ...shownChannel(call.world, one), num_members: one.members.size })),
      response_metadata,
    };
  },
  'conversations.rename': (call) => {
    const channel = roomOf(call);
    mustBeOpen(channel);
    mustBeIn(call, channel);
    checkName(call.world.workspace, call.args.text('name'));
    channel.name = call.args.text('name');
    return { channel: shownChannel(call.world, channel) };
  },
  'conversations.archive': (call) => {
    const channel = roomOf(call);
    if (channel.is_archived) throw refuse('already_archived');
    if (channel.is_general) throw refuse('cant_archive_general');
    mustBeIn(call, channel);
    channel.is_archived = true;
    emit(call.world, 'channel_archive', { type: 'channel_archive', channel: channel.id, user: me(call) });
    return {};
  },
  'conversations.unarchive': (call) => {
    const channel = roomOf(call);
    if (!channel.is_archived) throw refuse('not_archived');
    channel.is_archived = false;
    emit(call.world, 'channel_unarchive', { type: 'channel_unarchive', channel: channel.id, user: me(call) });
    return {};
  },
  'conversations.setTopic': (call) => ({ channel: shownChannel(call.world, noteOn(call, 'topic')) }),
  'conversations.setPurpose': (call) => ({ channel: shownChannel(call.world, noteOn(call, 'purpose')) }),
};

export const listedKinds = (types: string): ChannelKind[] =>
  (types || 'public_channel').split(',').map((type) => {
    const kind = KINDS[type.trim()];
    if (!kind) throw refuse('invalid_types');
    return kind;
  });

const me = (call: Call) => call.world.workspace.botUserId;

function roomOf(call: Call): Channel {
  const channel = channelOf(call);
  mustBeRoom(channel);
  return channel;
}

function noteOn(call: Call, name: 'topic' | 'purpose'): Channel {
  const channel = roomOf(call);
  mustBeOpen(channel);
  mustBeIn(call, channel);
  const value = call.args.text(name);
  if (value.length > LONGEST_NOTE) throw refuse('too_long');
  const note: Note = { value, creator: me(call), last_set: Math.floor(call.world.clock.now() / 1000) };
  channel[name] = note;
  const ts = call.world.nextTs();
  const text = `set the channel ${name}: ${value}`;
  channel.messages.set(ts, { ts, user: me(call), text, subtype: `channel_${name}`, reactions: [] });
  return channel;
}

export function shownChannel(world: World, channel: Channel): Json {
  const { id, name, kind, creator, created, is_archived, is_general, topic, purpose } = channel;
  const other = [...channel.members].find((member) => member !== world.workspace.botUserId);
  return {
    id,
    ...(kind === 'im' ? { user: other } : { name, name_normalized: name }),
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_im: kind === 'im',
    is_mpim: kind === 'mpim',
    is_private: kind !== 'public',
    is_member: isIn(world, channel),
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    created,
    creator,
    is_archived,
    is_general,
    context_team_id: world.workspace.teamId,
    topic,
    purpose,
  };
}

export function tooManyUsers(most: number) {
  return problems('invalid_arguments', [`no more than ${most} items allowed [json-pointer:/users]`]);
}
