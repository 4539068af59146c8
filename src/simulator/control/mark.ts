/** A person comes into a channel, has seen it, or hangs an emoji on a message. */
import { enter } from '../methods/membership.ts';
import { emit } from '../payloads.ts';
import { type Json, refuse } from '../refusal.ts';
import { channelNamed, userNamed } from './look.ts';
import { readKey } from './unread.ts';
import type { Wish } from './wish.ts';

export function join({ world, given }: Wish): Json {
  const user = userNamed(world, given.user);
  const channel = channelNamed(world, given.channel);
  if (user.is_restricted || user.is_stranger)
    throw refuse('user_is_restricted', { detail: `${user.name} is a guest and has to be invited.` });
  if (channel.kind !== 'public') throw refuse('method_not_supported_for_channel_type');
  if (channel.is_archived) throw refuse('is_archived');
  enter(world, channel, user.id);
  return { ok: true };
}

export function markRead({ world, given }: Wish): Json {
  const key = readKey(userNamed(world, given.user).id, channelNamed(world, given.channel).id);
  const ts = String(given.ts ?? '');
  if (ts > (world.reads.get(key) ?? '')) world.reads.set(key, ts);
  return { ok: true };
}

/** Once to add it, again to take it away. */
export function react({ world, given }: Wish): Json {
  const user = userNamed(world, given.user).id;
  const channel = channelNamed(world, given.channel);
  const message = channel.messages.get(String(given.ts));
  if (!message) throw refuse('message_not_found');
  const name = String(given.name);
  const users = message.reactions.find((one) => one.name === name)?.users ?? [];
  const isOn = !users.includes(user);
  const next = { name, users: isOn ? [...users, user] : users.filter((one) => one !== user) };
  const others = message.reactions.filter((one) => one.name !== name);
  message.reactions = next.users.length ? [...others, next] : others;
  const type = isOn ? 'reaction_added' : 'reaction_removed';
  emit(world, type, { type, user, reaction: name, item: { type: 'message', channel: channel.id, ts: message.ts } });
  return { ok: true };
}
