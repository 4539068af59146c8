/** Block Kit as its reference documents it: the fields of every block, element and composition object, with their lengths. */
export type Shape =
  | { kind: 'text'; max: number; plain: boolean }
  | { kind: 'string'; max: number; oneOf?: readonly string[] }
  | { kind: 'boolean' }
  | { kind: 'number'; min?: number; max?: number }
  | { kind: 'any' }
  | { kind: 'list'; of: Shape; max: number; min: number }
  | { kind: 'row'; name: string }
  | { kind: 'typed'; among: readonly string[] };

export interface Row {
  fields: Readonly<Record<string, Shape>>;
  required: readonly string[];
  /** At least one of these must be there. */
  either?: readonly string[];
}

const mrkdwn = (max: number): Shape => ({ kind: 'text', max, plain: false });
const plain = (max: number): Shape => ({ kind: 'text', max, plain: true });
const string = (max: number): Shape => ({ kind: 'string', max });
const word = (...oneOf: string[]): Shape => ({ kind: 'string', max: 255, oneOf });
const list = (of: Shape, max: number, min = 1): Shape => ({ kind: 'list', of, max, min });
const row = (name: string): Shape => ({ kind: 'row', name });
const typed = (...among: string[]): Shape => ({ kind: 'typed', among });
const flag: Shape = { kind: 'boolean' };
const number: Shape = { kind: 'number' };
const anything: Shape = { kind: 'any' };

const PICKERS = ['static', 'external', 'users', 'conversations', 'channels'].map((of) => `${of}_select`);
const MULTI_PICKERS = PICKERS.map((name) => `multi_${name}`);
const CHOICES = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', 'datetimepicker'];
const INPUTS = ['plain_text_input', 'email_text_input', 'url_text_input', 'number_input'];
const SECTION_ACCESSORIES = [
  'button',
  'overflow',
  'image',
  'workflow_button',
  ...CHOICES.slice(0, 4),
  ...PICKERS,
  ...MULTI_PICKERS,
];
const ACTION_ELEMENTS = ['button', 'overflow', 'workflow_button', ...CHOICES, ...PICKERS];
const INPUT_ELEMENTS = [...INPUTS, ...CHOICES, 'file_input', 'rich_text_input', ...PICKERS, ...MULTI_PICKERS];

export const TEXT_TYPES = ['mrkdwn', 'plain_text'];

const actionable = { action_id: string(255), focus_on_load: flag, confirm: row('confirm') };
const picker = { ...actionable, placeholder: plain(150) };
const options = { options: list(row('option'), 100), option_groups: list(row('option_group'), 100) };
const multi = { max_selected_items: number };
const textInput = {
  action_id: string(255),
  placeholder: plain(150),
  focus_on_load: flag,
  dispatch_action_config: anything,
};
const conversationFilter = { filter: anything, default_to_current_conversation: flag };

/** Blocks by `type`. Slack: 50 in a message, 100 in a view. */
export const BLOCKS: Readonly<Record<string, Row>> = {
  section: {
    fields: {
      text: mrkdwn(3000),
      fields: list(mrkdwn(2000), 10),
      accessory: typed(...SECTION_ACCESSORIES),
      expand: flag,
    },
    required: [],
    either: ['text', 'fields'],
  },
  header: { fields: { text: plain(150) }, required: ['text'] },
  divider: { fields: {}, required: [] },
  context: { fields: { elements: list(typed('image', ...TEXT_TYPES), 10) }, required: ['elements'] },
  actions: { fields: { elements: list(typed(...ACTION_ELEMENTS), 25) }, required: ['elements'] },
  image: {
    fields: { image_url: string(3000), slack_file: anything, alt_text: string(2000), title: plain(2000) },
    required: ['alt_text'],
    either: ['image_url', 'slack_file'],
  },
  input: {
    fields: {
      label: plain(2000),
      element: typed(...INPUT_ELEMENTS),
      hint: plain(2000),
      optional: flag,
      dispatch_action: flag,
    },
    required: ['label', 'element'],
  },
  markdown: { fields: { text: string(12_000) }, required: ['text'] },
  rich_text: { fields: { elements: list(anything, 1000) }, required: ['elements'] },
  table: {
    fields: { rows: list(list(anything, 20), 100), column_settings: list(anything, 20, 0) },
    required: ['rows'],
  },
};

/** Elements by `type`. */
export const ELEMENTS: Readonly<Record<string, Row>> = {
  button: {
    fields: {
      ...actionable,
      text: plain(75),
      value: string(2000),
      url: string(3000),
      style: word('primary', 'danger'),
      accessibility_label: string(75),
    },
    required: ['text'],
  },
  workflow_button: {
    fields: {
      ...actionable,
      text: plain(75),
      workflow: row('workflow'),
      style: word('primary', 'danger'),
      accessibility_label: string(75),
    },
    required: ['text', 'workflow', 'action_id'],
  },
  overflow: { fields: { ...actionable, options: list(row('overflow_option'), 5) }, required: ['options'] },
  image: {
    fields: { image_url: string(3000), slack_file: anything, alt_text: string(2000) },
    required: ['alt_text'],
    either: ['image_url', 'slack_file'],
  },
  static_select: {
    fields: { ...picker, ...options, initial_option: row('option') },
    required: [],
    either: ['options', 'option_groups'],
  },
  external_select: { fields: { ...picker, initial_option: row('option'), min_query_length: number }, required: [] },
  users_select: { fields: { ...picker, initial_user: string(255) }, required: [] },
  conversations_select: {
    fields: { ...picker, ...conversationFilter, initial_conversation: string(255), response_url_enabled: flag },
    required: [],
  },
  channels_select: { fields: { ...picker, initial_channel: string(255), response_url_enabled: flag }, required: [] },
  multi_static_select: {
    fields: { ...picker, ...options, ...multi, initial_options: list(row('option'), 100) },
    required: [],
    either: ['options', 'option_groups'],
  },
  multi_external_select: {
    fields: { ...picker, ...multi, initial_options: list(row('option'), 100), min_query_length: number },
    required: [],
  },
  multi_users_select: { fields: { ...picker, ...multi, initial_users: list(string(255), 100) }, required: [] },
  multi_conversations_select: {
    fields: { ...picker, ...multi, ...conversationFilter, initial_conversations: list(string(255), 100) },
    required: [],
  },
  multi_channels_select: { fields: { ...picker, ...multi, initial_channels: list(string(255), 100) }, required: [] },
  checkboxes: {
    fields: { ...actionable, options: list(row('option'), 10), initial_options: list(row('option'), 10) },
    required: ['options'],
  },
  radio_buttons: {
    fields: { ...actionable, options: list(row('option'), 10), initial_option: row('option') },
    required: ['options'],
  },
  datepicker: { fields: { ...picker, initial_date: string(10) }, required: [] },
  timepicker: { fields: { ...picker, initial_time: string(5), timezone: string(255) }, required: [] },
  datetimepicker: { fields: { ...actionable, initial_date_time: number }, required: [] },
  plain_text_input: {
    fields: { ...textInput, initial_value: string(3000), multiline: flag, min_length: number, max_length: number },
    required: [],
  },
  email_text_input: { fields: { ...textInput, initial_value: string(3000) }, required: [] },
  url_text_input: { fields: { ...textInput, initial_value: string(3000) }, required: [] },
  number_input: {
    fields: {
      ...textInput,
      is_decimal_allowed: flag,
      initial_value: string(3000),
      min_value: string(255),
      max_value: string(255),
    },
    required: ['is_decimal_allowed'],
  },
  file_input: {
    fields: {
      action_id: string(255),
      filetypes: anything,
      max_files: { kind: 'number', min: 1, max: 10 },
    },
    required: [],
  },
  rich_text_input: { fields: { ...textInput, initial_value: anything }, required: ['action_id'] },
};

/** Composition objects, which have no `type`. */
export const OBJECTS: Readonly<Record<string, Row>> = {
  option: { fields: { text: mrkdwn(75), value: string(150), description: mrkdwn(75) }, required: ['text', 'value'] },
  overflow_option: {
    fields: { text: plain(75), value: string(150), description: plain(75), url: string(3000) },
    required: ['text', 'value'],
  },
  option_group: { fields: { label: plain(75), options: list(row('option'), 100) }, required: ['label', 'options'] },
  workflow: { fields: { trigger: row('trigger') }, required: ['trigger'] },
  trigger: {
    fields: { url: anything, customizable_input_parameters: anything },
    required: ['url'],
  },
  confirm: {
    fields: {
      title: plain(100),
      text: mrkdwn(300),
      confirm: plain(30),
      deny: plain(30),
      style: word('primary', 'danger'),
    },
    required: ['title', 'text', 'confirm', 'deny'],
  },
};
