/** Where one writes: messages and slash commands, with completion, and the arrow up for what was written before. */
import { complaint, post } from './api.ts';
import { app, here, isMember, me, nameOf, note } from './app.ts';
import { type Suggestion, suggestions, toWire } from './completion.ts';
import { button, h, icon, showRows } from './dom.ts';
import { draw, refresh } from './go.ts';
import { toast } from './notices.ts';
import { followNewest } from './timeline.ts';
import type { Channel } from './types.ts';

interface ComposerOptions {
  id: string;
  /** The thread that is written to, if it is one. */
  thread(): string | undefined;
}

interface Composer {
  node: HTMLElement;
  draw(): void;
}

const history: string[] = [];

export function composer({ id, thread }: ComposerOptions): Composer {
  const listId = `${id}-list`;
  const list = h('div', { class: 'completion', attributes: { id: listId, role: 'listbox' } });
  const hint = h('p', { class: 'usage' });
  const box = h('textarea', {
    attributes: {
      id,
      rows: '1',
      'aria-controls': listId,
      'aria-autocomplete': 'list',
      autocomplete: 'off',
      spellcheck: 'true',
    },
  });
  const send = button({ class: 'send', label: 'Send', onClick: () => void submit() }, icon('send'));
  const area = h('div', { class: 'composer' }, list, hint, h('div', { class: 'composer-box' }, box, send));
  const joinBar = h('div', { class: 'join' });
  let found: Suggestion[] = [];
  let chosen = 0;
  let back = 0;

  const write = (text: string) => {
    box.value = text;
    box.setSelectionRange(text.length, text.length);
    grow(box);
  };

  const show = () => {
    const text = box.value.slice(0, box.selectionStart);
    found = document.activeElement === box ? suggestions(text, app.workspace) : [];
    chosen = Math.min(chosen, Math.max(0, found.length - 1));
    showRows(
      list,
      found.map((one, i) => ({
        key: one.label,
        stamp: `${i === chosen} ${one.detail}`,
        make: () => option(one, i === chosen),
      })),
    );
    list.hidden = !found.length;
    const command = app.workspace.app.commands.find((one) => text.startsWith(`${one.command} `));
    hint.textContent = command && !found.length ? `${command.command} ${command.usageHint}` : '';
  };

  const option = (one: Suggestion, isChosen: boolean) =>
    button(
      {
        class: 'menu-item',
        attributes: { role: 'option', 'aria-selected': String(isChosen), tabindex: '-1' },
        onClick: () => take(one),
      },
      h(
        'span',
        { class: 'suggestion' },
        h('strong', {}, one.label),
        one.hint ? h('code', {}, one.hint) : undefined,
        h('small', {}, one.detail),
      ),
    );

  const take = ({ insert, from }: Suggestion) => {
    const after = box.value.slice(box.selectionStart);
    write(box.value.slice(0, from) + insert + after);
    const caret = from + insert.length;
    box.setSelectionRange(caret, caret);
    chosen = 0;
    box.focus();
    show();
  };

  const submit = async () => {
    const text = box.value.trim();
    if (!text) return;
    history.push(text);
    back = 0;
    write('');
    show();
    if (!thread()) followNewest();
    await say(text, thread());
  };

  const move = (step: number) => {
    chosen = (chosen + step + found.length) % found.length;
    show();
  };

  const recall = (step: number) => {
    back = Math.max(0, Math.min(history.length, back + step));
    write(back ? (history.at(-back) ?? '') : '');
  };

  const keys: Readonly<Record<string, (event: KeyboardEvent) => boolean>> = {
    ArrowDown: () => choose(1) || (back > 0 && did(() => recall(-1))),
    ArrowUp: () => choose(-1) || ((!box.value || back > 0) && did(() => recall(1))),
    Tab: ({ shiftKey }) => !shiftKey && takeChosen(),
    Enter: ({ shiftKey, isComposing }) => {
      if (shiftKey || isComposing) return false;
      return (!isWhole(found[chosen]) && takeChosen()) || did(() => void submit());
    },
    Escape: () => found.length > 0 && did(hide),
  };
  /** It is written out already: there is nothing left to complete. */
  const isWhole = (one: Suggestion | undefined): boolean =>
    one !== undefined && `${box.value.slice(one.from)} ` === one.insert;
  const did = (work: () => void): boolean => {
    work();
    return true;
  };
  const hide = () => {
    found = [];
    list.hidden = true;
  };
  const choose = (step: number): boolean => found.length > 0 && did(() => move(step));
  const takeChosen = (): boolean => {
    const one = found[chosen];
    return one !== undefined && did(() => take(one));
  };

  box.addEventListener('keydown', (event) => {
    if (!keys[event.key]?.(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener('input', () => {
    back = 0;
    grow(box);
    show();
  });
  box.addEventListener('blur', () => setTimeout(() => !area.contains(document.activeElement) && hide(), 100));
  list.hidden = true;

  return {
    node: h('div', { class: 'composing' }, area, joinBar),
    draw: () => {
      const channel = here();
      const obstacle = obstacleHere();
      area.hidden = !channel || obstacle !== undefined;
      joinBar.hidden = !channel || obstacle === undefined;
      box.placeholder = channel ? placeholder(channel, thread()) : '';
      showRows(joinBar, [
        { key: 'join', stamp: `${obstacle} ${channel?.id} ${app.user}`, make: () => joinLine(obstacle ?? '') },
      ]);
    },
  };
}

const placeholder = (channel: Channel, thread: string | undefined): string =>
  thread
    ? `Reply as ${me()?.real_name ?? '…'}`
    : `Message ${channel.kind === 'im' ? '' : '#'}${nameOf(channel)} as ${me()?.real_name ?? '…'}, or / for a command`;

function grow(box: HTMLTextAreaElement): void {
  box.style.height = 'auto';
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

function obstacleHere(): string | undefined {
  const channel = here();
  if (!channel) return undefined;
  if (channel.is_archived) return 'This channel is archived.';
  return isMember(channel) ? undefined : `You are looking at #${channel.name}.`;
}

function joinLine(obstacle: string): HTMLElement {
  const channel = here();
  const join = async () => {
    const answer = await post('join', { channel: channel?.id });
    if (!answer.ok) toast(complaint(answer), 'bad');
  };
  const canJoin = channel && !channel.is_archived;
  return h(
    'div',
    {},
    obstacle,
    canJoin ? button({ class: 'button primary', onClick: () => void join() }, 'Join') : undefined,
  );
}

/** A slash command goes to the app, anything else into the channel. */
async function say(text: string, thread: string | undefined): Promise<void> {
  const channel = here()?.id;
  if (text.startsWith('/')) return command(text, thread);
  const answer = await post('message', {
    channel,
    text: toWire(text, app.workspace),
    ...(thread ? { thread_ts: thread } : {}),
  });
  if (!answer.ok) toast(complaint(answer), 'bad');
  await refresh();
}

async function command(text: string, thread: string | undefined): Promise<void> {
  const [name = ''] = text.split(/\s/);
  if (thread) note(`\`${name}\` is not supported in threads. Sorry!`, thread);
  else {
    const answer = await post('command', { channel: here()?.id, text });
    if (!answer.ok) note(`\`${name}\` failed: ${complaint(answer)}`);
  }
  await refresh();
  draw();
}
