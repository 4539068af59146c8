/** Invitations: a hundred people a call, and one whom Slack does not let in keeps nobody else out. */
import { ChatFailure } from '../domain/failures.ts';
import type { ChannelRef } from '../domain/ids.ts';
import type { Chat, Telemetry } from '../engine/ports.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import type { People } from './people.ts';

/** Slack: 100 users a call. */
const mostInvited = 100;
const urgency = 4;

/** About a person, not about the channel or us. */
const personal = new Set([
  'already_in_channel',
  'cant_invite',
  'cant_invite_self',
  'no_user',
  'org_user_not_in_team',
  'ura_max_channels',
  'user_is_restricted',
  'user_not_found',
  'user_disabled',
]);
/** Where they are wanted, already. */
const harmless = new Set(['already_in_channel', 'cant_invite_self']);

export function createInvite(
  api: Api,
  { channels, people, telemetry }: { channels: Channels; people: People; telemetry: Telemetry },
): Chat['invite'] {
  async function inviteAll(channel: ChannelRef, users: readonly string[]): Promise<void> {
    try {
      await channels.inside(channel, urgency, () =>
        api.call({ method: 'conversations.invite', urgency }, (slack) =>
          slack.conversations.invite({ channel, users: users.join(','), force: true }),
        ),
      );
    } catch (error) {
      if (!(error instanceof ChatFailure) || !personal.has(error.code)) throw error;
      if (users.length === 1) return sayWhoIsLeftOut(channel, users, error);
      for (const user of users) await inviteAll(channel, [user]);
    }
  }

  function sayWhoIsLeftOut(channel: ChannelRef, users: readonly string[], { code }: ChatFailure): void {
    if (!harmless.has(code)) telemetry.log.warn('Slack does not let somebody into a channel', { channel, users, code });
  }

  return async (channel, users, groups) => {
    const [me, members] = await Promise.all([api.whoAmI(), people.membersOf(groups)]);
    const all = [...new Set<string>([...users, ...members])].filter((user) => user !== me.userId);
    for (let i = 0; i < all.length; i += mostInvited) await inviteAll(channel, all.slice(i, i + mostInvited));
  };
}
