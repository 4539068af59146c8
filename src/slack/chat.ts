/** The engine's `Chat`, on Slack. */
import type { WebClient } from '@slack/web-api';
import type { Instant } from '../domain/ids.ts';
import type { Chat, Telemetry } from '../engine/ports.ts';
import { createApi } from './api.ts';
import { createChannels } from './channels.ts';
import { createUpload } from './files.ts';
import { createInvite } from './invite.ts';
import { createLookup } from './lookup.ts';
import { createMessages } from './messages.ts';
import type { Pacer } from './pacing.ts';
import { createPeople, type RoleBook } from './people.ts';

export interface ChatParts {
  readonly slack: WebClient;
  readonly pacer: Pacer;
  readonly roles: RoleBook;
  readonly telemetry: Telemetry;
  readonly now: () => Instant;
}

export function createChat({ slack, pacer, roles, telemetry, now }: ChatParts): Chat {
  const api = createApi(slack, pacer);
  const channels = createChannels(api, telemetry);
  const lookup = createLookup(api, channels);
  const people = createPeople({ api, roles, telemetry, now });
  return {
    ...createMessages(api, channels, lookup),
    openChannel: channels.open,
    setTopic: channels.setTopic,
    invite: createInvite(api, { channels, people, telemetry }),
    upload: createUpload(api, { channels, lookup }),
    describe: people.describe,
  };
}
