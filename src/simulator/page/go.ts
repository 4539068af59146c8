/** Moving about: to a channel, the app's home, a thread, a message by its permalink, or into somebody else's shoes. */
import { post } from './api.ts';
import { app, channelOf, type Where } from './app.ts';

interface Surroundings {
  /** Asks anew for what the place shows, and draws it. */
  refresh(): Promise<void>;
  draw(): void;
}

let surroundings: Surroundings = { refresh: async () => undefined, draw: () => undefined };

export const moveWithin = (given: Surroundings): void => {
  surroundings = given;
};

export const refresh = (): Promise<void> => surroundings.refresh();
export const draw = (): void => surroundings.draw();

export function goTo(where: Where, thread?: string): void {
  app.where = where;
  app.thread = thread;
  app.newSince = where.kind === 'channel' ? (channelOf(where.id)?.read ?? '') : '';
  app.messages = [];
  document.body.classList.remove('with-sidebar');
  history.replaceState(null, '', where.kind === 'home' ? '/#home' : `/#${where.id}`);
  // The app hears of it, and may publish the tab only now.
  if (where.kind === 'home' && app.workspace.app.home_tab) void post('home');
  void refresh().then(() => document.getElementById('say')?.focus({ preventScroll: true }));
}

export function openThread(ts: string | undefined): void {
  app.thread = ts;
  draw();
  document.getElementById(ts ? 'reply' : 'say')?.focus({ preventScroll: true });
}

export function actAs(user: string): void {
  app.user = user;
  sessionStorage.setItem('user', user);
  app.troubles.clear();
  app.newSince = '';
  void refresh();
}

const PERMALINK = /^\/archives\/([^/]+)\/p(\d+)(\d{6})$/;

export function isOurs(url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === location.origin && PERMALINK.test(new URL(url).pathname);
}

export function openPermalink(path: string): void {
  const [, channel = '', seconds, rest] = PERMALINK.exec(path) ?? [];
  const ts = `${seconds}.${rest}`;
  goTo({ kind: 'channel', id: channel });
  void refresh().then(() => {
    const thread = app.messages.find((one) => one.ts === ts)?.thread_ts;
    if (thread && thread !== ts) openThread(thread);
    flash(ts);
  });
}

/** Brings a message into view and lets it shine for a moment. */
export function flash(ts: string): void {
  const rows = document.querySelectorAll<HTMLElement>(`[data-ts="${CSS.escape(ts)}"]`);
  for (const row of rows) {
    row.scrollIntoView({ block: 'center' });
    row.classList.add('flash');
    row.addEventListener('animationend', () => row.classList.remove('flash'), { once: true });
  }
}
