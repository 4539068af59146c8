/** What provokes each error of chat.*. */
import { type Case, type Cases, GENERAL, type Given, NO_TS, NOWHERE, section } from '../support/stage.ts';
import type { Json } from '../support/workspace.ts';

/** Where a message goes wrong by what it says, whichever method says it. */
const contentErrors = (given: (content: Json) => Given): Record<string, Case> => ({
  no_text: given({ text: ' ' }),
  invalid_blocks: given({ blocks: [{ type: 'marquee' }] }),
  invalid_blocks_format: given({ blocks: 'not json' }),
  msg_blocks_too_long: given({ blocks: Array.from({ length: 5 }, () => section('x'.repeat(2700))) }),
  too_many_attachments: given({ attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) }),
  markdown_text_conflict: given({ text: 'x', markdown_text: '**x**' }),
});

const metadataErrors = (given: (content: Json) => Given): Record<string, Case> => ({
  metadata_too_large: given({ text: 'x', metadata: { event_type: 'x', event_payload: { x: 'x'.repeat(9000) } } }),
  invalid_metadata_format: given({ text: 'x', metadata: 'not json' }),
  invalid_metadata_schema: given({ text: 'x', metadata: { event_type: 'no_payload' } }),
});

const posting =
  (content: Json): Given =>
  () => ({ channel: GENERAL, ...content });
const editing =
  (content: Json): Given =>
  async (stage) => ({
    channel: GENERAL,
    ts: await stage.post(GENERAL),
    ...content,
  });
const whispering = (content: Json): Given => posting({ user: 'U0ALICE', ...content });
const withoutPublic = (text: string): object => ({
  display_information: { name: 'App' },
  features: { bot_user: { display_name: text } },
  oauth_config: { scopes: { bot: ['chat:write', 'channels:history'] } },
  settings: { socket_mode_enabled: true },
});

export const chat: Cases = {
  'chat.postMessage': {
    ok: posting({ text: 'hello', blocks: [section()], metadata: { event_type: 'x', event_payload: { y: 1 } } }),
    errors: {
      ...contentErrors(posting),
      ...metadataErrors(posting),
      channel_not_found: () => ({ channel: NOWHERE, text: 'x' }),
      is_archived: async (stage) => ({ channel: await stage.archived(), text: 'x' }),
      not_in_channel: { options: { manifest: withoutPublic('app') }, given: posting({ text: 'x' }) },
      invalid_thread_ts: posting({ text: 'x', thread_ts: NO_TS }),
    },
  },
  'chat.update': {
    ok: editing({ text: 'x'.repeat(4000) }),
    errors: {
      ...contentErrors(editing),
      ...metadataErrors(editing),
      channel_not_found: () => ({ channel: NOWHERE, ts: NO_TS, text: 'x' }),
      is_archived: async (stage) => {
        const channel = await stage.room();
        const ts = await stage.post(channel);
        await stage.must('conversations.archive', { channel });
        return { channel, ts, text: 'x' };
      },
      message_not_found: posting({ ts: NO_TS, text: 'x' }),
      cant_update_message: async (stage) => ({ channel: GENERAL, ts: await stage.said(), text: 'x' }),
      msg_too_long: editing({ text: 'x'.repeat(4001) }),
    },
  },
  'chat.delete': {
    ok: editing({}),
    errors: {
      channel_not_found: () => ({ channel: NOWHERE, ts: NO_TS }),
      message_not_found: posting({ ts: NO_TS }),
      cant_delete_message: async (stage) => ({ channel: GENERAL, ts: await stage.said() }),
    },
  },
  'chat.postEphemeral': {
    ok: whispering({ text: 'psst' }),
    errors: {
      ...contentErrors(whispering),
      channel_not_found: () => ({ channel: NOWHERE, user: 'U0ALICE', text: 'x' }),
      is_archived: async (stage) => ({ channel: await stage.archived(), user: 'U0ALICE', text: 'x' }),
      not_in_channel: { options: { manifest: withoutPublic('app') }, given: whispering({ text: 'x' }) },
      user_not_in_channel: posting({ user: 'U0EVE', text: 'x' }),
    },
  },
  'chat.getPermalink': {
    ok: async (stage) => ({ channel: GENERAL, message_ts: await stage.post(GENERAL) }),
    errors: {
      channel_not_found: () => ({ channel: NOWHERE, message_ts: NO_TS }),
      message_not_found: posting({ message_ts: NO_TS }),
    },
  },
};
