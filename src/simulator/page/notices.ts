/** Short words to the visitor: a toast that goes by itself, a question before something is done, a picture in full. */
import { button, byId, type Child, h, icon } from './dom.ts';
import { textOf, wordsOf } from './text.ts';
import type { Json } from './types.ts';

const TOAST_MS = 6_000;

export function toast(text: string, tone: 'good' | 'bad' = 'good'): void {
  const element = h('div', { class: `toast ${tone}` }, text);
  byId('toasts').append(element);
  setTimeout(() => element.remove(), TOAST_MS);
}

/** A dialog that takes itself away when it is closed; Escape closes it. */
export function openDialog(className: string, ...children: Child[]): HTMLDialogElement {
  const dialog = h('dialog', { class: className }, ...children);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Block Kit's confirm object as a question. */
export function isConfirmed(confirm: Json | undefined): Promise<boolean> {
  if (!confirm) return Promise.resolve(true);
  const style = confirm.style === 'danger' ? 'danger' : 'primary';
  return new Promise((resolve) => {
    let answer = false;
    const answered = (yes: boolean) => () => {
      answer = yes;
      dialog.close();
    };
    const yes = button({ class: `button ${style}`, onClick: answered(true) }, wordsOf(confirm.confirm) || 'Yes');
    const dialog = openDialog(
      'box confirm',
      h('h2', {}, textOf(confirm.title)),
      h('p', {}, textOf(confirm.text)),
      h(
        'div',
        { class: 'box-foot' },
        button({ class: 'button', onClick: answered(false) }, wordsOf(confirm.deny) || 'Cancel'),
        yes,
      ),
    );
    dialog.addEventListener('close', () => resolve(answer));
    yes.focus();
  });
}

export function enlarge(url: string, caption: string): void {
  const dialog = openDialog(
    'lightbox',
    h('img', { attributes: { src: url, alt: caption } }),
    h(
      'p',
      {},
      caption,
      button({ class: 'quiet', label: 'Close the picture', onClick: () => dialog.close() }, icon('close')),
    ),
  );
}
