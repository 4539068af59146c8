/** One call of a method as its handler sees it, and the look-ups most handlers begin with. */
import { isTimestamp, type Message } from '../messages.ts';
import { type Json, refuse } from '../refusal.ts';
import type { Args } from '../rules/args.ts';
import type { Channel, User } from '../workspace.ts';
import type { World } from '../world.ts';

export interface Call {
  world: World;
  args: Args;
}

/** What goes into the answer beside `ok: true`; a `Refusal` is thrown. */
export type Handler = (call: Call) => Json;
export type Handlers = Readonly<Record<string, Handler>>;

/** A private conversation the bot is not in does not exist for it. */
export const seesChannel = ({ workspace }: World, channel: Channel) =>
  channel.kind === 'public' || channel.members.has(workspace.botUserId);

export function channelOf({ world, args }: Call, name = 'channel'): Channel {
  const channel = world.workspace.channels.get(args.text(name));
  if (!channel || !seesChannel(world, channel)) throw refuse('channel_not_found');
  return channel;
}

export const isIn = ({ workspace }: World, channel: Channel) => channel.members.has(workspace.botUserId);

export function mustBeIn(call: Call, channel: Channel): void {
  if (!isIn(call.world, channel)) throw refuse('not_in_channel');
}

export function mustBeOpen(channel: Channel): void {
  if (channel.is_archived) throw refuse('is_archived');
}

export function mustBeRoom(channel: Channel): void {
  if (channel.kind === 'im' || channel.kind === 'mpim') throw refuse('method_not_supported_for_channel_type');
}

export function messageOf(call: Call, channel: Channel, name: string): Message {
  const message = channel.messages.get(call.args.text(name));
  if (!message) throw refuse('message_not_found');
  return message;
}

/** The message a reaction or pin is about. */
export function itemOf(call: Call): { channel: Channel; message: Message } {
  if (!call.args.has('channel') || !call.args.has('timestamp')) throw refuse('no_item_specified');
  const channel = channelOf(call);
  if (!isTimestamp(call.args.text('timestamp'))) throw refuse('bad_timestamp');
  return { channel, message: messageOf(call, channel, 'timestamp') };
}

export function userOf({ world }: Call, id: string): User {
  const user = world.workspace.users.get(id);
  if (!user) throw refuse('user_not_found');
  return user;
}

/** Cursor paging: a cursor names the next item's place. */
export interface PageRule {
  size: number;
  most: number;
  /** Some methods have an error of their own for a limit that is none. */
  badLimit?: string;
}

export function page<T>(call: Call, items: readonly T[], { size, most, badLimit = 'invalid_arguments' }: PageRule) {
  const start = startOf(call.args.text('cursor'));
  const limit = call.args.count('limit', size);
  if (limit < 1 || !Number.isInteger(limit)) throw refuse(badLimit);
  const end = start + Math.min(limit, most);
  const more = end < items.length;
  return {
    items: items.slice(start, end),
    more,
    response_metadata: { next_cursor: more ? Buffer.from(`next:${end}`).toString('base64') : '' },
  };
}

function startOf(cursor: string): number {
  if (!cursor) return 0;
  const place = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString());
  if (!place) throw refuse('invalid_cursor');
  return Number(place[1]);
}
