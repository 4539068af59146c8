/** What is new for a person in a channel: messages of others that they have not seen, and how many are for them. */
import type { Message } from '../messages.ts';
import type { Json } from '../refusal.ts';
import type { Channel, User } from '../workspace.ts';
import type { World } from '../world.ts';

export function newsFor(world: World, channel: Channel, user: User | undefined): Json {
  if (!user) return {};
  const read = world.reads.get(readKey(user.id, channel.id)) ?? '';
  const unread = [...channel.messages.values()].filter((message) => message.ts > read && isNews(message, user));
  const calls = callsOf(world, user);
  const isForMe = ({ text, blocks }: Message) =>
    calls.some((call) => `${text} ${JSON.stringify(blocks)}`.includes(call));
  const mentions = channel.kind === 'im' ? unread : unread.filter(isForMe);
  return { read, unread: unread.length, mentions: mentions.length };
}

export const readKey = (user: string, channel: string) => `${user} ${channel}`;

/** Slack counts neither replies in threads nor "has joined" and the like. */
const isNews = ({ user: author, subtype, thread_ts, ts }: Message, user: User) =>
  author !== user.id && !subtype?.startsWith('channel_') && (thread_ts === undefined || thread_ts === ts);

function callsOf({ workspace }: World, { id }: User): string[] {
  const groups = [...workspace.usergroups.values()].filter(({ users }) => users.includes(id));
  return [`<@${id}`, ...groups.map((group) => `<!subteam^${group.id}`), '<!channel', '<!here', '<!everyone'];
}
