/** Modals: the uppermost of the stack is on show, those below keep what was filled in. */
import { complaint, post } from './api.ts';
import { app } from './app.ts';
import { blockNodes } from './blocks.ts';
import { button, byId, type Child, h, icon, showRows } from './dom.ts';
import { toast } from './notices.ts';
import { type Surface, surface } from './surface.ts';
import { textOf, wordsOf } from './text.ts';
import type { Answer, Json, View } from './types.ts';

const dialog = (): HTMLDialogElement => byId('modal') as HTMLDialogElement;

export function drawModals(): void {
  showRows(
    dialog(),
    app.modals.map((view) => ({ key: view.id, stamp: view.hash, make: () => modal(view) })),
  );
  const top = app.modals.at(-1);
  for (const form of dialog().children) (form as HTMLElement).hidden = form !== dialog().lastElementChild;
  if (top && !dialog().open) {
    dialog().showModal();
    dialog().querySelector<HTMLElement>('.field')?.focus();
  }
  if (!top && dialog().open) dialog().close();
}

export function startModals(): void {
  dialog().addEventListener('cancel', (event) => {
    event.preventDefault();
    const top = app.modals.at(-1);
    if (top) void close(top);
  });
}

async function close(view: View): Promise<void> {
  const answer = await post('close', { view_id: view.id });
  if (!answer.ok) toast(complaint(answer), 'bad');
}

function modal(view: View): HTMLElement {
  const onAnswer = (answer: Answer) => {
    if (!answer.ok) say(form, complaint(answer));
  };
  const used = surface({ where: { view_id: view.id }, onAnswer });
  const depth = app.modals.indexOf(view);
  const dismiss = button(
    { class: 'quiet', label: depth ? 'Back' : 'Close', onClick: () => void close(view) },
    icon(depth ? 'back' : 'close'),
  );
  const form = h(
    'form',
    { class: 'modal-view', attributes: { novalidate: '' } },
    h('header', {}, depth ? dismiss : undefined, h('h2', {}, textOf(view.title)), depth ? undefined : dismiss),
    h('div', { class: 'modal-body' }, blockNodes(view.blocks, used)),
    h('p', { class: 'trouble', attributes: { role: 'alert', hidden: '' } }),
    foot(view),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit({ form, view, used });
  });
  return form;
}

const foot = (view: View): Child =>
  h(
    'footer',
    {},
    button({ class: 'button', onClick: () => void close(view) }, wordsOf(view.close) || 'Close'),
    view.submit
      ? h(
          'button',
          { class: 'button primary', attributes: { type: 'submit', 'data-submit': 'true' } },
          textOf(view.submit),
        )
      : undefined,
  );

interface Submitting {
  form: HTMLElement;
  view: View;
  used: Surface;
}

async function submit({ form, view, used }: Submitting): Promise<void> {
  const send = form.querySelector<HTMLButtonElement>('[data-submit]');
  send?.setAttribute('aria-busy', 'true');
  say(form, '');
  showErrors(form, {});
  const answer = await post('submit', { view_id: view.id, values: used.values() });
  send?.removeAttribute('aria-busy');
  if (answer.response_action === 'errors') return showErrors(form, (answer.errors ?? {}) as Json);
  if (answer.error === 'input_required' && Array.isArray(answer.missing))
    return showErrors(form, Object.fromEntries(answer.missing.map((id) => [String(id), 'Please fill this in.'])));
  if (!answer.ok) say(form, complaint(answer));
}

/** Each error stands at its field, and the first one gets the focus. */
function showErrors(form: HTMLElement, errors: Json): void {
  let isFirst = true;
  for (const block of form.querySelectorAll<HTMLElement>('[data-block]')) {
    const text = errors[block.dataset.block ?? ''];
    const place = block.querySelector('.error');
    if (place) place.textContent = text === undefined ? '' : String(text);
    block.classList.toggle('wrong', text !== undefined);
    if (text === undefined || !isFirst) continue;
    isFirst = false;
    block.querySelector<HTMLElement>('.field, input')?.focus();
  }
}

function say(form: HTMLElement, text: string): void {
  const place = form.querySelector<HTMLElement>('.trouble');
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}
