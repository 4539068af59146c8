/** What provokes each error of reactions.*, pins.* and bookmarks.*. */
import { type Case, type Cases, type Given, NO_TS, NOWHERE, type Stage, times } from '../support/stage.ts';
import type { Json } from '../support/workspace.ts';

const onPost =
  (more: Json = {}): Given =>
  async (stage) => ({ ...(await posted(stage)), ...more });

async function posted(stage: Stage): Promise<Json> {
  const channel = await stage.room();
  return { channel, timestamp: await stage.post(channel) };
}

/** An item is missed the same way by reactions and pins. */
const itemErrors = (more: Json = {}): Record<string, Case> => ({
  bad_timestamp: onPost({ timestamp: 'yesterday', ...more }),
  channel_not_found: () => ({ channel: NOWHERE, timestamp: NO_TS, ...more }),
  message_not_found: onPost({ timestamp: NO_TS, ...more }),
});

const after =
  (method: string, more: Json = {}): Given =>
  async (stage) => {
    const item = { ...(await posted(stage)), ...more };
    await stage.must(method, item);
    return item;
  };

const link = { title: 'Runbook', type: 'link', link: 'https://example.com/runbook' };
const bookmarking =
  (more: Json = {}): Given =>
  async (stage) => ({ channel_id: await stage.room(), ...link, ...more });

async function bookmarked(stage: Stage): Promise<Json> {
  const channel_id = await stage.room();
  const { bookmark } = await stage.must('bookmarks.add', { channel_id, ...link });
  return { channel_id, bookmark_id: (bookmark as Json).id };
}
const onBookmark =
  (more: Json = {}): Given =>
  async (stage) => ({ ...(await bookmarked(stage)), ...more });

export const marks: Cases = {
  'reactions.add': {
    ok: onPost({ name: 'eyes' }),
    errors: {
      ...itemErrors({ name: 'eyes' }),
      already_reacted: after('reactions.add', { name: 'eyes' }),
      invalid_name: onPost({ name: 'Not An Emoji' }),
      is_archived: async (stage) => {
        const item = await posted(stage);
        await stage.must('conversations.archive', { channel: item.channel });
        return { ...item, name: 'eyes' };
      },
      too_many_emoji: async (stage) => {
        const item = await posted(stage);
        await times(23, (i) => stage.must('reactions.add', { ...item, name: `emoji${i}` }));
        return { ...item, name: 'eyes' };
      },
    },
  },
  'reactions.remove': {
    ok: after('reactions.add', { name: 'eyes' }),
    errors: {
      ...itemErrors({ name: 'eyes' }),
      no_reaction: onPost({ name: 'eyes' }),
      no_item_specified: () => ({ name: 'eyes' }),
    },
  },
  'reactions.get': { ok: onPost(), errors: { ...itemErrors(), no_item_specified: () => ({}) } },
  'pins.add': {
    ok: onPost(),
    errors: {
      ...itemErrors(),
      already_pinned: after('pins.add'),
      no_item_specified: async (stage) => ({ channel: await stage.room() }),
      not_in_channel: async (stage) => ({ channel: 'C000000001', timestamp: await stage.said() }),
      too_many_pins: async (stage) => {
        const item = await posted(stage);
        const channel = String(item.channel);
        await times(100, async () => stage.must('pins.add', { channel, timestamp: await stage.post(channel) }));
        return item;
      },
    },
  },
  'pins.list': {
    ok: async (stage) => ({ channel: await stage.room() }),
    errors: { channel_not_found: () => ({ channel: NOWHERE }) },
  },
  'pins.remove': {
    ok: after('pins.add'),
    errors: {
      ...itemErrors(),
      no_pin: onPost(),
      no_item_specified: async (stage) => ({ channel: await stage.room() }),
    },
  },
  'bookmarks.add': {
    ok: bookmarking(),
    errors: {
      channel_not_found: () => ({ channel_id: NOWHERE, ...link }),
      invalid_bookmark_type: bookmarking({ type: 'file' }),
      invalid_link: bookmarking({ link: 'no link' }),
      invalid_emoji: bookmarking({ emoji: 'eyes' }),
      too_many_bookmarks: async (stage) => {
        const args = { channel_id: await stage.room(), ...link };
        await times(100, () => stage.must('bookmarks.add', args));
        return args;
      },
    },
  },
  'bookmarks.edit': {
    ok: onBookmark({ title: 'Other' }),
    errors: {
      channel_not_found: onBookmark({ channel_id: NOWHERE }),
      not_found: onBookmark({ bookmark_id: 'Bk0' }),
      invalid_link: onBookmark({ link: 'no link' }),
      invalid_emoji: onBookmark({ emoji: 'eyes' }),
    },
  },
  'bookmarks.list': {
    ok: async (stage) => ({ channel_id: await stage.room() }),
    errors: { channel_not_found: () => ({ channel_id: NOWHERE }) },
  },
  'bookmarks.remove': {
    ok: onBookmark(),
    errors: {
      channel_not_found: onBookmark({ channel_id: NOWHERE }),
      not_found: onBookmark({ bookmark_id: 'Bk0' }),
    },
  },
};
