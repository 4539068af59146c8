/** The controls of Block Kit in which somebody chooses or writes: each knows its answer as Slack's payload has it. */
import { app, nameOf } from './app.ts';
import { type Child, h } from './dom.ts';
import type { Field, Means } from './field.ts';
import { pickFiles } from './files.ts';
import { offered } from './offered.ts';
import { textOf, wordsOf } from './text.ts';
import type { Json } from './types.ts';

const NO_CHOICE = '';

export const isField = (type: unknown): boolean => FIELDS[String(type)] !== undefined;

export function makeField(element: Json, means: Means): Field {
  const make = FIELDS[String(element.type)];
  const field = make?.(element, means) ?? { node: h('em', {}, `${element.type} is not simulated`), answer: () => ({}) };
  field.node.addEventListener('change', means.onChange);
  return field;
}

const FIELDS: Readonly<Record<string, (element: Json, means: Means) => Field>> = {
  plain_text_input: (element) =>
    writing(element, element.multiline ? h('textarea', { class: 'field' }) : input('text')),
  rich_text_input: (element) => writing(element, h('textarea', { class: 'field' })),
  email_text_input: (element) => writing(element, input('email')),
  url_text_input: (element) => writing(element, input('url')),
  number_input: (element) => {
    const field = writing(element, input('number'));
    limit(field.node, { min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? 'any' : 1 });
    return field;
  },
  datepicker: (element) => moment(element, { type: 'date', initial: 'initial_date', key: 'selected_date' }),
  timepicker: (element) => moment(element, { type: 'time', initial: 'initial_time', key: 'selected_time' }),
  datetimepicker: dateAndTime,
  static_select: (element) => optionSelect(element),
  external_select: (element, means) => offered(element, { ...means, isMulti: false }),
  users_select: (element) => idSelect(element, { of: 'user', choices: people() }),
  channels_select: (element) => idSelect(element, { of: 'channel', choices: channels(['public']) }),
  conversations_select: (element) => idSelect(element, { of: 'conversation', choices: channels() }),
  multi_static_select: (element) => ticks(element),
  multi_external_select: (element, means) => offered(element, { ...means, isMulti: true }),
  multi_users_select: (element) => idTicks(element, { of: 'users', choices: people() }),
  multi_channels_select: (element) => idTicks(element, { of: 'channels', choices: channels(['public']) }),
  multi_conversations_select: (element) => idTicks(element, { of: 'conversations', choices: channels() }),
  checkboxes: (element) => ticks(element),
  radio_buttons: radio,
  file_input: pickFiles,
};

const input = (type: string) => h('input', { class: 'field', attributes: { type } });

const limit = (node: HTMLElement, limits: Json): void => {
  for (const [name, value] of Object.entries(limits)) if (value !== undefined) node.setAttribute(name, String(value));
};

function writing(element: Json, control: HTMLInputElement | HTMLTextAreaElement): Field {
  control.value = typeof element.initial_value === 'string' ? element.initial_value : '';
  control.placeholder = wordsOf(element.placeholder);
  limit(control, { minlength: element.min_length, maxlength: element.max_length });
  return { node: control, answer: () => ({ value: control.value || null }) };
}

function moment(element: Json, { type, initial, key }: { type: string; initial: string; key: string }): Field {
  const control = input(type);
  control.value = String(element[initial] ?? '');
  return { node: control, answer: () => ({ [key]: control.value || null }) };
}

const MINUTE_MS = 60_000;

function dateAndTime(element: Json): Field {
  const control = input('datetime-local');
  const initialMs = Number(element.initial_date_time ?? 0) * 1000;
  const offsetMs = new Date(initialMs).getTimezoneOffset() * MINUTE_MS;
  if (initialMs) control.value = new Date(initialMs - offsetMs).toISOString().slice(0, 16);
  const answer = () => ({ selected_date_time: control.value ? Math.floor(Date.parse(control.value) / 1000) : null });
  return { node: control, answer };
}

interface Choice {
  value: string;
  label: string;
}

const people = (): Choice[] =>
  app.workspace.users.filter(({ deleted }) => !deleted).map(({ id, real_name }) => ({ value: id, label: real_name }));

const channels = (kinds?: string[]): Choice[] =>
  app.workspace.channels
    .filter(({ kind, is_archived }) => !is_archived && (!kinds || kinds.includes(kind)))
    .map((channel) => ({ value: channel.id, label: `#${nameOf(channel)}` }));

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

const groupsOf = (element: Json): { label: string; options: Json[] }[] => [
  { label: '', options: listOf(element.options) },
  ...listOf(element.option_groups).map(({ label, options }) => ({ label: wordsOf(label), options: listOf(options) })),
];

const choiceOf = (option: Json): Choice => ({ value: String(option.value), label: wordsOf(option.text) });

function optionSelect(element: Json): Field {
  const groups = groupsOf(element);
  const all = groups.flatMap(({ options }) => options);
  const control = select(
    element,
    groups.map(({ label, options }) => ({ label, choices: options.map(choiceOf) })),
  );
  control.value = String((element.initial_option as Json | undefined)?.value ?? NO_CHOICE);
  return {
    node: control,
    answer: () => ({ selected_option: all.find(({ value }) => value === control.value) ?? null }),
  };
}

function idSelect(element: Json, { of, choices }: { of: string; choices: Choice[] }): Field {
  const control = select(element, [{ label: '', choices }]);
  control.value = String(element[`initial_${of}`] ?? NO_CHOICE);
  return { node: control, answer: () => ({ [`selected_${of}`]: control.value || null }) };
}

function select(element: Json, groups: { label: string; choices: Choice[] }[]): HTMLSelectElement {
  const none = h('option', { attributes: { value: NO_CHOICE } }, wordsOf(element.placeholder) || 'Select…');
  const options = groups.map(({ label, choices }) => {
    const some = choices.map((one) => h('option', { attributes: { value: one.value } }, one.label));
    return label ? h('optgroup', { attributes: { label } }, some) : some;
  });
  return h('select', { class: 'field select' }, none, options);
}

let groupNumber = 0;

interface Ticks {
  type: 'checkbox' | 'radio';
  options: { value: string; text: Child }[];
  chosen: string[];
}

/** A list of boxes or radio buttons, and which of them are on. */
function tickList({ type, options, chosen }: Ticks): { node: HTMLElement; on(): string[] } {
  groupNumber += 1;
  const name = `choice-${groupNumber}`;
  const boxes = options.map(({ value }) => {
    const box = h('input', { attributes: { type, name, value } });
    box.checked = chosen.includes(value);
    return box;
  });
  const rows = options.map(({ text }, i) => h('label', { class: 'tick' }, boxes[i], h('span', {}, text)));
  return {
    node: h('div', { class: 'ticks', attributes: { role: 'group' } }, rows),
    on: () => boxes.filter((box) => box.checked).map((box) => box.value),
  };
}

const described = (option: Json): { value: string; text: Child } => ({
  value: String(option.value),
  text: [textOf(option.text), option.description ? h('small', {}, textOf(option.description)) : undefined],
});

function ticks(element: Json): Field {
  const all = groupsOf(element).flatMap(({ options }) => options);
  const chosen = listOf(element.initial_options).map(({ value }) => String(value));
  const { node, on } = tickList({ type: 'checkbox', options: all.map(described), chosen });
  return { node, answer: () => ({ selected_options: all.filter(({ value }) => on().includes(String(value))) }) };
}

function idTicks(element: Json, { of, choices }: { of: string; choices: Choice[] }): Field {
  const options = choices.map(({ value, label }) => ({ value, text: label }));
  const { node, on } = tickList({ type: 'checkbox', options, chosen: listOf(element[`initial_${of}`]).map(String) });
  return { node, answer: () => ({ [`selected_${of}`]: on() }) };
}

function radio(element: Json): Field {
  const all = listOf(element.options);
  const chosen = [String((element.initial_option as Json | undefined)?.value ?? '')];
  const { node, on } = tickList({ type: 'radio', options: all.map(described), chosen });
  return { node, answer: () => ({ selected_option: all.find(({ value }) => String(value) === on()[0]) ?? null }) };
}
