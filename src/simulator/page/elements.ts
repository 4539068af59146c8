/** The elements of Block Kit: buttons, menus, pictures, and whatever a field is for. */
import { button, type Child, h, icon, link } from './dom.ts';
import { isField } from './fields.ts';
import { enlarge } from './notices.ts';
import type { Surface } from './surface.ts';
import { textOf, wordsOf } from './text.ts';
import type { Json } from './types.ts';

export interface Placed {
  element: Json;
  blockId: string;
  surface: Surface;
}

export function elementNode({ element, blockId, surface }: Placed): Child {
  if (isField(element.type)) return surface.field(element, blockId, true);
  if (element.type === 'button' || element.type === 'workflow_button') return press({ element, blockId, surface });
  if (element.type === 'overflow') return overflow({ element, blockId, surface });
  if (element.type === 'image') return picture(element, 'thumb');
  return h('em', {}, `${element.type} is not simulated`);
}

function press({ element, blockId, surface }: Placed): HTMLElement {
  const url = typeof element.url === 'string' ? element.url : undefined;
  const style = element.style === 'primary' || element.style === 'danger' ? element.style : '';
  const made = button(
    {
      class: `button ${style}`,
      focus: `${blockId}/${element.action_id}`,
      label: element.accessibility_label ? String(element.accessibility_label) : undefined,
      attributes: { 'data-action': String(element.action_id) },
      onClick: async () => {
        if (url) openInTab(url);
        made.setAttribute('aria-busy', 'true');
        await surface.press(element, blockId);
        made.removeAttribute('aria-busy');
      },
    },
    textOf(element.text),
    url ? icon('out') : undefined,
  );
  return made;
}

function openInTab(url: string): void {
  const anchor = link(url);
  if (anchor instanceof HTMLAnchorElement) anchor.click();
}

let menus = 0;

/** A menu of the browser's own kind: it closes on Escape and on a click elsewhere. */
function overflow({ element, blockId, surface }: Placed): HTMLElement {
  menus += 1;
  const id = `menu-${menus}`;
  const options = Array.isArray(element.options) ? (element.options as Json[]) : [];
  const menu = h('div', { class: 'menu', attributes: { id, popover: 'auto' } });
  for (const option of options) {
    const choose = () => {
      menu.hidePopover();
      if (typeof option.url === 'string') openInTab(option.url);
      void surface.press(element, blockId, { selected_option: option });
    };
    menu.append(button({ class: 'menu-item', onClick: choose }, textOf(option.text)));
  }
  const opener = button(
    {
      class: 'button narrow',
      label: 'More actions',
      focus: `${blockId}/${element.action_id}`,
      onClick: () => undefined,
    },
    icon('more'),
  );
  opener.setAttribute('popovertarget', id);
  return h('span', { class: 'menu-place' }, opener, menu);
}

/** Pictures come from this workspace only: the page asks nobody else for anything. */
export function picture(element: Json, className: string): HTMLElement {
  const alt = String(element.alt_text ?? '');
  const file = (element.slack_file ?? {}) as Json;
  const given = String(element.image_url ?? file.url ?? '');
  const url = file.id ? `/_control/files/${encodeURIComponent(String(file.id))}` : ownAddress(given);
  if (!url)
    return h('span', { class: 'no-picture' }, icon('image'), link(given, alt || wordsOf(element.title) || given));
  return button(
    { class: `picture ${className}`, label: `Enlarge: ${alt}`, onClick: () => enlarge(url, alt) },
    h('img', { attributes: { src: url, alt } }),
  );
}

function ownAddress(url: string): string | undefined {
  if (!URL.canParse(url, location.href)) return undefined;
  const { origin, pathname, search, hostname } = new URL(url, location.href);
  const isOurs = origin === location.origin || (hostname === '127.0.0.1' && pathname.startsWith('/_control/files/'));
  return isOurs ? pathname + search : undefined;
}
