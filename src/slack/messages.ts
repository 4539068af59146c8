/** Messages: posted once whatever happens to the answer, edited in place, pinned. */
import { ChatFailure } from '../domain/failures.ts';
import type { ChannelRef, MessageRef } from '../domain/ids.ts';
import type { Chat, ChatPost } from '../engine/ports.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import { render } from './render.ts';

export type Messages = Pick<Chat, 'post' | 'edit' | 'pin'>;

const metadataType = 'tocsin';
const pinUrgency = 5;
/** How far back a lost post is looked for: 5 pages of 200, the newest first. */
const pageSize = 200;
const mostPages = 5;

interface Sought {
  readonly channel: ChannelRef;
  readonly key: string;
  readonly urgency: number;
  readonly thread: string | undefined;
}

const soughtFor = ({ key, urgency, thread }: ChatPost, channel: ChannelRef): Sought => ({
  channel,
  key,
  urgency,
  thread,
});

/** Said of a channel that was deleted, or archived: another one may have its name. */
const gone = new Set(['channel_not_found', 'is_archived']);

interface Seen {
  readonly ts?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: object };
}

export function createMessages(api: Api, channels: Channels): Messages {
  async function post(wanted: ChatPost): Promise<MessageRef> {
    const channel = await channels.resolve(wanted.channel, wanted.urgency);
    try {
      return {
        channel,
        ts: (wanted.maybePosted && (await findPosted(soughtFor(wanted, channel)))) || (await send(channel, wanted)),
      };
    } catch (error) {
      if (error instanceof ChatFailure && gone.has(error.code)) channels.forget(wanted.channel);
      throw error;
    }
  }

  async function send(channel: ChannelRef, { content, key, urgency, thread }: ChatPost): Promise<string> {
    const metadata = { event_type: metadataType, event_payload: { key } };
    const posted = await channels.inside(channel, urgency, () =>
      api.call({ method: 'chat.postMessage', channel, urgency }, (slack) =>
        slack.chat.postMessage({
          ...{ channel, ...render(content), metadata, unfurl_links: false, unfurl_media: false },
          ...(thread && { thread_ts: thread }),
        }),
      ),
    );
    return posted.ts ?? '';
  }

  async function findPosted(sought: Sought): Promise<string | undefined> {
    const me = await api.whoAmI();
    const isIt = (message: Seen): boolean =>
      (message.user === me.userId || message.bot_id === me.botId) && keyOf(message) === sought.key;
    let cursor = '';
    for (let n = 0; n < mostPages; n += 1) {
      const { messages = [], response_metadata } = await page(sought, cursor);
      const found = messages.find(isIt);
      if (found) return found.ts;
      cursor = response_metadata?.next_cursor ?? '';
      if (!cursor) return undefined;
    }
    return undefined;
  }

  /** A reply is not in the channel's history, only in its thread's. */
  function page({ channel, urgency, thread }: Sought, cursor: string) {
    const args = { channel, include_all_metadata: true, limit: pageSize, ...(cursor && { cursor }) };
    return channels.inside(channel, urgency, () =>
      thread
        ? api.call({ method: 'conversations.replies', urgency }, (slack) =>
            slack.conversations.replies({ ...args, ts: thread }),
          )
        : api.call({ method: 'conversations.history', urgency }, (slack) => slack.conversations.history(args)),
    );
  }

  return {
    post,
    edit: async ({ channel, ts }, paint, urgency) => {
      await api.call({ method: 'chat.update', urgency }, async (slack) =>
        slack.chat.update({ channel, ts, ...render(await paint()) }),
      );
    },
    pin: async ({ channel, ts }) => {
      const pinned = channels.inside(channel, pinUrgency, () =>
        api.call({ method: 'pins.add', urgency: pinUrgency }, (slack) => slack.pins.add({ channel, timestamp: ts })),
      );
      await pinned.catch(unless('already_pinned'));
    },
  };
}

const keyOf = ({ metadata }: Seen): unknown =>
  metadata?.event_type === metadataType && metadata.event_payload && 'key' in metadata.event_payload
    ? metadata.event_payload.key
    : undefined;

/** Lets a refusal pass that means: it is as wanted already. */
const unless =
  (code: string) =>
  (error: unknown): void => {
    if (!(error instanceof ChatFailure) || error.code !== code) throw error;
  };
