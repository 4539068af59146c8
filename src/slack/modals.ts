/** Forms as Slack's modals: the view of a form, what somebody filled in, and a view that only says something. */
import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Form, FormField } from '../domain/form.ts';
import type { Message } from '../domain/message.ts';
import { render } from './render.ts';
import { mrkdwn } from './spans.ts';
import { cutTo, oneLine } from './text.ts';

/** Of each view of ours that is sent back. */
export const formCallback = 'form';

/** Slack: 24 characters a title, 75 an option, 2000 a hint, 3000 a text, 100 blocks a view. */
const longestTitle = 24;
const longestOption = 75;
const longestHint = 2000;
const longestText = 3000;
const mostFields = 98;

const plainText = (text: string, most: number) => ({
  type: 'plain_text' as const,
  text: cutTo(oneLine(text), most) || '…',
  emoji: true,
});

export function formView(form: Form): ModalView {
  return {
    type: 'modal',
    callback_id: formCallback,
    private_metadata: JSON.stringify(form.does),
    title: plainText(form.title, longestTitle),
    submit: plainText(form.submit, longestTitle),
    close: plainText('Cancel', longestTitle),
    blocks: [...about(form), ...form.fields.slice(0, mostFields).map(inputBlock)],
  };
}

function about({ text }: Form): KnownBlock[] {
  const shown = mrkdwn(text, longestText);
  return shown.trim() ? [{ type: 'section', text: { type: 'mrkdwn', text: shown, verbatim: true } }] : [];
}

/** Nothing to fill in. Buttons stay out of it: they are for messages. */
export function messageView(title: string, message: Message): ModalView {
  const sections = message.sections.filter(({ kind }) => kind !== 'buttons');
  return {
    type: 'modal',
    title: plainText(title, longestTitle),
    close: plainText('Close', longestTitle),
    blocks: render({ ...message, sections }).blocks,
  };
}

const valueId = 'value';

function inputBlock(field: FormField, at: number): InputBlock {
  return {
    type: 'input',
    block_id: field.name,
    label: plainText(field.label, longestHint),
    ...(field.hint && { hint: plainText(field.hint, longestHint) }),
    optional: field.optional,
    element: { ...element(field), action_id: valueId, focus_on_load: at === 0 },
  };
}

type Element = Extract<
  InputBlock['element'],
  { type: 'plain_text_input' | 'number_input' | 'radio_buttons' | 'static_select' }
>;

function element(field: FormField): Element {
  if (field.kind === 'integer' || field.kind === 'number') return numberInput(field);
  if (field.kind === 'yes_no') return { type: 'radio_buttons', ...chosen(yesNo, field) };
  if (field.kind === 'choice')
    return {
      type: 'static_select',
      ...chosen(
        field.choices.map((choice) => option(choice, choice)),
        field,
      ),
    };
  return {
    type: 'plain_text_input',
    multiline: field.kind === 'lines',
    ...(field.initial && { initial_value: field.initial }),
    ...(field.maxLength !== undefined && { max_length: Math.max(1, Math.min(field.maxLength, longestText)) }),
  };
}

const numberInput = ({ kind, initial, minimum, maximum }: FormField): Element => ({
  type: 'number_input',
  is_decimal_allowed: kind === 'number',
  ...(initial && Number.isFinite(Number(initial)) && { initial_value: initial }),
  ...(minimum !== undefined && { min_value: String(minimum) }),
  ...(maximum !== undefined && { max_value: String(maximum) }),
});

const option = (text: string, value: string): PlainTextOption => ({ text: plainText(text, longestOption), value });

const yesNo: readonly PlainTextOption[] = [option('Yes', 'true'), option('No', 'false')];

function chosen(options: readonly PlainTextOption[], { initial }: FormField) {
  const first = options.find(({ value }) => value === initial);
  return { options: [...options], ...(first && { initial_option: first }) };
}

/** As Slack sends it, field by field. */
export type Filled = Readonly<Record<string, Readonly<Record<string, FilledElement>>>>;
interface FilledElement {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
}

/** What was left empty is not there. */
export function valuesOf(filled: Filled): Readonly<Record<string, string>> {
  const given = Object.entries(filled).flatMap(([name, elements]) => {
    const { value, selected_option } = elements[valueId] ?? {};
    const text = value ?? selected_option?.value ?? '';
    return text.trim() ? [[name, text] as const] : [];
  });
  return Object.fromEntries(given);
}
