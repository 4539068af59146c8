/** The Web API as Slack's reference documents it: arguments, scopes, tier, token and errors of each method. */
import type { ChannelKind } from '../workspace.ts';

export type Tier = 1 | 2 | 3 | 4 | 'special' | 'posting';
export type ArgType = 'string' | 'boolean' | 'number' | 'json';
/** Any one of the scopes will do; where the kind of conversation decides, each kind has its own. */
export type Scopes = readonly string[] | Readonly<Record<ChannelKind, readonly string[]>>;

export interface MethodRow {
  /** `name!` is required, `name:type` is not a string. */
  args: string;
  tier: Tier;
  token?: 'bot' | 'app';
  scopes?: Scopes;
  errors: string;
}

const MANAGE: Scopes = {
  public: ['channels:manage'],
  private: ['groups:write'],
  im: ['im:write'],
  mpim: ['mpim:write'],
};
const INVITE: Scopes = {
  public: ['channels:manage', 'channels:write.invites'],
  private: ['groups:write', 'groups:write.invites'],
  im: ['im:write'],
  mpim: ['mpim:write'],
};
const TOPIC: Scopes = {
  public: ['channels:manage', 'channels:write.topic'],
  private: ['groups:write', 'groups:write.topic'],
  im: ['im:write', 'im:write.topic'],
  mpim: ['mpim:write', 'mpim:write.topic'],
};
const READ: Scopes = { public: ['channels:read'], private: ['groups:read'], im: ['im:read'], mpim: ['mpim:read'] };
const HISTORY: Scopes = {
  public: ['channels:history'],
  private: ['groups:history'],
  im: ['im:history'],
  mpim: ['mpim:history'],
};

const MESSAGE_ARGS =
  'channel! text blocks:json attachments:json markdown_text parse link_names:boolean as_user:boolean username icon_emoji icon_url thread_ts';
const WRITING_ERRORS = 'channel_not_found is_archived no_text invalid_blocks invalid_blocks_format msg_blocks_too_long';
const METADATA_ERRORS = 'metadata_too_large invalid_metadata_format invalid_metadata_schema';
const NAME_ERRORS =
  'invalid_name_required invalid_name_punctuation invalid_name_maxlength invalid_name_specials name_taken';
const ITEM_ERRORS = 'bad_timestamp channel_not_found message_not_found';
const TRIGGER_ERRORS =
  'invalid_trigger_id expired_trigger_id exchanged_trigger_id view_too_large duplicate_external_id';
const PAGE = 'cursor limit:number';
const WINDOW = 'inclusive:boolean latest oldest include_all_metadata:boolean';
const WRONG_KIND = 'method_not_supported_for_channel_type';

export const METHODS: Readonly<Record<string, MethodRow>> = {
  'auth.test': { args: '', tier: 'special', errors: '' },
  'apps.connections.open': { args: '', tier: 3, token: 'app', errors: '' },
  'team.info': { args: 'team domain', tier: 3, scopes: ['team:read'], errors: 'team_not_found' },
  'bots.info': { args: 'bot team_id', tier: 3, scopes: ['users:read'], errors: 'bot_not_found' },

  'users.info': { args: 'user! include_locale:boolean', tier: 4, scopes: ['users:read'], errors: 'user_not_found' },
  'users.list': {
    args: `${PAGE} include_locale:boolean team_id`,
    tier: 2,
    scopes: ['users:read'],
    errors: 'invalid_cursor',
  },
  'users.lookupByEmail': { args: 'email!', tier: 3, scopes: ['users:read.email'], errors: 'users_not_found' },
  'usergroups.list': {
    args: 'include_count:boolean include_disabled:boolean include_users:boolean team_id',
    tier: 2,
    scopes: ['usergroups:read'],
    errors: '',
  },
  'usergroups.users.list': {
    args: 'usergroup! include_disabled:boolean team_id',
    tier: 2,
    scopes: ['usergroups:read'],
    errors: 'no_such_subteam',
  },

  'conversations.create': {
    args: 'name! is_private:boolean team_id',
    tier: 2,
    scopes: MANAGE,
    errors: NAME_ERRORS,
  },
  'conversations.info': {
    args: 'channel! include_locale:boolean include_num_members:boolean',
    tier: 3,
    scopes: READ,
    errors: 'channel_not_found',
  },
  'conversations.list': {
    args: `${PAGE} exclude_archived:boolean team_id types`,
    tier: 2,
    scopes: READ,
    errors: 'invalid_cursor invalid_limit invalid_types',
  },
  'conversations.members': {
    args: `channel! ${PAGE}`,
    tier: 4,
    scopes: READ,
    errors: 'channel_not_found invalid_cursor invalid_limit',
  },
  'conversations.join': {
    args: 'channel!',
    tier: 3,
    scopes: ['channels:join'],
    errors: `channel_not_found is_archived ${WRONG_KIND}`,
  },
  'conversations.invite': {
    args: 'channel! users! force:boolean',
    tier: 3,
    scopes: INVITE,
    errors: `channel_not_found is_archived not_in_channel already_in_channel cant_invite_self cant_invite no_user user_not_found ura_max_channels ${WRONG_KIND}`,
  },
  'conversations.kick': {
    args: 'channel! user!',
    tier: 3,
    scopes: MANAGE,
    errors: `channel_not_found not_in_channel cant_kick_self cant_kick_from_general user_not_found ${WRONG_KIND}`,
  },
  'conversations.rename': {
    args: 'channel! name!',
    tier: 2,
    scopes: MANAGE,
    errors: `channel_not_found is_archived not_in_channel ${NAME_ERRORS} ${WRONG_KIND}`,
  },
  'conversations.archive': {
    args: 'channel!',
    tier: 2,
    scopes: MANAGE,
    errors: `channel_not_found already_archived cant_archive_general not_in_channel ${WRONG_KIND}`,
  },
  'conversations.unarchive': {
    args: 'channel!',
    tier: 2,
    scopes: MANAGE,
    errors: `channel_not_found not_archived ${WRONG_KIND}`,
  },
  'conversations.setTopic': {
    args: 'channel! topic!',
    tier: 2,
    scopes: TOPIC,
    errors: `channel_not_found is_archived not_in_channel too_long ${WRONG_KIND}`,
  },
  'conversations.setPurpose': {
    args: 'channel! purpose!',
    tier: 2,
    scopes: TOPIC,
    errors: `channel_not_found is_archived not_in_channel too_long ${WRONG_KIND}`,
  },
  'conversations.history': {
    args: `channel! ${PAGE} ${WINDOW}`,
    tier: 3,
    scopes: HISTORY,
    errors: 'channel_not_found not_in_channel invalid_cursor invalid_ts_latest invalid_ts_oldest',
  },
  'conversations.replies': {
    args: `channel! ts! ${PAGE} ${WINDOW}`,
    tier: 3,
    scopes: HISTORY,
    errors: 'channel_not_found not_in_channel thread_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest',
  },
  'conversations.open': {
    args: 'channel users return_im:boolean prevent_creation:boolean',
    tier: 3,
    scopes: MANAGE,
    errors: 'channel_not_found user_not_found users_list_not_supplied too_many_users',
  },

  'chat.postMessage': {
    args: `${MESSAGE_ARGS} metadata:json mrkdwn:boolean reply_broadcast:boolean unfurl_links:boolean unfurl_media:boolean`,
    tier: 'posting',
    scopes: ['chat:write'],
    errors: `${WRITING_ERRORS} ${METADATA_ERRORS} not_in_channel too_many_attachments markdown_text_conflict invalid_thread_ts`,
  },
  'chat.update': {
    args: 'channel! ts! text blocks:json attachments:json markdown_text metadata:json parse link_names:boolean as_user:boolean file_ids:json reply_broadcast:boolean',
    tier: 3,
    scopes: ['chat:write'],
    errors: `${WRITING_ERRORS} ${METADATA_ERRORS} message_not_found cant_update_message msg_too_long too_many_attachments markdown_text_conflict`,
  },
  'chat.delete': {
    args: 'channel! ts! as_user:boolean',
    tier: 3,
    scopes: ['chat:write'],
    errors: 'channel_not_found message_not_found cant_delete_message',
  },
  'chat.postEphemeral': {
    args: `${MESSAGE_ARGS} user!`,
    tier: 4,
    scopes: ['chat:write'],
    errors: `${WRITING_ERRORS} not_in_channel user_not_in_channel too_many_attachments markdown_text_conflict`,
  },
  'chat.getPermalink': {
    args: 'channel! message_ts!',
    tier: 'special',
    errors: 'channel_not_found message_not_found',
  },

  'views.open': { args: 'view!:json trigger_id interactivity_pointer', tier: 4, errors: TRIGGER_ERRORS },
  'views.push': {
    args: 'view!:json trigger_id interactivity_pointer',
    tier: 4,
    errors: `${TRIGGER_ERRORS} push_limit_reached`,
  },
  'views.update': {
    args: 'view!:json view_id external_id hash',
    tier: 4,
    errors: 'not_found hash_conflict view_too_large duplicate_external_id',
  },
  'views.publish': {
    args: 'view!:json user_id! hash',
    tier: 4,
    errors: 'not_enabled hash_conflict view_too_large user_not_found',
  },

  'reactions.add': {
    args: 'channel! name! timestamp!',
    tier: 3,
    scopes: ['reactions:write'],
    errors: `${ITEM_ERRORS} already_reacted invalid_name is_archived too_many_emoji`,
  },
  'reactions.remove': {
    args: 'name! channel timestamp file file_comment',
    tier: 2,
    scopes: ['reactions:write'],
    errors: `${ITEM_ERRORS} no_reaction no_item_specified`,
  },
  'reactions.get': {
    args: 'channel timestamp file file_comment full:boolean',
    tier: 3,
    scopes: ['reactions:read'],
    errors: `${ITEM_ERRORS} no_item_specified`,
  },
  'pins.add': {
    args: 'channel! timestamp',
    tier: 2,
    scopes: ['pins:write'],
    errors: `${ITEM_ERRORS} already_pinned no_item_specified not_in_channel too_many_pins`,
  },
  'pins.list': { args: 'channel!', tier: 2, scopes: ['pins:read'], errors: 'channel_not_found' },
  'pins.remove': {
    args: 'channel! timestamp',
    tier: 2,
    scopes: ['pins:write'],
    errors: `${ITEM_ERRORS} no_pin no_item_specified`,
  },
  'bookmarks.add': {
    args: 'channel_id! title! type! link emoji entity_id parent_id access_level',
    tier: 2,
    scopes: ['bookmarks:write'],
    errors: 'channel_not_found invalid_bookmark_type invalid_link invalid_emoji too_many_bookmarks',
  },
  'bookmarks.edit': {
    args: 'channel_id! bookmark_id! title link emoji',
    tier: 2,
    scopes: ['bookmarks:write'],
    errors: 'channel_not_found not_found invalid_link invalid_emoji',
  },
  'bookmarks.list': { args: 'channel_id!', tier: 3, scopes: ['bookmarks:read'], errors: 'channel_not_found' },
  'bookmarks.remove': {
    args: 'channel_id! bookmark_id! quip_section_id',
    tier: 2,
    scopes: ['bookmarks:write'],
    errors: 'channel_not_found not_found',
  },
  'files.getUploadURLExternal': {
    // The reference says alt_txt; Slack's own SDK sends alt_text.
    args: 'filename! length!:number alt_txt alt_text snippet_type',
    tier: 4,
    scopes: ['files:write'],
    errors: 'alt_txt_too_large snippet_too_large file_upload_size_restricted',
  },
  'files.completeUploadExternal': {
    args: 'files!:json channel_id channels initial_comment thread_ts blocks:json',
    tier: 4,
    scopes: ['files:write'],
    errors:
      'file_not_found channel_not_found not_in_channel is_archived channels_limit_exceeded invalid_blocks invalid_blocks_format msg_blocks_too_long invalid_thread_ts',
  },
  'files.info': {
    args: `file! count:number page:number ${PAGE}`,
    tier: 4,
    scopes: ['files:read'],
    errors: 'file_not_found',
  },
};

/** What any method may answer before it looks at its own business. */
const COMMON_ERRORS = ['not_authed', 'invalid_auth', 'not_allowed_token_type', 'invalid_arguments'] as const;

export function errorsOf(name: string): string[] {
  const row = METHODS[name];
  const own = row?.errors.split(' ').filter(Boolean) ?? [];
  return [...COMMON_ERRORS, ...(row?.scopes ? ['missing_scope'] : []), 'ratelimited', ...own];
}
