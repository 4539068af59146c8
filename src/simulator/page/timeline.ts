/** The messages of a channel or thread, oldest first, with the days between them and where the new ones begin. */
import { post } from './api.ts';
import { app, here, isMember, msOf } from './app.ts';
import { dayKey, dayName } from './dates.ts';
import { byId, h, type Row, showRows } from './dom.ts';
import { messageRow } from './message.ts';
import { mrkdwn } from './text.ts';
import type { Channel, Message } from './types.ts';
import { walkByArrows } from './walk.ts';

/** Messages of one author within this time stand under one name. */
const TOGETHER_MS = 5 * 60_000;
const NEAR_BOTTOM_PX = 80;

export function drawTimeline(): void {
  const channel = here();
  const list = byId('timeline');
  if (!channel) {
    showRows(list, []);
    return;
  }
  const wasAtBottom = isAtBottom(list) || list.dataset.channel !== channel.id;
  const isTop = ({ ts, thread_ts }: Message) => thread_ts === undefined || thread_ts === ts;
  const messages = seen().filter(isTop);
  showRows(list, messages.length ? rowsOf(messages, { channel, isInThread: false }) : [emptyRow(channel)]);
  list.dataset.channel = channel.id;
  if (wasAtBottom) list.scrollTop = list.scrollHeight;
  byId('latest').hidden = isAtBottom(list);
  markRead(channel);
}

/** Who writes wants to see what comes of it. */
export function followNewest(): void {
  const list = byId('timeline');
  list.scrollTop = list.scrollHeight;
}

const isAtBottom = (list: HTMLElement): boolean =>
  list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM_PX;

/** What this person sees here: the channel's messages and what was whispered to them. */
function seen(): Message[] {
  const notes = app.notes.filter(({ channel, to }) => channel === here()?.id && to === app.user);
  const mine = [...app.whispers, ...notes].filter(({ ts }) => !app.dismissed.has(ts));
  return [...app.messages, ...mine].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

export const threadOf = (ts: string): Message[] => seen().filter((one) => one.ts === ts || one.thread_ts === ts);

interface Listing {
  channel: Channel;
  isInThread: boolean;
}

export function rowsOf(messages: readonly Message[], { channel, isInThread }: Listing): Row[] {
  const place = { nowMs: Date.now() };
  const names = app.workspace.channels.map(({ name }) => name).join();
  const firstNew = messages.find(({ ts, user }) => ts > app.newSince && user !== app.user);
  return messages.flatMap((message, i) => {
    const before = messages[i - 1];
    const isNewDay = !before || dayKey(msOf(before.ts), place) !== dayKey(msOf(message.ts), place);
    const isFirstNew = message === firstNew && before !== undefined && !isInThread && app.newSince !== '';
    const isContinued = !isNewDay && !isFirstNew && follows(message, before);
    const thread = isInThread ? '' : latestReply(message);
    const stamp = JSON.stringify([message, app.user, isContinued, thread, names]);
    const make = () => messageRow(message, { channel: channel.id, isContinued, isInThread });
    return [
      ...(isNewDay && !isInThread ? [line('day', dayName(msOf(message.ts), place), message.ts)] : []),
      ...(isFirstNew ? [line('new', 'New', '')] : []),
      { key: message.ts, stamp, make },
    ];
  });
}

const follows = (message: Message, before: Message): boolean =>
  before.user === message.user &&
  !before.subtype === !message.subtype &&
  !message.to &&
  !before.to &&
  !message.pinned &&
  msOf(message.ts) - msOf(before.ts) < TOGETHER_MS;

const latestReply = ({ ts }: Message): string => app.messages.findLast((one) => one.thread_ts === ts)?.ts ?? '';

const line = (className: string, text: string, key: string): Row => ({
  key: `${className} ${key}`,
  stamp: text,
  make: () => h('div', { class: `line ${className}`, attributes: { role: 'separator' } }, h('span', {}, text)),
});

const emptyRow = (channel: Channel): Row => ({
  key: 'empty',
  stamp: channel.id + app.levers.length,
  make: () =>
    h(
      'div',
      { class: 'empty' },
      h('h2', {}, channel.kind === 'im' ? 'Nothing was said here yet' : `This is the beginning of #${channel.name}`),
      app.levers.some(({ group }) => group === 'world')
        ? h(
            'p',
            {},
            mrkdwn(
              `Nothing is wrong. *${app.levers[0]?.label}* at the lower left, and watch this channel: a real alert takes some ten seconds.`,
            ),
          )
        : h('p', {}, 'What people and the app write here shows up at once.'),
    ),
});

/** Only what is really looked at counts as read. */
function markRead(channel: Channel): void {
  const last = app.messages.at(-1)?.ts ?? '';
  const isLooking = document.visibilityState === 'visible' && isMember(channel) && isAtBottom(byId('timeline'));
  if (isLooking && channel.unread && last > channel.read) void post('read', { channel: channel.id, ts: last });
}

export function startTimeline(): void {
  const list = byId('timeline');
  const latest = byId('latest');
  list.addEventListener('scroll', () => {
    latest.hidden = isAtBottom(list);
    const channel = here();
    if (channel) markRead(channel);
  });
  latest.addEventListener('click', followNewest);
  walkByArrows(list);
  walkByArrows(byId('thread-list'));
  // A picture that arrives must not push the newest message out of view.
  let wasAtBottom = true;
  new ResizeObserver(() => {
    if (wasAtBottom) list.scrollTop = list.scrollHeight;
  }).observe(list);
  list.addEventListener('scroll', () => {
    wasAtBottom = isAtBottom(list);
  });
  list.addEventListener(
    'load',
    () => {
      if (wasAtBottom) list.scrollTop = list.scrollHeight;
    },
    true,
  );
}
