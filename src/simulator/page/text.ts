/** Shows mrkdwn and plain text: mentions, links, dates and emoji as a chat client has them. */
import { app, channelOf, userOf } from './app.ts';
import { formatDate, wholeTime } from './dates.ts';
import { button, type Child, h, link } from './dom.ts';
import { emojiOf } from './emoji.ts';
import { goTo, isOurs, openPermalink } from './go.ts';
import { parseMrkdwn, parsePlain, type Span } from './mrkdwn.ts';
import type { Json } from './types.ts';

export const mrkdwn = (text: string): Child => parseMrkdwn(text).map(spanNode);

const plain = (text: string): Child => parsePlain(text).map(spanNode);

/** A text object of Block Kit, or a bare text. */
export function textOf(value: unknown): Child {
  if (typeof value === 'string') return plain(value);
  const { type, text } = (value ?? {}) as Json;
  return type === 'mrkdwn' ? mrkdwn(String(text ?? '')) : plain(String(text ?? ''));
}

export const wordsOf = (value: unknown): string => String(((value ?? {}) as Json).text ?? '');

function spanNode(span: Span): Child {
  switch (span.kind) {
    case 'text':
      return span.text;
    case 'bold':
      return h('strong', {}, span.children.map(spanNode));
    case 'italic':
      return h('em', {}, span.children.map(spanNode));
    case 'strike':
      return h('s', {}, span.children.map(spanNode));
    case 'quote':
      return h('blockquote', {}, span.children.map(spanNode));
    case 'code':
      return h('code', {}, span.text);
    case 'block':
      return h('pre', {}, span.text);
    case 'link':
      return anchor(span.url, ...span.children.map(spanNode));
    case 'emoji':
      return emoji(span.name);
    case 'date':
      return date(span);
    default:
      return mention(span);
  }
}

/** A link to one of our own messages leads there without a new tab. */
export function anchor(url: string, ...children: Child[]): HTMLElement {
  const element = link(url, ...children);
  if (isOurs(url))
    element.addEventListener('click', (event) => {
      event.preventDefault();
      openPermalink(new URL(url).pathname);
    });
  return element;
}

export function emoji(name: string): Child {
  const sign = emojiOf(name);
  return sign ? h('span', { class: 'emoji', title: `:${name}:` }, sign) : `:${name}:`;
}

function date({ seconds, format, url, fallback }: Extract<Span, { kind: 'date' }>): Child {
  if (!Number.isFinite(seconds)) return fallback;
  const place = { nowMs: Date.now() };
  const shown = h('time', { title: wholeTime(seconds * 1000, place) }, formatDate(seconds, format, place));
  return url ? anchor(url, shown) : shown;
}

type Mention = Extract<Span, { kind: 'user' | 'channel' | 'group' | 'broadcast' }>;

export function mention(span: Mention): Child {
  if (span.kind === 'broadcast') return h('span', { class: 'mention for-me' }, `@${span.name}`);
  if (span.kind === 'user') {
    const user = userOf(span.id);
    const isMe = span.id === app.user;
    return h(
      'span',
      { class: isMe ? 'mention for-me' : 'mention', title: user?.real_name },
      `@${user?.name ?? (span.label || span.id)}`,
    );
  }
  if (span.kind === 'channel') return channelMention(span.id, span.label);
  const group = app.workspace.usergroups.find(({ id }) => id === span.id);
  const isMine = group?.users.includes(app.user);
  return h(
    'span',
    { class: isMine ? 'mention for-me' : 'mention' },
    `@${group?.handle ?? (span.label.replace(/^@/, '') || span.id)}`,
  );
}

function channelMention(id: string, label: string): Child {
  const channel = channelOf(id);
  const name = `#${channel?.name ?? (label || 'private-channel')}`;
  if (!channel) return h('span', { class: 'mention' }, name);
  return button({ class: 'mention', onClick: () => goTo({ kind: 'channel', id }) }, name);
}
