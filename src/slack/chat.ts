/** The engine's `Chat`, on Slack. */
import type { Instant } from '../domain/ids.ts';
import type { Chat, Telemetry } from '../engine/ports.ts';
import type { Api } from './api.ts';
import { createCalling } from './calling.ts';
import { createChannels } from './channels.ts';
import { createUpload } from './files.ts';
import { createGroups } from './groups.ts';
import { createInvite } from './invite.ts';
import { createLookup } from './lookup.ts';
import { createMessages } from './messages.ts';
import { createPeople, type RoleBook } from './people.ts';

export interface ChatParts {
  readonly api: Api;
  readonly roles: RoleBook;
  readonly telemetry: Telemetry;
  readonly now: () => Instant;
}

export function createChat({ api, roles, telemetry, now }: ChatParts): Chat {
  const channels = createChannels(api, telemetry);
  const lookup = createLookup(api, channels);
  const groups = createGroups({ api, telemetry, now });
  const people = createPeople({ api, roles, telemetry, now, groups });
  const calling = createCalling({ api, roles, telemetry, now, groups });
  return {
    ...createMessages(api, { channels, lookup, calling }),
    openChannel: channels.open,
    setTopic: channels.setTopic,
    invite: createInvite(api, { channels, people, telemetry }),
    upload: createUpload(api, { channels, lookup }),
    describe: people.describe,
  };
}
