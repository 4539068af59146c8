/** A chat that takes everything and shows it to nobody. */
import type { ChannelRef, UserRef } from '../domain/ids.ts';
import type { Chat } from '../engine/ports.ts';

export function silentChat(): Chat {
  let posts = 0;
  const next = (): string => {
    posts += 1;
    return `${posts}.000000`;
  };
  const done = async (): Promise<void> => undefined;
  return {
    openChannel: async ({ name }) => ({ channel: name as ChannelRef, name }),
    setTopic: done,
    invite: done,
    post: async ({ channel }) => ({ channel: channel as ChannelRef, ts: next() }),
    edit: async (_message, paint) => void (await paint()),
    pin: done,
    upload: done,
    describe: async (user: UserRef) => {
      throw new Error(`nobody is asked who ${user} is in a rehearsal`);
    },
  };
}
