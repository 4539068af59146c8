/** A message as Slack shows it to whoever asks: with its reactions, its pin and its thread. */
import type { Message } from './messages.ts';
import type { Json } from './refusal.ts';
import type { Channel } from './workspace.ts';

export const repliesOf = (channel: Channel, ts: string): Message[] =>
  [...channel.messages.values()].filter((message) => message.thread_ts === ts && message.ts !== ts);

/** A message as `conversations.history` shows it: metadata only to who asks for it. */
export function shown(channel: Channel, message: Message, withMetadata: boolean): Json {
  const { metadata, reactions, ...rest } = message;
  const replies = repliesOf(channel, message.ts);
  return {
    type: 'message',
    ...definedOnly(rest),
    ...(reactions.length ? { reactions: reactions.map((one) => ({ ...one, count: one.users.length })) } : {}),
    ...(channel.pins.includes(message.ts) ? { pinned_to: [channel.id] } : {}),
    ...(metadata && withMetadata ? { metadata } : {}),
    ...(replies.length ? threadSummary(message, replies) : {}),
  };
}

const threadSummary = (parent: Message, replies: Message[]) => ({
  thread_ts: parent.ts,
  reply_count: replies.length,
  reply_users: [...new Set(replies.map(({ user }) => user))],
  latest_reply: replies.at(-1)?.ts,
});

const definedOnly = (value: object): Json =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
