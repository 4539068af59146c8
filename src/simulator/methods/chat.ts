/** chat.*: messages are posted, edited, deleted, shown to one person, linked to. */
import { isTimestamp, type Message, named } from '../messages.ts';
import { emit } from '../payloads.ts';
import { refuse } from '../refusal.ts';
import { shown } from '../shown.ts';
import { type Channel, findChannel } from '../workspace.ts';
import { type Call, channelOf, type Handlers, isIn, messageOf, mustBeOpen, seesChannel } from './call.ts';
import { botMessage, readContent, readMetadata, saysNothing, threadOf } from './compose.ts';
import { openWith } from './membership.ts';

/** Slack: chat.update refuses what chat.postMessage would still take. */
const LONGEST_EDIT = 4_000;

export const chat: Handlers = {
  'chat.postMessage': (call) => {
    const channel = placeToPost(call);
    const content = readContent(call);
    if (saysNothing(content)) throw refuse('no_text');
    const metadata = readMetadata(call);
    const thread_ts = threadOf(channel, call.args.text('thread_ts'));
    const message: Message = { ...botMessage(call.world, content), metadata, thread_ts };
    channel.messages.set(message.ts, message);
    if (isIn(call.world, channel))
      emit(call.world, eventOf(channel), { ...shown(channel, message, false), channel: channel.id });
    return { channel: channel.id, ts: message.ts, message: shown(channel, message, true) };
  },
  'chat.update': (call) => {
    const channel = channelOf(call);
    const message = ownMessage(call, channel, 'cant_update_message');
    // Not in the method's list of errors; nothing can be written in an archived channel.
    mustBeOpen(channel);
    const content = readContent(call);
    if (saysNothing(content)) throw refuse('no_text');
    if (content.text.length > LONGEST_EDIT) throw refuse('msg_too_long');
    const metadata = readMetadata(call);
    applyEdit(call, message, content);
    if (metadata) message.metadata = Object.keys(metadata).length ? metadata : undefined;
    const { ts, ...edited } = shown(channel, message, true);
    return { channel: channel.id, ts, text: message.text, message: edited };
  },
  'chat.delete': (call) => {
    const channel = channelOf(call);
    const message = ownMessage(call, channel, 'cant_delete_message');
    channel.messages.delete(message.ts);
    channel.pins = channel.pins.filter((ts) => ts !== message.ts);
    return { channel: channel.id, ts: message.ts };
  },
  'chat.postEphemeral': (call) => {
    const channel = placeToPost(call);
    const to = call.args.text('user');
    if (!channel.members.has(to)) throw refuse('user_not_in_channel');
    const content = readContent(call);
    if (saysNothing(content)) throw refuse('no_text');
    const message = botMessage(call.world, content);
    const thread_ts = call.args.has('thread_ts') ? call.args.text('thread_ts') : undefined;
    call.world.ephemerals.push({ ...message, thread_ts, channel: channel.id, to });
    return { message_ts: message.ts };
  },
  'chat.getPermalink': (call) => {
    const channel = channelOf(call);
    const { ts } = messageOf(call, channel, 'message_ts');
    return { channel: channel.id, permalink: permalink(call, channel, ts) };
  },
};

const permalink = (call: Call, channel: Channel, ts: string) =>
  `${call.world.baseUrl()}/archives/${channel.id}/p${ts.replace('.', '')}`;

const EVENTS = { public: 'message.channels', private: 'message.groups', im: 'message.im', mpim: 'message.mpim' };
export const eventOf = (channel: Channel) => EVENTS[channel.kind];

/** A channel by id or name, or a person, whose direct messages are opened. */
function placeToPost(call: Call): Channel {
  const { world, args } = call;
  const wanted = args.text('channel');
  if (world.workspace.users.has(wanted)) return openWith(call, [wanted]);
  const channel = findChannel(world.workspace, wanted);
  if (!channel || !seesChannel(world, channel)) throw refuse('channel_not_found');
  mustBeOpen(channel);
  if (!isIn(world, channel) && !world.app.scopes.has('chat:write.public')) throw refuse('not_in_channel');
  return channel;
}

function ownMessage(call: Call, channel: Channel, otherwise: string): Message {
  if (!isTimestamp(call.args.text('ts'))) throw refuse('message_not_found');
  const message = messageOf(call, channel, 'ts');
  const isOwn = message.user === call.world.workspace.botUserId && !message.subtype;
  if (!isOwn) throw refuse(otherwise);
  return message;
}

/** Slack: a text without blocks takes the old blocks away; attachments stay until an empty list comes. */
function applyEdit({ world, args }: Call, message: Message, content: ReturnType<typeof readContent>): void {
  const hasText = args.has('text') || args.has('markdown_text');
  if (content.blocks || hasText) {
    message.blocks = content.blocks?.length ? named(content.blocks, () => world.nextId('b')) : undefined;
  }
  if (hasText) message.text = content.text;
  if (content.attachments) message.attachments = content.attachments.length ? content.attachments : undefined;
  message.edited = { user: message.user, ts: world.nextTs() };
}
