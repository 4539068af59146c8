/** Makes elements. Whatever comes from messages enters as text: there is no way from a string to markup here. */
export type Child = Node | string | false | null | undefined | readonly Child[];

export interface Props {
  class?: string | undefined;
  title?: string | undefined;
  /** What finds the element again after it was drawn anew. */
  focus?: string | undefined;
  attributes?: Record<string, string | undefined>;
  on?: Record<string, (event: Event) => void>;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.title) element.title = props.title;
  if (props.focus) element.dataset.focus = props.focus;
  for (const [name, value] of Object.entries(props.attributes ?? {}))
    if (value !== undefined) element.setAttribute(name, value);
  for (const [name, hear] of Object.entries(props.on ?? {})) element.addEventListener(name, hear);
  fill(element, children);
  return element;
}

function fill(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === 'string' || child instanceof Node) parent.append(child);
    else fill(parent, child);
  }
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** One of the icons of index.html. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

interface ButtonOptions extends Props {
  label?: string | undefined;
  onClick(event: Event): void;
}

export const button = ({ label, onClick, ...props }: ButtonOptions, ...children: Child[]): HTMLButtonElement =>
  h(
    'button',
    {
      ...props,
      attributes: { type: 'button', 'aria-label': label, ...props.attributes },
      on: { click: onClick, ...props.on },
    },
    ...children,
  );

/** A link that opens in a tab of its own; anything but a web address stays text. */
export const link = (url: string, ...children: Child[]): HTMLElement =>
  /^(https?:\/\/|mailto:)/i.test(url)
    ? h('a', { attributes: { href: url, target: '_blank', rel: 'noopener noreferrer' } }, ...children)
    : h('span', {}, ...children);

export interface Row {
  key: string;
  /** The row is made anew when this differs. */
  stamp: string;
  make(): HTMLElement;
}

type Shown = Map<string, { stamp: string; element: HTMLElement }>;
const shown = new WeakMap<Element, Shown>();

/** Brings a list up to date, leaving alone what stayed the same; the focus stays where it was. */
export function showRows(parent: Element, rows: readonly Row[]): void {
  const before: Shown = shown.get(parent) ?? new Map();
  const held = heldIn(parent, before);
  const after: Shown = new Map();
  const wanted = new Map(rows.map(({ key, stamp }) => [key, stamp]));
  for (const [key, { stamp, element }] of before) if (wanted.get(key) !== stamp) element.remove();
  let at = parent.firstElementChild;
  for (const { key, stamp, make } of rows) {
    const old = before.get(key);
    const element = old?.stamp === stamp ? old.element : make();
    after.set(key, { stamp, element });
    if (element === at) at = element.nextElementSibling;
    else parent.insertBefore(element, at);
  }
  shown.set(parent, after);
  if (held) restoreFocus(parent, held, after);
}

/** One thing that is drawn anew when what it shows differs. */
export const showOne = (parent: Element, stamp: unknown, make: () => HTMLElement): void =>
  showRows(parent, [{ key: 'one', stamp: JSON.stringify(stamp), make }]);

/** What has the focus, and in which row. */
interface Held {
  focus: string | undefined;
  row: string | undefined;
}

function heldIn(parent: Element, rows: Shown): Held | undefined {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || activeElement === parent || !parent.contains(activeElement))
    return undefined;
  const row = [...rows].find(([, { element }]) => element.contains(activeElement))?.[0];
  return { focus: activeElement.dataset.focus, row };
}

/** A button that is gone leaves the focus to its row: whoever works by keyboard stays where they are. */
function restoreFocus(parent: Element, { focus, row }: Held, rows: Shown): void {
  if (parent.contains(document.activeElement)) return;
  const same = focus ? parent.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focus)}"]`) : null;
  (same ?? (row === undefined ? undefined : rows.get(row)?.element))?.focus({ preventScroll: true });
}
