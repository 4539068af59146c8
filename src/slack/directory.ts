/** The workspace's channels by name: Slack can only be asked for all of them, so what it said is remembered. */
import type { ChannelRef } from '../domain/ids.ts';
import type { Api } from './api.ts';

export interface ListedChannel {
  readonly id: ChannelRef;
  readonly name: string;
  readonly creator: string;
  readonly purpose: string;
  readonly isArchived: boolean;
}

export interface Directory {
  /** What is remembered. A channel that was renamed meanwhile keeps its id. */
  known(name: string): ChannelRef | undefined;
  learn(name: string, id: ChannelRef): void;
  forget(name: string): void;
  /** Asked now. */
  find(name: string, urgency: number): Promise<ListedChannel | undefined>;
}

/** Slack: "under 1000" a page; the more the fewer calls, of which it allows 20 a minute. */
const pageSize = 999;

export function createDirectory(api: Api): Directory {
  const ids = new Map<string, ChannelRef>();

  async function page(cursor: string, urgency: number) {
    const { channels = [], response_metadata } = await api.call({ method: 'conversations.list', urgency }, (slack) =>
      slack.conversations.list({
        types: 'public_channel',
        exclude_archived: false,
        limit: pageSize,
        ...(cursor && { cursor }),
      }),
    );
    const listed = channels.map((channel) => ({
      id: (channel.id ?? '') as ChannelRef,
      name: channel.name ?? '',
      creator: channel.creator ?? '',
      purpose: channel.purpose?.value ?? '',
      isArchived: channel.is_archived ?? false,
    }));
    return { listed, next: response_metadata?.next_cursor ?? '' };
  }

  async function find(name: string, urgency: number): Promise<ListedChannel | undefined> {
    let cursor = '';
    do {
      const { listed, next } = await page(cursor, urgency);
      for (const channel of listed) if (!channel.isArchived) ids.set(channel.name, channel.id);
      const found = listed.find((channel) => channel.name === name);
      if (found) return found;
      cursor = next;
    } while (cursor);
    return undefined;
  }

  return {
    find,
    known: (name) => ids.get(name),
    learn: (name, id) => void ids.set(name, id),
    forget: (name) => void ids.delete(name),
  };
}
