/** What the page knows and where its visitor is: one value, read by everything that draws. */
import type { Call, Channel, Envelope, Lever, Message, User, View, Workspace } from './types.ts';

export type Where = { kind: 'channel'; id: string } | { kind: 'home' };

export interface App {
  workspace: Workspace;
  levers: Lever[];
  user: string;
  where: Where;
  thread: string | undefined;
  messages: Message[];
  whispers: Message[];
  /** What the page itself has to say, beside the messages. */
  notes: (Message & { channel: string })[];
  modals: View[];
  home: View | undefined;
  /** Whispers that their reader put away. */
  dismissed: Set<string>;
  /** What went wrong with a click, by the message's time. */
  troubles: Map<string, string>;
  /** Where "New" stands in the channel on show. */
  newSince: string;
  calls: Call[];
  envelopes: Envelope[];
  isInspecting: boolean;
  isOnline: boolean;
}

const nothing: Workspace = {
  team: { name: '' },
  app: { name: 'the app', description: '', commands: [], home_tab: false },
  bot_user_id: '',
  users: [],
  usergroups: [],
  channels: [],
  sockets: 0,
};

export const app: App = {
  workspace: nothing,
  levers: [],
  user: '',
  where: { kind: 'channel', id: '' },
  thread: undefined,
  messages: [],
  whispers: [],
  notes: [],
  modals: [],
  home: undefined,
  dismissed: new Set(),
  troubles: new Map(),
  newSince: '',
  calls: [],
  envelopes: [],
  isInspecting: false,
  isOnline: true,
};

export const userOf = (id: string): User | undefined => app.workspace.users.find((one) => one.id === id);

export const me = (): User | undefined => userOf(app.user);

export const channelOf = (id: string): Channel | undefined => app.workspace.channels.find((one) => one.id === id);

export const here = (): Channel | undefined => (app.where.kind === 'channel' ? channelOf(app.where.id) : undefined);

export const isMember = (channel: Channel): boolean => channel.members.includes(app.user);

/** A direct conversation is called after the others in it. */
export function nameOf(channel: Channel): string {
  if (channel.kind !== 'im' && channel.kind !== 'mpim') return channel.name;
  const others = channel.members.filter((id) => id !== app.user);
  return others.map((id) => userOf(id)?.real_name ?? id).join(', ');
}

/** What a person may do here, in a word. */
export function standingOf(user: User): string {
  if (user.is_bot) return 'app';
  if (user.deleted) return 'deactivated';
  if (user.is_stranger) return 'another workspace';
  if (user.is_ultra_restricted) return 'single-channel guest';
  if (user.is_restricted) return 'guest';
  const groups = app.workspace.usergroups.filter(({ users }) => users.includes(user.id));
  return groups.length ? groups.map(({ handle }) => `@${handle}`).join(', ') : 'member';
}

/** Said by the page itself to the person on show, in the channel on show. */
export function note(text: string, thread?: string): void {
  const channel = here()?.id ?? '';
  const ts = (Date.now() / 1000).toFixed(6);
  app.notes.push({ ts, user: '', text, to: app.user, channel, isNote: true, ...(thread ? { thread_ts: thread } : {}) });
}

export const msOf = (ts: string): number => Math.floor(Number(ts) * 1000);
