/** Block Kit's limits one by one, with Slack's numbers written out here once more, apart from the simulator's table. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLOCKS, ELEMENTS, OBJECTS, type Row, type Shape } from '../../src/simulator/rules/blocks.ts';
import { VIEW_FIELDS } from '../../src/simulator/rules/check-view.ts';
import { modal, openStage, plain, type Stage, section } from './support/stage.ts';
import type { Json } from './support/workspace.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const x = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
const option = (change: Json = {}) => ({ text: plain('one'), value: 'one', ...change });
const options = (count: number) => many(count, (i) => option({ value: `v${i}` }));
const button = (change: Json = {}) => ({ type: 'button', text: plain('Go'), ...change });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const accessory = (element: Json) => ({ ...section(), accessory: element });
const input = (element: Json) => ({ type: 'input', label: plain('Label'), element });
const confirm = (change: Json) =>
  actions(
    button({ confirm: { title: plain('t'), text: plain('t'), confirm: plain('y'), deny: plain('n'), ...change } }),
  );
const image = { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' };

/** `[what, Slack's number, a block of that size]`; `what` is row.field, with [] for the length of a list. */
type Limit = readonly [what: string, most: number, block: (size: number) => Json];

const BLOCK_LIMITS: Limit[] = [
  ['section.text', 3000, (n) => section(x(n))],
  ['section.fields[]', 10, (n) => ({ type: 'section', fields: many(n, () => plain('x')) })],
  ['section.fields', 2000, (n) => ({ type: 'section', fields: [plain(x(n))] })],
  ['header.text', 150, (n) => ({ type: 'header', text: plain(x(n)) })],
  ['context.elements[]', 10, (n) => ({ type: 'context', elements: many(n, () => plain('x')) })],
  ['actions.elements[]', 25, (n) => actions(...many(n, () => button()))],
  ['image.image_url', 3000, (n) => ({ ...image, image_url: `https://example.com/${x(n - 20)}` })],
  ['image.alt_text', 2000, (n) => ({ ...image, alt_text: x(n) })],
  ['image.title', 2000, (n) => ({ ...image, title: plain(x(n)) })],
  ['input.label', 2000, (n) => ({ ...input({ type: 'plain_text_input' }), label: plain(x(n)) })],
  ['input.hint', 2000, (n) => ({ ...input({ type: 'plain_text_input' }), hint: plain(x(n)) })],
  ['markdown.text', 12_000, (n) => ({ type: 'markdown', text: x(n) })],
  ['table.rows[]', 100, (n) => ({ type: 'table', rows: many(n, () => [{ type: 'raw_text', text: 'x' }]) })],
  ['table.rows[][]', 20, (n) => ({ type: 'table', rows: [many(n, () => ({ type: 'raw_text', text: 'x' }))] })],
];

const ELEMENT_LIMITS: Limit[] = [
  ['button.text', 75, (n) => actions(button({ text: plain(x(n)) }))],
  ['button.value', 2000, (n) => actions(button({ value: x(n) }))],
  ['button.url', 3000, (n) => actions(button({ url: `https://example.com/${x(n - 20)}` }))],
  ['button.action_id', 255, (n) => actions(button({ action_id: x(n) }))],
  ['button.accessibility_label', 75, (n) => actions(button({ accessibility_label: x(n) }))],
  ['overflow.options[]', 5, (n) => accessory({ type: 'overflow', options: options(n) })],
  ['static_select.options[]', 100, (n) => accessory({ type: 'static_select', options: options(n) })],
  [
    'static_select.option_groups[]',
    100,
    (n) =>
      accessory({ type: 'static_select', option_groups: many(n, () => ({ label: plain('g'), options: [option()] })) }),
  ],
  [
    'static_select.placeholder',
    150,
    (n) => accessory({ type: 'static_select', options: [option()], placeholder: plain(x(n)) }),
  ],
  ['checkboxes.options[]', 10, (n) => accessory({ type: 'checkboxes', options: options(n) })],
  ['radio_buttons.options[]', 10, (n) => accessory({ type: 'radio_buttons', options: options(n) })],
  ['plain_text_input.initial_value', 3000, (n) => input({ type: 'plain_text_input', initial_value: x(n) })],
  ['plain_text_input.placeholder', 150, (n) => input({ type: 'plain_text_input', placeholder: plain(x(n)) })],
];

const OBJECT_LIMITS: Limit[] = [
  ['option.text', 75, (n) => accessory({ type: 'static_select', options: [option({ text: plain(x(n)) })] })],
  ['option.value', 150, (n) => accessory({ type: 'static_select', options: [option({ value: x(n) })] })],
  [
    'option.description',
    75,
    (n) => accessory({ type: 'radio_buttons', options: [option({ description: plain(x(n)) })] }),
  ],
  ['overflow_option.text', 75, (n) => accessory({ type: 'overflow', options: [option({ text: plain(x(n)) })] })],
  ['overflow_option.value', 150, (n) => accessory({ type: 'overflow', options: [option({ value: x(n) })] })],
  [
    'overflow_option.description',
    75,
    (n) => accessory({ type: 'overflow', options: [option({ description: plain(x(n)) })] }),
  ],
  ['overflow_option.url', 3000, (n) => accessory({ type: 'overflow', options: [option({ url: x(n) })] })],
  [
    'option_group.label',
    75,
    (n) => accessory({ type: 'static_select', option_groups: [{ label: plain(x(n)), options: [option()] }] }),
  ],
  [
    'option_group.options[]',
    100,
    (n) => accessory({ type: 'static_select', option_groups: [{ label: plain('g'), options: options(n) }] }),
  ],
  ['confirm.title', 100, (n) => confirm({ title: plain(x(n)) })],
  ['confirm.text', 300, (n) => confirm({ text: plain(x(n)) })],
  ['confirm.confirm', 30, (n) => confirm({ confirm: plain(x(n)) })],
  ['confirm.deny', 30, (n) => confirm({ deny: plain(x(n)) })],
];

const LIMITS = [...BLOCK_LIMITS, ...ELEMENT_LIMITS, ...OBJECT_LIMITS];
const post = (...blocks: unknown[]) => stage.call('chat.postMessage', { channel: 'C000000001', text: 'x', blocks });
const problemsOf = async (...blocks: unknown[]) => {
  const answer = await post(...blocks);
  expect(answer).toMatchObject({ ok: false, error: 'invalid_blocks' });
  return (answer.response_metadata as { messages: string[] }).messages;
};

describe.each(LIMITS)('%s', (what, most, block) => {
  test(`takes ${most} and refuses one more`, async () => {
    expect(await post(block(most))).toMatchObject({ ok: true });
    const [problem] = await problemsOf(block(most + 1));
    const wording = what.endsWith('[]')
      ? `no more than ${most} items allowed`
      : `must be less than ${most + 1} characters`;
    expect(problem).toContain(`[ERROR] ${wording} [json-pointer:/blocks/0/`);
  });
});

const ROWS: Record<string, Row> = { ...BLOCKS, ...ELEMENTS, ...OBJECTS };

function limitsIn(name: string, shape: Shape): string[] {
  if (shape.kind === 'text' || (shape.kind === 'string' && !shape.oneOf)) return [name];
  return shape.kind === 'list'
    ? [`${name}[]`, ...limitsIn(shape.of.kind === 'list' ? `${name}[]` : name, shape.of)]
    : [];
}

/** The same rule in many rows (a placeholder, an action_id) is shown on one of them. */
const SHARED = ['action_id', 'placeholder', 'initial_value', 'image_url', 'alt_text'];
const PICKED =
  /initial_(option|user|conversation|channel|date|time)s?|timezone|m(in|ax)_value|column_settings|rich_text/;

test('every length and count in the table is tried', () => {
  const inTable = Object.entries(ROWS).flatMap(([row, { fields }]) =>
    Object.entries(fields).flatMap(([field, shape]) => limitsIn(`${row}.${field}`, shape)),
  );
  const tried = new Set(LIMITS.map(([what]) => what));
  const bare = (name: string) => name.replace(/^(multi_static_select|workflow_button|button|image)\./, '');
  const isShown = (name: string) =>
    tried.has(name) ||
    PICKED.test(name) ||
    SHARED.includes(name.split('.')[1] ?? '') ||
    [...tried].some((one) => one.endsWith(`.${bare(name)}`));
  expect(inTable.length).toBeGreaterThan(60);
  expect(inTable.filter((name) => !isShown(name))).toEqual([]);
});

const block_id = x(256);
test.each([
  ['an unknown type', { type: 'marquee' }, 'unsupported type: marquee [json-pointer:/blocks/0/type]'],
  [
    'an unknown field',
    { type: 'divider', colour: 'red' },
    'invalid additional property: colour [json-pointer:/blocks/0]',
  ],
  ['a section with nothing in it', { type: 'section' }, 'must define either text or fields [json-pointer:/blocks/0]'],
  [
    'a header in mrkdwn',
    { ...section(), type: 'header' },
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  ['an empty text', section(''), 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  [
    'a button without text',
    actions({ type: 'button' }),
    'missing required field: text [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'a style that is none',
    actions(button({ style: 'blue' })),
    'unsupported value: blue [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'a button in a context',
    { type: 'context', elements: [button()] },
    'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
  ],
  ['no elements at all', actions(), 'must have at least 1 item [json-pointer:/blocks/0/elements]'],
  [
    'a block_id of 256',
    { type: 'divider', block_id },
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'two equal action_ids',
    actions(button({ action_id: 'a' }), button({ action_id: 'a' })),
    'action_id already exists: a [json-pointer:/blocks/0]',
  ],
  [
    'a text object that is a string',
    { type: 'section', text: 'x' },
    'must provide an object [json-pointer:/blocks/0/text]',
  ],
  [
    'a number for a text',
    { type: 'section', text: { type: 'mrkdwn', text: 1 } },
    'must provide a string [json-pointer:/blocks/0/text/text]',
  ],
])('a message refuses %s', async (_what, block, problem) => {
  const answer = await post(block);
  expect(answer).toMatchObject({ ok: false, error: 'invalid_blocks', errors: [problem] });
});

test('a message holds 50 blocks, and no two with the same block_id', async () => {
  const dividers = (count: number) => many(count, () => ({ type: 'divider' }));
  expect(await post(...dividers(50))).toMatchObject({ ok: true });
  expect(await problemsOf(...dividers(51))).toEqual(['[ERROR] no more than 50 items allowed [json-pointer:/blocks]']);
  const twice = await problemsOf({ type: 'divider', block_id: 'a' }, { type: 'divider', block_id: 'a' });
  expect(twice).toEqual(['[ERROR] block_id already exists: a [json-pointer:/blocks]']);
});

test('all texts of a message together hold 13,200 characters', async () => {
  const sections = (last: number) => [...many(4, () => section(x(3000))), section(x(last))];
  expect(await post(...sections(1200))).toMatchObject({ ok: true });
  expect(await post(...sections(1201))).toMatchObject({ ok: false, error: 'msg_blocks_too_long' });
});

test('a text over 40,000 characters is cut, not refused', async () => {
  const { message } = await stage.call('chat.postMessage', { channel: 'C000000001', text: x(40_001) });
  expect((message as Json).text).toHaveLength(40_000);
});

const VIEW_LIMITS: readonly (readonly [string, number, (size: number) => Json])[] = [
  ['title', 24, (n) => modal({ title: plain(x(n)) })],
  ['submit', 24, (n) => modal({ submit: plain(x(n)) })],
  ['close', 24, (n) => modal({ close: plain(x(n)) })],
  ['private_metadata', 3000, (n) => modal({ private_metadata: x(n) })],
  ['callback_id', 255, (n) => modal({ callback_id: x(n) })],
  ['external_id', 255, (n) => modal({ external_id: x(n) })],
  ['blocks', 100, (n) => modal({ blocks: many(n, () => ({ type: 'divider' })) })],
];

const openModal = async (view: Json) => stage.call('views.open', { view, trigger_id: await stage.trigger() });

test.each(VIEW_LIMITS)('a modal holds its limit of %s, %i, and no more', async (_field, most, view) => {
  expect(await openModal(view(most))).toMatchObject({ ok: true });
  expect(await openModal(view(most + 1))).toMatchObject({ ok: false, error: 'invalid_arguments' });
});

test('every length of a view is tried', () => {
  const tried = VIEW_LIMITS.map(([field]) => field);
  const lengths = Object.entries(VIEW_FIELDS).filter(([name, { kind }]) => kind !== 'boolean' && name !== 'type');
  expect(lengths.map(([name]) => name).filter((name) => !tried.includes(name))).toEqual([]);
});

test.each([
  ['without a title', { title: undefined }, 'missing required field: title'],
  ['of type home', { type: 'home' }, 'must be a modal'],
  ['with an input but no submit', { blocks: [input({ type: 'plain_text_input' })] }, 'missing required field: submit'],
  ['with an unknown field', { colour: 'red' }, 'invalid additional property: colour'],
  ['with a bad block', { blocks: [{ type: 'marquee' }] }, 'unsupported type: marquee'],
])('a modal %s is refused', async (_what, change, problem) => {
  const answer = await openModal(modal(change));
  expect(answer).toMatchObject({ ok: false, error: 'invalid_arguments' });
  expect((answer.errors as string[])[0]).toContain(problem);
});
