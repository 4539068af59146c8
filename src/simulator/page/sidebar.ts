/** The left side: which workspace, who one acts as, the conversations with what is new in them, the app, the levers. */
import { complaint, post } from './api.ts';
import { app, isMember, me, nameOf, standingOf, userOf, type Where } from './app.ts';
import { button, byId, type Child, h, icon, showOne } from './dom.ts';
import { actAs, goTo } from './go.ts';
import { avatar } from './message.ts';
import { toast } from './notices.ts';
import { openSwitcher } from './switcher.ts';
import type { Channel, Lever } from './types.ts';

export function drawSidebar(): void {
  const { workspace, user, where, levers, isOnline } = app;
  showOne(byId('team'), [workspace.team, workspace.sockets, isOnline], team);
  showOne(byId('acting'), [user, workspace.users, workspace.usergroups], acting);
  const news = workspace.channels.map(({ id, name, unread, mentions, members, is_archived }) => ({
    ...{ id, name, unread, mentions, is_archived },
    isIn: members.includes(user),
  }));
  showOne(byId('channels'), [news, where, user, workspace.app.name], channelList);
  showOne(byId('levers'), levers, leverPanel);
}

function team(): HTMLElement {
  const { team: own, sockets, app: bot } = app.workspace;
  const state = !app.isOnline
    ? 'the simulator is gone'
    : sockets
      ? `${bot.name} is connected`
      : `${bot.name} is not connected`;
  return h(
    'div',
    { class: 'team' },
    h(
      'div',
      { class: 'team-name' },
      h('strong', {}, own.name),
      h('span', { class: 'simulated' }, 'Simulator, not Slack'),
    ),
    h('div', { class: `connection ${app.isOnline && sockets ? 'on' : 'off'}` }, state),
  );
}

/** Everybody in the workspace, with what they are. */
function acting(): HTMLElement {
  const people = app.workspace.users.filter(({ is_bot, deleted }) => !is_bot && !deleted);
  const menu = h('div', { class: 'menu people', attributes: { id: 'people', popover: 'auto' } });
  for (const user of people) {
    const choose = () => {
      menu.hidePopover();
      actAs(user.id);
    };
    menu.append(
      button(
        {
          class: 'menu-item',
          attributes: { 'aria-current': String(user.id === app.user), 'data-user': user.name },
          onClick: choose,
        },
        avatar(user),
        h('span', {}, user.real_name, h('small', {}, standingOf(user))),
      ),
    );
  }
  const current = me();
  const opener = button(
    { class: 'acting', focus: 'acting', attributes: { popovertarget: 'people' }, onClick: () => undefined },
    avatar(current),
    h('span', {}, h('small', {}, `Act as · ${current ? standingOf(current) : ''}`), current?.real_name ?? '…'),
    icon('switch'),
  );
  return h('div', {}, opener, menu);
}

type Group = readonly [title: string, channels: Channel[]];

/** What the app opened comes first, the newest on top: that is where the trouble is. */
function groupsOf(): Group[] {
  const { channels, bot_user_id } = app.workspace;
  const mine = channels.filter(isMember);
  const rooms = mine.filter(({ kind, is_archived }) => (kind === 'public' || kind === 'private') && !is_archived);
  const byName = (a: Channel, b: Channel) => a.name.localeCompare(b.name);
  const opened = rooms.filter(({ creator }) => creator === bot_user_id).sort((a, b) => b.id.localeCompare(a.id));
  const others = channels.filter((one) => !isMember(one) && one.kind === 'public' && !one.is_archived);
  return [
    ['Incidents', opened],
    ['Channels', rooms.filter(({ creator }) => creator !== bot_user_id).sort(byName)],
    ['Direct messages', mine.filter(({ kind }) => kind === 'im' || kind === 'mpim')],
    ['Not joined', others.sort(byName)],
    ['Archived', mine.filter(({ is_archived }) => is_archived).sort(byName)],
  ];
}

function channelList(): HTMLElement {
  const jump = button(
    { class: 'jump', focus: 'jump', onClick: openSwitcher },
    icon('search'),
    'Jump to…',
    h('kbd', {}, 'Ctrl K'),
  );
  const groups = groupsOf().map(([title, channels]): Child => {
    if (!channels.length) return undefined;
    return h(
      'section',
      {},
      h('h2', {}, title),
      h(
        'ul',
        {},
        channels.map((one) => h('li', {}, channelEntry(one))),
      ),
    );
  });
  return h('div', {}, jump, groups, h('section', {}, h('h2', {}, 'Apps'), h('ul', {}, h('li', {}, homeEntry()))));
}

const isHere = (where: Where): boolean => JSON.stringify(where) === JSON.stringify(app.where);

function channelEntry(channel: Channel): HTMLElement {
  const where: Where = { kind: 'channel', id: channel.id };
  const isNew = channel.unread > 0 && isMember(channel) && !isHere(where);
  const sign = channel.kind === 'private' ? 'lock' : 'hash';
  const other = userOf(channel.members.find((id) => id !== app.user) ?? '');
  return button(
    {
      class: `entry ${isNew ? 'unread' : ''}`,
      focus: `channel/${channel.id}`,
      attributes: { 'aria-current': isHere(where) ? 'page' : undefined, 'data-channel': channel.name },
      onClick: () => goTo(where),
    },
    channel.kind === 'im' ? avatar(other) : icon(sign),
    h('span', { class: 'entry-name' }, nameOf(channel)),
    isNew
      ? h('span', { class: channel.mentions ? 'count loud' : 'count' }, String(Math.min(channel.unread, 99)))
      : undefined,
  );
}

const homeEntry = (): HTMLElement =>
  button(
    {
      class: 'entry',
      focus: 'home',
      attributes: { 'aria-current': isHere({ kind: 'home' }) ? 'page' : undefined },
      onClick: () => goTo({ kind: 'home' }),
    },
    icon('bell'),
    h('span', { class: 'entry-name' }, app.workspace.app.name),
  );

function leverPanel(): HTMLElement {
  const world = app.levers.filter(({ group }) => group === 'world');
  const slack = app.levers.filter(({ group }) => group === 'slack');
  const shown = world.length ? 1 : slack.length;
  const rest = slack.slice(shown);
  return h(
    'div',
    {},
    h('h2', {}, 'Make trouble'),
    h('div', { class: 'levers' }, [...world, ...slack.slice(0, shown)].map(lever)),
    rest.length
      ? h('details', {}, h('summary', {}, 'More of it, with Slack'), h('div', { class: 'levers' }, rest.map(lever)))
      : undefined,
  );
}

function lever({ id, label, description, group, lastsMs }: Lever): HTMLElement {
  const made = button(
    {
      class: group === 'world' && app.levers[0]?.id === id ? 'lever first' : 'lever',
      title: description,
      focus: `lever/${id}`,
      attributes: { 'data-lever': id },
      onClick: async () => {
        made.setAttribute('aria-busy', 'true');
        const answer = await post(`levers/${encodeURIComponent(id)}`);
        made.removeAttribute('aria-busy');
        toast(answer.ok ? String(answer.said) : complaint(answer), answer.ok ? 'good' : 'bad');
        if (answer.ok && id === 'clear-faults') endAll();
        if (answer.ok && lastsMs) showLasting(made, lastsMs);
      },
    },
    label,
  );
  return made;
}

/** A bar that runs out while the trouble lasts. */
function showLasting(made: HTMLElement, lastsMs: number): void {
  const bar = h('span', { class: 'lasting', attributes: { role: 'progressbar', 'aria-label': 'still going on' } });
  bar.style.animationDuration = `${lastsMs}ms`;
  made.querySelector('.lasting')?.remove();
  made.append(bar);
  setTimeout(() => bar.remove(), lastsMs);
}

/** What Slack was told to do wrong, it does no longer. */
function endAll(): void {
  for (const bar of document.querySelectorAll('[data-lever^="slack-"] .lasting')) bar.remove();
}
