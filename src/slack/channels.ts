/** Channels: opened once under a name that Slack takes, found by name, joined where Slack wants us inside. */
import { ChatFailure } from '../domain/failures.ts';
import type { ChannelRef } from '../domain/ids.ts';
import type { Chat, Telemetry } from '../engine/ports.ts';
import type { Api } from './api.ts';
import { createDirectory, type Directory, type ListedChannel } from './directory.ts';
import { cutTo, oneLine } from './text.ts';

export interface Channels {
  open: Chat['openChannel'];
  setTopic: Chat['setTopic'];
  /** The id of a channel that is given by id or by name. */
  resolve(channel: string, urgency: number): Promise<ChannelRef>;
  /** Its name may mean another channel by now: the next one who asks looks again. */
  forget(channel: string): void;
  /** Does it; where Slack wants us in the channel first, joins and does it again. */
  inside<T>(channel: ChannelRef, urgency: number, act: () => Promise<T>): Promise<T>;
}

/** Slack: 80 characters a channel name, 250 a topic or purpose. */
const longestName = 80;
const longestTopic = 250;
const mostNames = 20;
const topicUrgency = 6;

/** Slack: lower-case letters, digits, `-` and `_`. */
export function channelName(wanted: string, ending = ''): string {
  const plain = wanted
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9_-]+/g, '-');
  const tidy = plain.replace(/-{2,}/g, '-').replace(/^[-_]+/, '');
  return `${tidy.slice(0, longestName - ending.length).replace(/[-_]+$/, '') || 'incident'}${ending}`;
}

export function createChannels(api: Api, telemetry: Telemetry): Channels {
  const directory = createDirectory(api);

  async function open({ name, mark, urgency }: Parameters<Chat['openChannel']>[0]) {
    for (let n = 1; n <= mostNames; n += 1) {
      const candidate = channelName(name, n === 1 ? '' : `-${n}`);
      const id = (await create(candidate, urgency)) ?? (await ourOwn(candidate, mark, urgency));
      if (!id) continue;
      await leaveMark(id, mark, urgency);
      directory.learn(candidate, id);
      return { channel: id, name: candidate };
    }
    throw new ChatFailure('name_taken', {
      retryable: false,
      message: `All names from ${channelName(name)} to ${channelName(name, `-${mostNames}`)} are taken in Slack`,
    });
  }

  /** Nothing where the name is taken. */
  async function create(name: string, urgency: number): Promise<ChannelRef | undefined> {
    try {
      const { channel } = await api.call({ method: 'conversations.create', urgency }, (slack) =>
        slack.conversations.create({ name }),
      );
      return (channel?.id ?? '') as ChannelRef;
    } catch (error) {
      if (error instanceof ChatFailure && error.code === 'name_taken') return undefined;
      throw error;
    }
  }

  /** A channel of that name which we opened for the same purpose, and whose answer never reached us. */
  async function ourOwn(name: string, mark: string, urgency: number): Promise<ChannelRef | undefined> {
    const [found, me] = await Promise.all([directory.find(name, urgency), api.whoAmI()]);
    return found && isOurs(found, mark, me.userId) ? found.id : undefined;
  }

  /** The purpose tells our own channel from another's later; the incident does not wait for it. */
  async function leaveMark(channel: ChannelRef, mark: string, urgency: number): Promise<void> {
    try {
      const purpose = cutTo(oneLine(purposeOf(mark)), longestTopic);
      await api.call({ method: 'conversations.setPurpose', urgency }, (slack) =>
        slack.conversations.setPurpose({ channel, purpose }),
      );
    } catch (error) {
      telemetry.log.warn('The purpose of an incident channel could not be set', { channel, error: String(error) });
    }
  }

  async function setTopic(channel: ChannelRef, topic: string): Promise<void> {
    const text = cutTo(oneLine(topic), longestTopic);
    await inside(channel, topicUrgency, () =>
      api.call({ method: 'conversations.setTopic', urgency: topicUrgency }, (slack) =>
        slack.conversations.setTopic({ channel, topic: text }),
      ),
    );
  }

  async function inside<T>(channel: ChannelRef, urgency: number, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ChatFailure) || error.code !== 'not_in_channel') throw error;
      await join(channel, urgency, error);
      return act();
    }
  }

  /** Where Slack does not let us join, what it said first is the better answer. */
  async function join(channel: ChannelRef, urgency: number, first: ChatFailure): Promise<void> {
    try {
      await api.call({ method: 'conversations.join', urgency }, (slack) => slack.conversations.join({ channel }));
    } catch (error) {
      throw error instanceof ChatFailure && !error.retryable ? first : error;
    }
  }

  return {
    ...{ open, setTopic, inside },
    resolve: (channel, urgency) => resolve(directory, channel, urgency),
    forget: (channel) => directory.forget(nameIn(channel)),
  };
}

const nameIn = (channel: string): string => channel.replace(/^#/, '').toLowerCase();

const purposeOf = (mark: string): string => `Opened by Tocsin (${mark})`;

/** Ours when it carries our mark, or none yet: the answer was lost between opening and marking. */
const isOurs = ({ creator, purpose, isArchived }: ListedChannel, mark: string, me: string): boolean =>
  creator === me && !isArchived && (purpose === '' || purpose === cutTo(oneLine(purposeOf(mark)), longestTopic));

async function resolve(directory: Directory, channel: string, urgency: number): Promise<ChannelRef> {
  if (/^[CGD][A-Z0-9]{2,}$/.test(channel)) return channel as ChannelRef;
  const name = nameIn(channel);
  const found = directory.known(name) ?? (await directory.find(name, urgency))?.id;
  if (found) return found;
  throw new ChatFailure('channel_not_found', {
    retryable: false,
    message: `Slack has no channel #${name} that Tocsin can see. Create it, or invite Tocsin where it is private.`,
  });
}
