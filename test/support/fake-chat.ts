/** A chat that remembers: posts by key with their newest content, channels, topics, files; it can be down, or lose an answer. */
import { ChatFailure } from '../../src/domain/failures.ts';
import type { ChannelRef, MessageRef, UserRef } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Chat, ChatFile, ChatPost } from '../../src/engine/ports.ts';
import { person } from './people.ts';

export interface Posted {
  readonly key: string;
  readonly channel: string;
  readonly ts: string;
  readonly thread?: string;
  content: Message;
  edits: number;
}

export interface FakeChat extends Chat {
  readonly posts: Posted[];
  readonly channels: { readonly id: ChannelRef; readonly name: string; readonly mark: string; topic: string }[];
  readonly files: ChatFile[];
  readonly pinned: MessageRef[];
  readonly invited: { readonly channel: string; readonly users: readonly UserRef[] }[];
  /** `down`: nothing gets through. `forgetful`: posts get through, their answers do not. A code: refused for good. */
  mood: 'well' | 'down' | 'forgetful' | { readonly refuses: string };
  /** Summaries of what a channel shows now, oldest first. */
  shows(channel: string): readonly string[];
  /** Posts whose key begins so. */
  of(kind: string): readonly Posted[];
}

export function fakeChat(): FakeChat {
  const chat: FakeChat = {
    posts: [],
    channels: [],
    files: [],
    pinned: [],
    invited: [],
    mood: 'well',
    shows: (channel) => chat.posts.filter((post) => post.channel === channel).map(({ content }) => content.summary),
    of: (kind) => chat.posts.filter(({ key }) => key.startsWith(`${kind}.`)),
    openChannel: async ({ name, mark }) => {
      reached(chat);
      const known = chat.channels.find((channel) => channel.mark === mark);
      if (known) return { channel: known.id, name: known.name };
      const opened = { id: `C${chat.channels.length + 1}` as ChannelRef, name, mark, topic: '' };
      chat.channels.push(opened);
      return { channel: opened.id, name };
    },
    setTopic: async (id, topic) => {
      reached(chat);
      const channel = chat.channels.find((candidate) => candidate.id === id);
      if (channel) channel.topic = topic;
    },
    invite: async (channel, users) => {
      reached(chat);
      chat.invited.push({ channel, users });
    },
    post: async (post) => posted(chat, post),
    edit: async (message, paint) => {
      reached(chat);
      const post = chat.posts.find(({ ts }) => ts === message.ts);
      if (!post) throw new ChatFailure('message_not_found', { retryable: false });
      post.content = await paint();
      post.edits += 1;
    },
    pin: async (message) => {
      reached(chat);
      chat.pinned.push(message);
    },
    upload: async (file) => {
      reached(chat);
      chat.files.push(file);
    },
    describe: async (user) => person(user.toLowerCase()),
  };
  return chat;
}

function reached({ mood }: FakeChat): void {
  if (mood === 'down') throw new ChatFailure('service_unavailable', { retryable: true });
  if (typeof mood === 'object') throw new ChatFailure(mood.refuses, { retryable: false });
}

/** Looks before it posts only where it is told that an earlier try may have got through, as the port says. */
function posted(chat: FakeChat, { key, channel, content, maybePosted, thread }: ChatPost): MessageRef {
  reached(chat);
  const earlier = maybePosted ? chat.posts.find((post) => post.key === key) : undefined;
  const post = earlier ?? {
    key,
    channel,
    ts: `${chat.posts.length + 1}.0`,
    content,
    edits: 0,
    ...(thread && { thread }),
  };
  if (!earlier) chat.posts.push(post);
  if (chat.mood === 'forgetful') throw new ChatFailure('timeout', { retryable: true });
  return { channel: channel as ChannelRef, ts: post.ts };
}
