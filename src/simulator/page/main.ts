/** The workspace page: asks for what is there whenever something changed, and draws what differs. */
import { get } from './api.ts';
import { app, here, nameOf } from './app.ts';
import { composer } from './composer.ts';
import { button, byId, icon } from './dom.ts';
import { goTo, moveWithin, openPermalink, openThread } from './go.ts';
import { drawHeader, firstChannel } from './header.ts';
import { drawHome } from './home.ts';
import { askForTraffic, drawInspector, startInspector, toggleInspector } from './inspector.ts';
import { showTroubles } from './message.ts';
import { drawModals, startModals } from './modal.ts';
import { drawSidebar } from './sidebar.ts';
import { openSwitcher } from './switcher.ts';
import { showTheme, toggleTheme } from './theme.ts';
import { drawThread } from './thread.ts';
import { drawTimeline, startTimeline } from './timeline.ts';
import type { Message, View, Workspace } from './types.ts';

const say = composer({ id: 'say', thread: () => undefined });
const reply = composer({ id: 'reply', thread: () => app.thread });

function draw(): void {
  drawSidebar();
  drawHeader();
  byId('conversation').hidden = app.where.kind === 'home';
  drawHome();
  drawTimeline();
  drawThread();
  showTroubles();
  drawModals();
  drawInspector();
  say.draw();
  reply.draw();
  const unread = app.workspace.channels.reduce(
    (sum, { members, unread }) => sum + (members.includes(app.user) ? unread : 0),
    0,
  );
  const place = here();
  document.title = `${unread ? `(${unread}) ` : ''}${place ? `#${nameOf(place)}` : app.workspace.app.name} · ${app.workspace.team.name}`;
}

/** One question at a time; who asks meanwhile gets one more. */
let asking: Promise<void> | undefined;
let isStale = false;

function refresh(): Promise<void> {
  isStale = true;
  asking ??= (async () => {
    while (isStale) {
      isStale = false;
      await ask().catch(() => undefined);
    }
    asking = undefined;
  })();
  return asking;
}

async function ask(): Promise<void> {
  const { user, where } = app;
  const workspace = await get<Workspace>('state', user ? { user } : {});
  const channel =
    where.kind === 'channel' && workspace.channels.some(({ id }) => id === where.id) ? where.id : undefined;
  const [messages, whispers, modals, home] = await Promise.all([
    channel ? get<Message[]>(`channels/${channel}/messages`) : [],
    channel && user ? get<Message[]>('ephemerals', { user, channel }) : [],
    user ? get<View[]>('views', { user }) : [],
    where.kind === 'home' && user ? get<{ view: View | null }>('home', { user }) : { view: null },
    app.isInspecting ? askForTraffic() : undefined,
  ]);
  if (app.user !== user || JSON.stringify(app.where) !== JSON.stringify(where)) {
    isStale = true;
    return;
  }
  Object.assign(app, { workspace, messages, whispers, modals, home: home.view ?? undefined });
  draw();
}

function listen(): void {
  const events = new EventSource('/_control/events');
  const online = (isOnline: boolean) => () => {
    app.isOnline = isOnline;
    draw();
  };
  events.addEventListener('open', online(true));
  events.addEventListener('error', online(false));
  events.addEventListener('change', () => void refresh());
}

function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (!document.querySelector('dialog[open]')) openSwitcher();
    }
    if (event.key !== 'Escape' || document.querySelector('dialog[open], :popover-open')) return;
    if (app.thread) openThread(undefined);
    else if (app.isInspecting) toggleInspector();
    document.body.classList.remove('with-sidebar');
  });
  document.addEventListener('visibilitychange', draw);
}

function whoFirst(): string {
  const wanted = new URLSearchParams(location.search).get('as') ?? sessionStorage.getItem('user');
  const people = app.workspace.users.filter(({ is_bot, deleted }) => !is_bot && !deleted);
  return (people.find(({ id, name }) => id === wanted || name === wanted) ?? people[0])?.id ?? '';
}

function goFirst(): void {
  const place = location.hash.slice(1);
  if (location.pathname.startsWith('/archives/')) openPermalink(location.pathname);
  else if (place === 'home') goTo({ kind: 'home' });
  else if (app.workspace.channels.some(({ id }) => id === place)) goTo({ kind: 'channel', id: place });
  else firstChannel();
}

async function start(): Promise<void> {
  showTheme();
  moveWithin({ refresh, draw });
  byId('conversation').append(say.node);
  byId('thread').append(reply.node);
  byId('tools').append(
    button({ class: 'tool', title: 'Traffic inspector', onClick: toggleInspector }, icon('traffic'), 'Traffic'),
    button({ class: 'tool', title: 'Light or dark', label: 'Light or dark', onClick: toggleTheme }, icon('theme')),
  );
  startTimeline();
  startModals();
  startInspector();
  startKeys();
  byId('shade').addEventListener('click', () => document.body.classList.remove('with-sidebar'));
  app.workspace = await get<Workspace>('state');
  app.levers = await get('levers');
  app.user = whoFirst();
  app.workspace = await get<Workspace>('state', { user: app.user });
  goFirst();
  listen();
}

void start();
