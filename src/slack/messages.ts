/** Messages: posted once whatever happens to the answer, edited in place, pinned. */
import { ChatFailure } from '../domain/failures.ts';
import type { ChannelRef, MessageRef } from '../domain/ids.ts';
import type { Chat, ChatPost } from '../engine/ports.ts';
import type { Api } from './api.ts';
import type { Calling } from './calling.ts';
import type { Channels } from './channels.ts';
import type { Lookup, Seen } from './lookup.ts';
import { render } from './render.ts';

export type Messages = Pick<Chat, 'post' | 'edit' | 'pin'>;

const metadataType = 'tocsin';
const pinUrgency = 5;
/** Said of a channel that was deleted, or archived: another one may have its name. */
const gone = new Set(['channel_not_found', 'is_archived']);

export interface MessagesParts {
  readonly channels: Channels;
  readonly lookup: Lookup;
  readonly calling: Calling;
}

export function createMessages(api: Api, { channels, lookup, calling }: MessagesParts): Messages {
  async function post(wanted: ChatPost): Promise<MessageRef> {
    const channel = await channels.resolve(wanted.channel, wanted.urgency);
    try {
      return {
        channel,
        ts: (wanted.maybePosted && (await findPosted(channel, wanted))) || (await send(channel, wanted)),
      };
    } catch (error) {
      if (error instanceof ChatFailure && gone.has(error.code)) channels.forget(wanted.channel);
      throw error;
    }
  }

  async function send(channel: ChannelRef, { content, key, urgency, thread }: ChatPost): Promise<string> {
    const called = await calling(content);
    const metadata = { event_type: metadataType, event_payload: { key } };
    const posted = await channels.inside(channel, urgency, () =>
      api.call({ method: 'chat.postMessage', channel, urgency }, (slack) =>
        slack.chat.postMessage({
          ...{ channel, ...render(called), metadata, unfurl_links: false, unfurl_media: false },
          ...(thread && { thread_ts: thread }),
        }),
      ),
    );
    return posted.ts ?? '';
  }

  const findPosted = (channel: ChannelRef, { key, urgency, thread }: ChatPost): Promise<string | undefined> =>
    lookup({ channel, urgency, thread }, (message) => keyOf(message) === key);

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
