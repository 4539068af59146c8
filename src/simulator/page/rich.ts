/** Block Kit's rich_text: sections, lists, quotes and preformatted text. */
import { type Child, h } from './dom.ts';
import { anchor, emoji, mention } from './text.ts';
import type { Json } from './types.ts';

const partsOf = (value: Json): Json[] => (Array.isArray(value.elements) ? (value.elements as Json[]) : []);

export function richText(element: Json): Child {
  const inside = partsOf(element);
  if (element.type === 'rich_text_list') return list(element, inside);
  if (element.type === 'rich_text_quote') return h('blockquote', {}, inside.map(piece));
  if (element.type === 'rich_text_preformatted') return h('pre', {}, inside.map(piece));
  return h('p', {}, inside.map(piece));
}

function list(element: Json, items: Json[]): Child {
  const isOrdered = element.style === 'ordered';
  const rows = items.map((item) => h('li', {}, partsOf(item).map(piece)));
  const depth = Math.min(Number(element.indent ?? 0), 8);
  return h(isOrdered ? 'ol' : 'ul', { class: `list depth-${depth}` }, rows);
}

function piece(element: Json): Child {
  const { type, style } = element;
  if (type === 'text') return styled(String(element.text ?? ''), (style ?? {}) as Json);
  if (type === 'link') return anchor(String(element.url), String(element.text ?? element.url));
  if (type === 'emoji') return emoji(String(element.name));
  if (type === 'user') return mention({ kind: 'user', id: String(element.user_id), label: '' });
  if (type === 'channel') return mention({ kind: 'channel', id: String(element.channel_id), label: '' });
  if (type === 'usergroup') return mention({ kind: 'group', id: String(element.usergroup_id), label: '' });
  if (type === 'broadcast') return mention({ kind: 'broadcast', name: String(element.range) });
  return String(element.text ?? element.fallback ?? '');
}

function styled(text: string, style: Json): Child {
  let node: Child = text;
  if (style.code) node = h('code', {}, node);
  if (style.bold) node = h('strong', {}, node);
  if (style.italic) node = h('em', {}, node);
  if (style.strike) node = h('s', {}, node);
  return node;
}
