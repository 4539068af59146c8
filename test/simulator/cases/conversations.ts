/** What provokes each error of conversations.*. */
import { defaultSeed } from '../../../src/simulator/workspace.ts';
import { type Case, type Cases, GENERAL, type Given, NO_TS, NOWHERE, type Stage } from '../support/stage.ts';
import type { Json } from '../support/workspace.ts';

const nowhere =
  (more: Json = {}): Given =>
  () => ({ channel: NOWHERE, ...more });
const outside =
  (more: Json = {}): Given =>
  () => ({ channel: GENERAL, ...more });
const inRoom =
  (more: Json = {}): Given =>
  async (stage) => ({ channel: await stage.room(), ...more });
const inArchived =
  (more: Json = {}): Given =>
  async (stage) => ({ channel: await stage.archived(), ...more });
const inDirect =
  (more: Json = {}): Given =>
  async (stage) => ({ channel: await stage.direct(), ...more });
const inGeneral =
  (more: Json = {}): Given =>
  async (stage) => {
    await stage.must('conversations.join', { channel: GENERAL });
    return { channel: GENERAL, ...more };
  };

/** A name goes wrong the same way when a channel is made and when it is renamed. */
const badNames = (given: (name: string) => Given): Record<string, Case> => ({
  invalid_name_required: given(''),
  invalid_name_punctuation: given('---'),
  invalid_name_maxlength: given('x'.repeat(81)),
  invalid_name_specials: given('Not This'),
  name_taken: given('general'),
});

const singleChannelGuest = {
  ...defaultSeed,
  users: [...defaultSeed.users, { id: 'U0URA', name: 'ura', is_ultra_restricted: true }],
  channels: [{ name: 'general', members: ['alice', 'ura'] }],
};

const WRONG_KIND = 'method_not_supported_for_channel_type';
const noteErrors = (name: 'topic' | 'purpose'): Record<string, Case> => ({
  channel_not_found: nowhere({ [name]: 'x' }),
  is_archived: inArchived({ [name]: 'x' }),
  not_in_channel: outside({ [name]: 'x' }),
  too_long: inRoom({ [name]: 'x'.repeat(251) }),
  [WRONG_KIND]: inDirect({ [name]: 'x' }),
});

const invited = async (stage: Stage) => {
  const channel = await stage.room();
  await stage.must('conversations.invite', { channel, users: 'U0ALICE' });
  return channel;
};

export const conversations: Cases = {
  'conversations.create': { ok: () => ({ name: 'inc-1' }), errors: badNames((name) => () => ({ name })) },
  'conversations.info': { ok: outside(), errors: { channel_not_found: nowhere() } },
  'conversations.list': {
    ok: () => ({ types: 'public_channel,private_channel' }),
    errors: {
      invalid_cursor: () => ({ cursor: 'nonsense' }),
      invalid_limit: () => ({ limit: 0 }),
      invalid_types: () => ({ types: 'open_channel' }),
    },
  },
  'conversations.members': {
    ok: outside(),
    errors: {
      channel_not_found: nowhere(),
      invalid_cursor: outside({ cursor: 'nonsense' }),
      invalid_limit: outside({ limit: -1 }),
    },
  },
  'conversations.join': {
    ok: outside(),
    errors: { channel_not_found: nowhere(), is_archived: inArchived(), [WRONG_KIND]: inDirect() },
  },
  'conversations.invite': {
    ok: inRoom({ users: 'U0ALICE,U0BOB' }),
    errors: {
      channel_not_found: nowhere({ users: 'U0ALICE' }),
      is_archived: inArchived({ users: 'U0ALICE' }),
      not_in_channel: outside({ users: 'U0EVE' }),
      already_in_channel: async (stage) => ({ channel: await invited(stage), users: 'U0ALICE' }),
      cant_invite_self: inRoom({ users: 'U0BOT' }),
      cant_invite: inRoom({ users: 'U0EVE' }),
      no_user: inRoom({ users: '' }),
      user_not_found: inRoom({ users: 'U0NOBODY' }),
      ura_max_channels: { options: { workspace: singleChannelGuest }, given: inRoom({ users: 'U0URA' }) },
      [WRONG_KIND]: inDirect({ users: 'U0BOB' }),
    },
  },
  'conversations.kick': {
    ok: async (stage) => ({ channel: await invited(stage), user: 'U0ALICE' }),
    errors: {
      channel_not_found: nowhere({ user: 'U0ALICE' }),
      not_in_channel: inRoom({ user: 'U0ALICE' }),
      cant_kick_self: inRoom({ user: 'U0BOT' }),
      cant_kick_from_general: inGeneral({ user: 'U0ALICE' }),
      user_not_found: inRoom({ user: 'U0NOBODY' }),
      [WRONG_KIND]: inDirect({ user: 'U0ALICE' }),
    },
  },
  'conversations.rename': {
    ok: inRoom({ name: 'inc-2' }),
    errors: {
      ...badNames((name) => inRoom({ name })),
      channel_not_found: nowhere({ name: 'x' }),
      is_archived: inArchived({ name: 'x' }),
      not_in_channel: outside({ name: 'x' }),
      [WRONG_KIND]: inDirect({ name: 'x' }),
    },
  },
  'conversations.archive': {
    ok: inRoom(),
    errors: {
      channel_not_found: nowhere(),
      already_archived: inArchived(),
      cant_archive_general: inGeneral(),
      not_in_channel: () => ({ channel: 'C000000002' }),
      [WRONG_KIND]: inDirect(),
    },
  },
  'conversations.unarchive': {
    ok: inArchived(),
    errors: { channel_not_found: nowhere(), not_archived: inRoom(), [WRONG_KIND]: inDirect() },
  },
  'conversations.setTopic': { ok: inRoom({ topic: 'x'.repeat(250) }), errors: noteErrors('topic') },
  'conversations.setPurpose': { ok: inRoom({ purpose: 'x'.repeat(250) }), errors: noteErrors('purpose') },
  'conversations.history': {
    ok: inRoom({ limit: 10 }),
    errors: {
      channel_not_found: nowhere(),
      not_in_channel: outside(),
      invalid_cursor: inRoom({ cursor: 'nonsense' }),
      invalid_ts_latest: inRoom({ latest: 'yesterday' }),
      invalid_ts_oldest: inRoom({ oldest: 'yesterday' }),
    },
  },
  'conversations.replies': {
    ok: async (stage) => {
      const channel = await stage.room();
      return { channel, ts: await stage.post(channel) };
    },
    errors: {
      channel_not_found: nowhere({ ts: NO_TS }),
      not_in_channel: async (stage) => ({ channel: GENERAL, ts: await stage.said() }),
      thread_not_found: inRoom({ ts: NO_TS }),
      invalid_cursor: async (stage) => {
        const channel = await stage.room();
        return { channel, ts: await stage.post(channel), cursor: 'nonsense' };
      },
      invalid_ts_latest: async (stage) => {
        const channel = await stage.room();
        return { channel, ts: await stage.post(channel), latest: 'x' };
      },
      invalid_ts_oldest: async (stage) => {
        const channel = await stage.room();
        return { channel, ts: await stage.post(channel), oldest: 'x' };
      },
    },
  },
  'conversations.open': {
    ok: () => ({ users: 'U0ALICE' }),
    errors: {
      channel_not_found: nowhere(),
      user_not_found: () => ({ users: 'U0NOBODY' }),
      users_list_not_supplied: () => ({}),
      too_many_users: () => ({ users: 'U1,U2,U3,U4,U5,U6,U7,U8,U9' }),
    },
  },
};
