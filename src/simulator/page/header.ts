/** The top of a conversation: its name and topic, who is in it, what is pinned, its bookmarks. */
import { app, here, nameOf, standingOf, userOf } from './app.ts';
import { button, byId, type Child, h, icon, showOne } from './dom.ts';
import { flash, goTo } from './go.ts';
import { avatar } from './message.ts';
import { anchor, emoji, mrkdwn } from './text.ts';
import type { Channel, Message } from './types.ts';

export function drawHeader(): void {
  const { stamp, make } = headerHere();
  showOne(byId('header'), stamp, make);
}

function headerHere(): { stamp: unknown; make(): HTMLElement } {
  const channel = here();
  if (app.where.kind === 'home') return { stamp: ['home', app.workspace.app], make: homeHeader };
  if (!channel) return { stamp: 'nowhere', make: () => bar() };
  const { read: _read, unread: _unread, mentions: _mentions, message_count: _count, ...shown } = channel;
  const pinned = app.messages.filter(({ pinned }) => pinned).map(({ ts, text }) => ({ ts, text }));
  return { stamp: [shown, pinned, app.user, app.workspace.users], make: () => channelHeader(channel) };
}

const bar = (...children: Child[]): HTMLElement => {
  const toggle = () => document.body.classList.toggle('with-sidebar');
  const open = button({ class: 'quiet only-narrow', label: 'Channels', onClick: toggle }, icon('list'));
  return h('div', { class: 'bar' }, open, children);
};

const homeHeader = (): HTMLElement =>
  bar(h('h1', {}, icon('bell'), app.workspace.app.name), h('p', { class: 'topic' }, 'Home'));

function channelHeader(channel: Channel): HTMLElement {
  const sign = channel.kind === 'im' ? undefined : icon(channel.kind === 'private' ? 'lock' : 'hash');
  return h(
    'div',
    {},
    bar(
      h('h1', {}, sign, h('span', {}, nameOf(channel))),
      h('p', { class: 'topic', title: channel.topic }, mrkdwn(channel.topic || channel.purpose)),
      chip({ name: 'pin', label: 'Pinned messages', count: channel.pins.length }, pins(channel)),
      chip({ name: 'people', label: 'Members', count: channel.members.length }, channel.members.map(member)),
    ),
    channel.bookmarks.length ? h('nav', { class: 'bookmarks' }, channel.bookmarks.map(bookmark)) : undefined,
  );
}

interface Chip {
  name: string;
  label: string;
  count: number;
}

/** A number that opens what it counts. */
function chip({ name, label, count }: Chip, inside: Child): Child {
  if (!count) return undefined;
  const id = `list-${name}`;
  return h(
    'span',
    { class: 'menu-place' },
    button(
      {
        class: 'quiet',
        label: `${label}: ${count}`,
        title: label,
        focus: id,
        attributes: { popovertarget: id },
        onClick: () => undefined,
      },
      icon(name),
      String(count),
    ),
    h('div', { class: 'menu wide', attributes: { id, popover: 'auto' } }, h('h2', {}, label), inside),
  );
}

const pins = (channel: Channel): Child =>
  channel.pins
    .map((ts) => app.messages.find((one) => one.ts === ts))
    .filter((one): one is Message => one !== undefined)
    .map((message) =>
      button(
        { class: 'menu-item', onClick: () => closeAnd(() => flash(message.ts)) },
        h('span', {}, userOf(message.user)?.real_name ?? '', h('small', {}, message.text)),
      ),
    );

function member(id: string): Child {
  const user = userOf(id);
  return h(
    'div',
    { class: 'menu-item' },
    avatar(user),
    h('span', {}, user?.real_name ?? id, h('small', {}, user ? standingOf(user) : '')),
  );
}

function closeAnd(then: () => void): void {
  for (const open of document.querySelectorAll<HTMLElement>('.menu:popover-open')) open.hidePopover();
  then();
}

const bookmark = ({ title, link, emoji: sign }: Channel['bookmarks'][number]): HTMLElement =>
  anchor(link, sign ? emoji(sign.replaceAll(':', '')) : icon('link'), title);

/** Which channel to show first: an incident's, else one with news, else the first. */
export function firstChannel(): void {
  const mine = app.workspace.channels.filter(({ members, is_archived }) => members.includes(app.user) && !is_archived);
  const opened = mine.filter(({ creator }) => creator === app.workspace.bot_user_id).at(-1);
  const channel = opened ?? mine.find(({ name }) => name !== 'general') ?? mine[0] ?? app.workspace.channels[0];
  if (channel) goTo({ kind: 'channel', id: channel.id });
}
