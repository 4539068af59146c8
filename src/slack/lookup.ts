/** Looks for a message of our own whose answer may have been lost, before it is sent a second time. */
import type { ChannelRef } from '../domain/ids.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';

export interface Place {
  readonly channel: ChannelRef;
  readonly urgency: number;
  /** A reply is not in the channel's history, only in its thread's. */
  readonly thread?: string | undefined;
}

export interface Seen {
  readonly ts?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: object };
  readonly files?: readonly { readonly name?: string | null }[];
}

/** The time stamp of the newest message of ours that is it. */
export type Lookup = (place: Place, isIt: (message: Seen) => boolean) => Promise<string | undefined>;

/** How far back a lost post is looked for: 5 pages of 200, the newest first. */
const pageSize = 200;
const mostPages = 5;

export function createLookup(api: Api, channels: Channels): Lookup {
  return async (place, isIt) => {
    const me = await api.whoAmI();
    const isOurs = ({ user, bot_id }: Seen): boolean => user === me.userId || bot_id === me.botId;
    let cursor = '';
    for (let n = 0; n < mostPages; n += 1) {
      const { messages = [], response_metadata } = await page(place, cursor);
      const found = (messages as readonly Seen[]).find((message) => isOurs(message) && isIt(message));
      if (found) return found.ts;
      cursor = response_metadata?.next_cursor ?? '';
      if (!cursor) return undefined;
    }
    return undefined;
  };

  function page({ channel, urgency, thread }: Place, cursor: string) {
    const args = { channel, include_all_metadata: true, limit: pageSize, ...(cursor && { cursor }) };
    return channels.inside(channel, urgency, () =>
      thread
        ? api.call({ method: 'conversations.replies', urgency }, (slack) =>
            slack.conversations.replies({ ...args, ts: thread }),
          )
        : api.call({ method: 'conversations.history', urgency }, (slack) => slack.conversations.history(args)),
    );
  }
}
