/** The blocks of Block Kit, one after the other. */
import { type Child, h } from './dom.ts';
import { elementNode, picture } from './elements.ts';
import { richText } from './rich.ts';
import type { Surface } from './surface.ts';
import { mrkdwn, textOf } from './text.ts';
import type { Json } from './types.ts';

type Draw = (block: Json, surface: Surface) => Child;

const partsOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

const BLOCKS: Readonly<Record<string, Draw>> = {
  header: ({ text }) => h('h3', { class: 'heading' }, textOf(text)),
  divider: () => h('hr'),
  section,
  context: ({ elements }) =>
    h(
      'div',
      { class: 'context' },
      partsOf(elements).map((one) =>
        one.type === 'image' ? picture(one, 'tiny') : h('span', { class: 'context-text' }, textOf(one)),
      ),
    ),
  actions: ({ elements, block_id }, surface) =>
    h(
      'div',
      { class: 'actions' },
      partsOf(elements).map((element) => elementNode({ element, blockId: String(block_id), surface })),
    ),
  image: (block) =>
    h('figure', {}, block.title ? h('figcaption', {}, textOf(block.title)) : undefined, picture(block, 'large')),
  input,
  markdown: ({ text }) => h('div', { class: 'section' }, mrkdwn(String(text).replaceAll('**', '*'))),
  rich_text: ({ elements }) => h('div', { class: 'section rich' }, partsOf(elements).map(richText)),
  table: ({ rows }) =>
    h(
      'table',
      { class: 'table' },
      (Array.isArray(rows) ? (rows as unknown[]) : []).map((row) =>
        h(
          'tr',
          {},
          partsOf(row).map((cell) =>
            h('td', {}, cell.type === 'rich_text' ? partsOf(cell.elements).map(richText) : textOf(cell)),
          ),
        ),
      ),
    ),
};

export const blockNodes = (blocks: readonly Json[], surface: Surface): Child =>
  blocks.map((block) => BLOCKS[String(block.type)]?.(block, surface) ?? h('em', {}, `${block.type} is not simulated`));

function section(block: Json, surface: Surface): Child {
  const { text, fields, accessory, block_id } = block;
  const body = h(
    'div',
    { class: 'section-text' },
    text ? h('div', {}, textOf(text)) : undefined,
    fields
      ? h(
          'div',
          { class: 'fields' },
          partsOf(fields).map((one) => h('div', {}, textOf(one))),
        )
      : undefined,
  );
  if (!accessory) return h('div', { class: 'section' }, body);
  const side = elementNode({ element: accessory as Json, blockId: String(block_id), surface });
  return h('div', { class: 'section with-side' }, body, h('div', { class: 'side' }, side));
}

function input(block: Json, surface: Surface): Child {
  const blockId = String(block.block_id);
  const control = surface.field(block.element as Json, blockId, block.dispatch_action === true);
  const id = `field-${blockId}`;
  const box = control.matches('.field') ? control : control.querySelector('.field');
  if (box) box.id = id;
  return h(
    'div',
    { class: 'input', attributes: { 'data-block': blockId } },
    h(
      'label',
      { attributes: { for: id } },
      textOf(block.label),
      block.optional ? h('small', {}, ' (optional)') : undefined,
    ),
    control,
    block.hint ? h('p', { class: 'hint' }, textOf(block.hint)) : undefined,
    h('p', { class: 'error', attributes: { role: 'alert' } }),
  );
}
