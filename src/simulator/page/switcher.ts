/** Ctrl+K: to any conversation by a few letters of its name. */
import { app, isMember, nameOf } from './app.ts';
import { button, h, showRows } from './dom.ts';
import { goTo } from './go.ts';
import { openDialog } from './notices.ts';
import type { Channel } from './types.ts';

const MOST = 12;

export function openSwitcher(): void {
  const list = h('div', { class: 'switcher-list', attributes: { role: 'listbox' } });
  const search = h('input', {
    class: 'field',
    attributes: { type: 'search', placeholder: 'Which channel?', 'aria-label': 'Which channel?', autocomplete: 'off' },
  });
  const dialog = openDialog('box switcher', search, list);
  let chosen = 0;

  const go = (channel: Channel | undefined) => {
    dialog.close();
    if (channel) goTo({ kind: 'channel', id: channel.id });
  };
  const draw = () => {
    const found = channelsLike(search.value);
    chosen = Math.max(0, Math.min(chosen, found.length - 1));
    showRows(
      list,
      found.map((channel, i) => ({
        key: channel.id,
        stamp: `${i === chosen} ${channel.name}`,
        make: () =>
          button(
            {
              class: 'menu-item',
              attributes: { role: 'option', 'aria-selected': String(i === chosen) },
              onClick: () => go(channel),
            },
            `${channel.kind === 'im' ? '' : '#'}${nameOf(channel)}`,
            h('small', {}, channel.topic),
          ),
      })),
    );
    return found;
  };
  search.addEventListener('input', draw);
  search.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen += step;
    // The dialog gives the focus back when it closes: Enter must not press what had it before.
    if (step || event.key === 'Enter') event.preventDefault();
    const found = draw();
    if (event.key === 'Enter') go(found[chosen]);
  });
  draw();
}

function channelsLike(text: string): Channel[] {
  const letters = text.trim().replace(/^#/, '').toLowerCase();
  return app.workspace.channels
    .filter((one) => one.kind === 'public' || isMember(one))
    .filter((one) => nameOf(one).toLowerCase().includes(letters))
    .sort((a, b) => Number(isMember(b)) - Number(isMember(a)) || b.unread - a.unread)
    .slice(0, MOST);
}
