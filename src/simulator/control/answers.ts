/** What a person's choice in an element becomes in the payload: a value, an option, a user, a date. */
import { isJson, type Json, refuse } from '../refusal.ts';

const SELECTED: Readonly<Record<string, string>> = {
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  multi_users_select: 'selected_users',
  multi_conversations_select: 'selected_conversations',
  multi_channels_select: 'selected_channels',
};

/** `choice` is the plain value, or the payload's own object. */
export function answerOf(element: Json, choice: unknown): Json {
  const type = String(element.type);
  if (type === 'file_input') return { type, files: filesIn(element, choice) };
  if (isJson(choice)) return { type, ...choice };
  const selected = SELECTED[type];
  if (selected) return { type, [selected]: type.startsWith('multi_') ? listOf(choice) : choice };
  if (['static_select', 'external_select', 'radio_buttons', 'overflow'].includes(type))
    return { type, selected_option: optionOf(element, choice) };
  if (OF_SEVERAL.includes(type)) return { type, selected_options: listOf(choice).map((one) => optionOf(element, one)) };
  return { type, value: choice === undefined ? null : String(choice) };
}

const OF_SEVERAL: readonly string[] = ['checkboxes', 'multi_static_select', 'multi_external_select'];

const listOf = (choice: unknown): unknown[] =>
  Array.isArray(choice)
    ? choice
    : String(choice ?? '')
        .split(',')
        .filter(Boolean);

const INITIAL: Readonly<Record<string, string>> = {
  initial_value: 'value',
  initial_option: 'selected_option',
  initial_options: 'selected_options',
  initial_user: 'selected_user',
  initial_users: 'selected_users',
  initial_conversation: 'selected_conversation',
  initial_channel: 'selected_channel',
  initial_date: 'selected_date',
  initial_time: 'selected_time',
  initial_date_time: 'selected_date_time',
};

/** What the element shows before anybody touches it. */
export function initialAnswer(element: Json): Json {
  const type = String(element.type);
  const initial = Object.entries(INITIAL).find(([name]) => element[name] !== undefined);
  if (initial) return { type, [initial[1]]: element[initial[0]] };
  if (type === 'file_input') return { type, files: [] };
  return OF_SEVERAL.includes(type) ? { type, selected_options: [] } : emptyAnswer(type);
}

const emptyAnswer = (type: string): Json =>
  type.endsWith('_input') ? { type, value: null } : { type, [SELECTED[type] ?? 'selected_option']: null };

export const isEmpty = (answer: Json) =>
  Object.entries(answer).every(
    ([name, value]) => name === 'type' || value == null || value === '' || (Array.isArray(value) && !value.length),
  );

/** Slack: 10 files unless the element wants fewer. */
const MOST_FILES = 10;

/** By their ids, or as a list under `files`: only what this person uploaded, of a kind that is wanted. */
function filesIn(element: Json, choice: unknown): Json[] {
  const wanted = listOf(isJson(choice) ? choice.files : choice).map((one) => (isJson(one) ? one.id : one));
  const most = Number(element.max_files ?? MOST_FILES);
  if (wanted.length > most) throw refuse('too_many_files', { detail: `No more than ${most} files may be chosen.` });
  return wanted.map((id) => {
    const file = (element.uploaded as Json[]).find((one) => one.id === id);
    if (!file) throw refuse('file_not_found', { detail: `They have uploaded no file ${String(id)}.` });
    const kinds = Array.isArray(element.filetypes) ? element.filetypes : [];
    if (kinds.length && !kinds.includes(file.filetype))
      throw refuse('file_type_not_allowed', { detail: `Wanted here: ${kinds.join(', ')}.` });
    return file;
  });
}

function optionOf(element: Json, choice: unknown): unknown {
  const own = Array.isArray(element.options) ? element.options : [];
  const grouped = Array.isArray(element.option_groups) ? element.option_groups : [];
  const options = [...own, ...grouped.flatMap((group: Json) => group.options as Json[])] as Json[];
  const option = options.find(({ value }) => value === choice);
  if (!option) throw refuse('option_not_found', { detail: `The element has no option "${String(choice)}".` });
  return option;
}
