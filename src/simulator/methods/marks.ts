/** reactions.*, pins.* and bookmarks.*: what people hang on a message or a channel. */

import { emit } from '../payloads.ts';
import { refuse } from '../refusal.ts';
import { shown } from '../shown.ts';
import type { Bookmark } from '../workspace.ts';
import { type Call, channelOf, type Handlers, itemOf, mustBeIn, mustBeOpen } from './call.ts';

/** Slack: 23 different emoji of one person, here of the bot, on a message. */
const MOST_EMOJI = 23;
/** Slack names the errors but not the numbers; 100 of each is what people met. */
const MOST_PINS = 100;
const MOST_BOOKMARKS = 100;

const me = (call: Call) => call.world.workspace.botUserId;

export const marks: Handlers = {
  'reactions.add': (call) => {
    const { channel, message } = itemOf(call);
    mustBeOpen(channel);
    const name = call.args.text('name');
    if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw refuse('invalid_name');
    const reaction = message.reactions.find((one) => one.name === name);
    if (reaction?.users.includes(me(call))) throw refuse('already_reacted');
    const mine = message.reactions.filter(({ users }) => users.includes(me(call)));
    if (mine.length >= MOST_EMOJI) throw refuse('too_many_emoji');
    if (reaction) reaction.users.push(me(call));
    else message.reactions.push({ name, users: [me(call)] });
    const item = { type: 'message', channel: channel.id, ts: message.ts };
    emit(call.world, 'reaction_added', { type: 'reaction_added', user: me(call), reaction: name, item });
    return {};
  },
  'reactions.remove': (call) => {
    const { message } = itemOf(call);
    const reaction = message.reactions.find((one) => one.name === call.args.text('name'));
    if (!reaction?.users.includes(me(call))) throw refuse('no_reaction');
    reaction.users = reaction.users.filter((user) => user !== me(call));
    message.reactions = message.reactions.filter(({ users }) => users.length);
    return {};
  },
  'reactions.get': (call) => {
    const { channel, message } = itemOf(call);
    return { type: 'message', channel: channel.id, message: shown(channel, message, false) };
  },
  'pins.add': (call) => {
    const { channel, message } = itemOf(call);
    mustBeIn(call, channel);
    if (channel.pins.includes(message.ts)) throw refuse('already_pinned');
    if (channel.pins.length >= MOST_PINS) throw refuse('too_many_pins');
    channel.pins.push(message.ts);
    emit(call.world, 'pin_added', { type: 'pin_added', user: me(call), channel_id: channel.id });
    return {};
  },
  'pins.list': (call) => {
    const channel = channelOf(call);
    const items = channel.pins.flatMap((ts) => {
      const message = channel.messages.get(ts);
      return message ? [{ type: 'message', channel: channel.id, message: shown(channel, message, false) }] : [];
    });
    return { items };
  },
  'pins.remove': (call) => {
    const { channel, message } = itemOf(call);
    if (!channel.pins.includes(message.ts)) throw refuse('no_pin');
    channel.pins = channel.pins.filter((ts) => ts !== message.ts);
    return {};
  },
  'bookmarks.add': (call) => {
    const channel = channelOf(call, 'channel_id');
    const { args } = call;
    if (args.text('type') !== 'link') throw refuse('invalid_bookmark_type');
    if (!isLink(args.text('link'))) throw refuse('invalid_link');
    mustBeEmoji(args.text('emoji'));
    if (channel.bookmarks.length >= MOST_BOOKMARKS) throw refuse('too_many_bookmarks');
    const created = Math.floor(call.world.clock.now() / 1000);
    const bookmark: Bookmark = {
      id: call.world.nextId('Bk'),
      channel_id: channel.id,
      title: args.text('title'),
      link: args.text('link'),
      emoji: args.text('emoji'),
      type: 'link',
      date_created: created,
      date_updated: 0,
      last_updated_by_user_id: me(call),
    };
    channel.bookmarks.push(bookmark);
    return { bookmark };
  },
  'bookmarks.edit': (call) => {
    const { args } = call;
    const bookmark = bookmarkOf(call);
    if (args.has('link') && !isLink(args.text('link'))) throw refuse('invalid_link');
    mustBeEmoji(args.text('emoji'));
    for (const name of ['title', 'link', 'emoji']) if (args.has(name)) bookmark[name] = args.text(name);
    bookmark.date_updated = Math.floor(call.world.clock.now() / 1000);
    return { bookmark };
  },
  'bookmarks.list': (call) => ({ bookmarks: channelOf(call, 'channel_id').bookmarks }),
  'bookmarks.remove': (call) => {
    const channel = channelOf(call, 'channel_id');
    const { id } = bookmarkOf(call);
    channel.bookmarks = channel.bookmarks.filter((one) => one.id !== id);
    return {};
  },
};

const isLink = (link: string) => /^(https?|mailto):\S+$/.test(link);

function mustBeEmoji(emoji: string): void {
  if (emoji && !/^:[a-z0-9_+'-]+:$/.test(emoji)) throw refuse('invalid_emoji');
}

function bookmarkOf(call: Call): Bookmark {
  const bookmark = channelOf(call, 'channel_id').bookmarks.find(({ id }) => id === call.args.text('bookmark_id'));
  if (!bookmark) throw refuse('not_found');
  return bookmark;
}
