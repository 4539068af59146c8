/** The workspace: people, groups and channels as they stand when it opens, and how one is looked up. */
import type { App } from './manifest.ts';
import type { Message } from './messages.ts';
import type { Json } from './refusal.ts';

export interface User {
  id: string;
  name: string;
  real_name: string;
  team_id: string;
  email: string;
  is_bot: boolean;
  is_restricted: boolean;
  is_ultra_restricted: boolean;
  is_stranger: boolean;
  deleted: boolean;
}

export interface UserGroup {
  id: string;
  handle: string;
  users: string[];
}

export type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

export interface Note {
  value: string;
  creator: string;
  last_set: number;
}

export interface Bookmark extends Json {
  id: string;
}

export interface Channel {
  id: string;
  name: string;
  kind: ChannelKind;
  creator: string;
  created: number;
  is_archived: boolean;
  is_general: boolean;
  members: Set<string>;
  topic: Note;
  purpose: Note;
  messages: Map<string, Message>;
  pins: string[];
  bookmarks: Bookmark[];
}

export interface Workspace {
  teamId: string;
  teamName: string;
  botUserId: string;
  botId: string;
  users: Map<string, User>;
  usergroups: Map<string, UserGroup>;
  channels: Map<string, Channel>;
}

type Loose<T, Required extends keyof T> = Pick<T, Required> & { [K in Exclude<keyof T, Required>]?: T[K] | undefined };

export interface WorkspaceSeed {
  team?: string | undefined;
  users: Loose<User, 'id' | 'name'>[];
  usergroups?: UserGroup[] | undefined;
  channels?: { name: string; members: string[]; is_private?: boolean | undefined }[] | undefined;
}

export const defaultSeed: WorkspaceSeed = {
  team: 'Local Workspace',
  users: [
    { id: 'U0ALICE', name: 'alice', real_name: 'Alice Adams' },
    { id: 'U0BOB', name: 'bob', real_name: 'Bob Brown' },
    { id: 'U0CAROL', name: 'carol', real_name: 'Carol Clark' },
    { id: 'U0GINA', name: 'gina', real_name: 'Gina Guest', is_restricted: true },
    { id: 'U0EVE', name: 'eve', real_name: 'Eve Elsewhere', is_stranger: true, team_id: 'T0ELSEWHERE' },
  ],
  usergroups: [{ id: 'S0SRE', handle: 'sre-oncall', users: ['alice', 'bob'] }],
  channels: [
    { name: 'general', members: ['alice', 'bob', 'carol', 'gina'] },
    { name: 'shop-alerts', members: ['alice', 'bob', 'carol'] },
  ],
};

export function openWorkspace(seed: WorkspaceSeed, app: App, nowMs: number): Workspace {
  const workspace: Workspace = {
    teamId: 'T0LOCAL',
    teamName: seed.team ?? 'Local Workspace',
    botUserId: 'U0BOT',
    botId: 'B0BOT',
    users: new Map(),
    usergroups: new Map(),
    channels: new Map(),
  };
  const bot = { id: workspace.botUserId, name: app.botName, real_name: app.name, is_bot: true };
  for (const user of [...seed.users, bot]) workspace.users.set(user.id, wholeUser(user, workspace.teamId));
  const idOf = (nameOrId: string) => findUser(workspace, nameOrId)?.id ?? nameOrId;
  for (const group of seed.usergroups ?? [])
    workspace.usergroups.set(group.id, { ...group, users: group.users.map(idOf) });
  for (const { name, members, is_private } of seed.channels ?? []) {
    const ids = members.map(idOf);
    const kind = is_private ? 'private' : 'public';
    addChannel(workspace, { name, kind, creator: ids[0] ?? workspace.botUserId, members: ids, nowMs });
  }
  return workspace;
}

function wholeUser(user: Loose<User, 'id' | 'name'>, teamId: string): User {
  return {
    id: user.id,
    name: user.name,
    real_name: user.real_name ?? user.name,
    team_id: user.team_id ?? teamId,
    email: user.email ?? `${user.name}@example.com`,
    is_bot: user.is_bot ?? false,
    is_restricted: user.is_restricted ?? user.is_ultra_restricted ?? false,
    is_ultra_restricted: user.is_ultra_restricted ?? false,
    is_stranger: user.is_stranger ?? false,
    deleted: user.deleted ?? false,
  };
}

interface NewChannel {
  name: string;
  kind: ChannelKind;
  creator: string;
  members: string[];
  nowMs: number;
}

export function addChannel(workspace: Workspace, { name, kind, creator, members, nowMs }: NewChannel): Channel {
  const prefix = kind === 'im' ? 'D' : 'C';
  const id = `${prefix}0${(workspace.channels.size + 1).toString(36).toUpperCase().padStart(8, '0')}`;
  const empty = () => ({ value: '', creator: '', last_set: 0 });
  const channel: Channel = {
    id,
    name,
    kind,
    creator,
    created: Math.floor(nowMs / 1000),
    is_archived: false,
    is_general: name === 'general',
    members: new Set(members),
    topic: empty(),
    purpose: empty(),
    messages: new Map(),
    pins: [],
    bookmarks: [],
  };
  workspace.channels.set(id, channel);
  return channel;
}

export function findUser(workspace: Workspace, nameOrId: string): User | undefined {
  const name = nameOrId.replace(/^@/, '');
  return workspace.users.get(nameOrId) ?? [...workspace.users.values()].find((user) => user.name === name);
}

export function findChannel(workspace: Workspace, nameOrId: string): Channel | undefined {
  const name = nameOrId.replace(/^#/, '');
  return workspace.channels.get(nameOrId) ?? [...workspace.channels.values()].find((channel) => channel.name === name);
}
