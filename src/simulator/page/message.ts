/** One message: who, when, what, and what can be done with it. */
import { complaint, post } from './api.ts';
import { app, me, msOf, standingOf, userOf } from './app.ts';
import { blockNodes } from './blocks.ts';
import { clockTime, wholeTime } from './dates.ts';
import { button, type Child, h, icon } from './dom.ts';
import { picture } from './elements.ts';
import { emojiOf } from './emoji.ts';
import { draw, flash, openThread } from './go.ts';
import { toast } from './notices.ts';
import { surface } from './surface.ts';
import { mrkdwn, textOf } from './text.ts';
import type { Answer, Json, Message, SharedFile, User } from './types.ts';

export interface Placement {
  channel: string;
  /** Follows another of the same author at once: no need to say who again. */
  isContinued: boolean;
  isInThread: boolean;
}

export function messageRow(message: Message, placement: Placement): HTMLElement {
  const author = userOf(message.user);
  if (message.subtype?.startsWith('channel_')) return eventRow(message, author);
  const classes = ['message'];
  if (placement.isContinued) classes.push('continued');
  if (message.to) classes.push('whisper');
  if (message.pinned) classes.push('pinned');
  return h(
    'article',
    {
      class: classes.join(' '),
      focus: `message/${message.ts}`,
      attributes: { 'data-ts': message.ts, 'data-user': author?.name, tabindex: '-1' },
    },
    h('div', { class: 'gutter' }, placement.isContinued ? time(message) : avatar(author, message.isNote)),
    h(
      'div',
      { class: 'body' },
      marks(message),
      placement.isContinued ? undefined : byline(message, author),
      content(message, placement),
      reactions(message, placement.channel),
      trouble(),
      placement.isInThread ? undefined : replies(message),
    ),
    message.isNote ? undefined : toolbar(message, placement),
  );
}

/** Somebody came, the topic changed: told in one small line. */
function eventRow(message: Message, author: User | undefined): HTMLElement {
  const isAboutAuthor = message.text.startsWith(`<@${message.user}>`);
  return h(
    'article',
    { class: 'message event', attributes: { 'data-ts': message.ts, tabindex: '-1' } },
    h('div', { class: 'gutter' }, time(message)),
    h(
      'div',
      { class: 'content' },
      h('div', {}, isAboutAuthor ? '' : `${author?.real_name ?? ''} `, mrkdwn(message.text)),
    ),
  );
}

/** Eight colours, the same one for the same person everywhere. */
const hueOf = (user: User | undefined): number =>
  Math.max(
    0,
    app.workspace.users.findIndex(({ id }) => id === user?.id),
  ) % 8;

export function avatar(user: User | undefined, isNote = false): HTMLElement {
  if (isNote) return h('span', { class: 'avatar note', attributes: { 'aria-hidden': 'true' } }, icon('alert'));
  if (user?.is_bot) return h('span', { class: 'avatar bot', attributes: { 'aria-hidden': 'true' } }, icon('bell'));
  const initials = (user?.real_name ?? '?')
    .split(/\s+/)
    .map((word) => word[0])
    .join('')
    .slice(0, 2)
    .toUpperCase();
  return h('span', { class: `avatar hue-${hueOf(user)}`, attributes: { 'aria-hidden': 'true' } }, initials);
}

const time = ({ ts }: Message): HTMLElement => {
  const place = { nowMs: Date.now() };
  return h('time', { title: wholeTime(msOf(ts), place) }, clockTime(msOf(ts), place));
};

function byline(message: Message, author: User | undefined): Child {
  const name = message.isNote ? 'Simulator' : (author?.real_name ?? message.user);
  return h(
    'div',
    { class: 'byline' },
    h('strong', { title: author ? standingOf(author) : '' }, name),
    author?.is_bot ? h('span', { class: 'badge' }, 'app') : undefined,
    author?.is_restricted ? h('span', { class: 'badge' }, 'guest') : undefined,
    time(message),
    message.edited ? h('small', { title: wholeTime(msOf(message.edited.ts), { nowMs: 0 }) }, 'edited') : undefined,
  );
}

function marks({ pinned, to, ts }: Message): Child {
  const dismiss = () => {
    app.dismissed.add(ts);
    draw();
  };
  return [
    pinned ? h('div', { class: 'mark' }, icon('pin'), 'Pinned') : undefined,
    to
      ? h(
          'div',
          { class: 'mark' },
          icon('eye'),
          'Only visible to you',
          button({ class: 'plain', onClick: dismiss }, 'Dismiss'),
        )
      : undefined,
  ];
}

function content(message: Message, { channel }: Placement): Child {
  const onAnswer = (answer: Answer) => {
    if (answer.ok) app.troubles.delete(message.ts);
    else app.troubles.set(message.ts, complaint(answer));
    draw();
  };
  const used = surface({ where: { channel, ts: message.ts }, onAnswer });
  const { blocks = [], attachments = [], files = [] } = message;
  return h(
    'div',
    { class: 'content' },
    blocks.length
      ? blockNodes(blocks, used)
      : message.text
        ? h('div', { class: 'section' }, mrkdwn(message.text))
        : undefined,
    attachments.map((one) => attachment(one, (inner) => blockNodes(inner, used))),
    files.map(file),
  );
}

/** What Slack had before blocks, still good for a bar of colour. */
function attachment(given: Json, draws: (blocks: Json[]) => Child): HTMLElement {
  const fields = Array.isArray(given.fields) ? (given.fields as Json[]) : [];
  const element = h(
    'div',
    { class: 'attachment' },
    given.pretext ? h('div', {}, mrkdwn(String(given.pretext))) : undefined,
    given.title ? h('strong', {}, textOf(String(given.title))) : undefined,
    given.text ? h('div', {}, mrkdwn(String(given.text))) : undefined,
    fields.length
      ? h(
          'div',
          { class: 'fields' },
          fields.map((one) => h('div', {}, h('strong', {}, String(one.title)), h('br'), mrkdwn(String(one.value)))),
        )
      : undefined,
    Array.isArray(given.blocks) ? draws(given.blocks as Json[]) : undefined,
  );
  const color = { good: '#2e9e6b', warning: '#d9962b', danger: '#c8364f' }[String(given.color)] ?? String(given.color);
  if (/^#?[0-9a-f]{6}$/i.test(color)) element.style.borderColor = `#${color.replace('#', '')}`;
  return element;
}

function file(shared: SharedFile): HTMLElement {
  const url = `/_control/files/${encodeURIComponent(shared.id)}`;
  const title = shared.title || shared.name;
  if (shared.mimetype?.startsWith('image/'))
    return h(
      'figure',
      {},
      h('figcaption', {}, title),
      picture({ slack_file: { id: shared.id }, alt_text: shared.alt_txt ?? title }, 'large'),
    );
  const size = shared.size === undefined ? '' : `${Math.max(1, Math.round(shared.size / 1024))} kB`;
  return h(
    'a',
    { class: 'file', attributes: { href: url, target: '_blank', rel: 'noopener noreferrer' } },
    icon('file'),
    h('span', {}, h('strong', {}, title), h('small', {}, `${shared.filetype ?? ''} ${size}`)),
  );
}

const react = async (message: Message, { channel, name }: { channel: string; name: string }) => {
  const answer = await post('react', { channel, ts: message.ts, name });
  if (!answer.ok) toast(complaint(answer), 'bad');
};

function reactions(message: Message, channel: string): Child {
  if (!message.reactions?.length) return undefined;
  return h(
    'div',
    { class: 'reactions' },
    message.reactions.map(({ name, users }) =>
      button(
        {
          class: users.includes(app.user) ? 'reaction mine' : 'reaction',
          focus: `${message.ts}/${name}`,
          title: `${users.map((id) => userOf(id)?.real_name ?? id).join(', ')} with :${name}:`,
          onClick: () => void react(message, { channel, name }),
        },
        emojiOf(name) ?? `:${name}:`,
        ` ${users.length}`,
      ),
    ),
  );
}

const trouble = (): HTMLElement => h('p', { class: 'trouble', attributes: { role: 'alert', hidden: '' } });

/** Beside the drawing of rows: what somebody has chosen in a message stays when its button fails. */
export function showTroubles(): void {
  for (const row of document.querySelectorAll<HTMLElement>('[data-ts]')) {
    const text = app.troubles.get(row.dataset.ts ?? '');
    const place = row.querySelector<HTMLElement>('.trouble');
    if (!place || place.hidden === !text) continue;
    place.hidden = !text;
    place.replaceChildren(icon('alert'), text ?? '');
  }
}

function replies({ ts, reply_count = 0 }: Message): Child {
  if (!reply_count) return undefined;
  const thread = app.messages.filter((one) => one.thread_ts === ts && one.ts !== ts);
  const people = [...new Set(thread.map(({ user }) => user))].slice(0, 4);
  const last = thread.at(-1);
  return button(
    { class: 'replies', focus: `thread/${ts}`, onClick: () => openThread(ts) },
    people.map((id) => avatar(userOf(id))),
    h('strong', {}, reply_count === 1 ? '1 reply' : `${reply_count} replies`),
    last ? h('small', {}, `last at ${clockTime(msOf(last.ts), { nowMs: 0 })}`) : undefined,
  );
}

const QUICK = ['eyes', 'white_check_mark', 'raised_hands'];

function toolbar(message: Message, { channel, isInThread }: Placement): Child {
  if (message.to || me() === undefined) return undefined;
  const copy = () => {
    const url = `${location.origin}/archives/${channel}/p${message.ts.replace('.', '')}`;
    void navigator.clipboard?.writeText(url).then(() => toast('The link to the message is copied.'));
    flash(message.ts);
  };
  return h(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'This message' } },
    QUICK.map((name) =>
      tool(
        message,
        { label: `React with ${name}`, onClick: () => void react(message, { channel, name }) },
        emojiOf(name),
      ),
    ),
    isInThread
      ? undefined
      : tool(
          message,
          { label: 'Reply in thread', onClick: () => openThread(message.thread_ts ?? message.ts) },
          icon('thread'),
        ),
    tool(message, { label: 'Copy link', onClick: copy }, icon('link')),
  );
}

interface Tool {
  label: string;
  onClick(): void;
}

const tool = ({ ts }: Message, { label, onClick }: Tool, sign: Child): Child =>
  button({ label, title: label, focus: `${ts}/${label}`, attributes: { tabindex: '-1' }, onClick }, sign);
