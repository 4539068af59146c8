/** What the control API answers, as far as the page looks at it. */
export type Json = Record<string, unknown>;

export interface User {
  id: string;
  name: string;
  real_name: string;
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

export interface Bookmark {
  id: string;
  title: string;
  link: string;
  emoji?: string;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im' | 'mpim';
  creator: string;
  created: number;
  topic: string;
  purpose: string;
  members: string[];
  pins: string[];
  bookmarks: Bookmark[];
  is_archived: boolean;
  message_count: number;
  read: string;
  unread: number;
  mentions: number;
}

export interface Command {
  command: string;
  description: string;
  usageHint: string;
}

export interface Workspace {
  team: { name: string };
  app: { name: string; description: string; commands: Command[]; home_tab: boolean };
  bot_user_id: string;
  users: User[];
  usergroups: UserGroup[];
  channels: Channel[];
  sockets: number;
}

export interface SharedFile {
  id: string;
  name: string;
  title?: string;
  mimetype?: string;
  filetype?: string;
  size?: number;
  alt_txt?: string;
}

export interface Message {
  ts: string;
  user: string;
  text: string;
  bot_id?: string;
  subtype?: string;
  blocks?: Json[];
  attachments?: Json[];
  files?: SharedFile[];
  thread_ts?: string;
  edited?: { ts: string };
  reactions?: { name: string; users: string[] }[];
  reply_count?: number;
  pinned?: boolean;
  /** Only one person sees it. */
  to?: string;
  /** Written by the page itself: what Slack's own helper bot would say. */
  isNote?: boolean;
}

export interface View extends Json {
  id: string;
  hash: string;
  blocks: Json[];
}

export interface Lever {
  id: string;
  label: string;
  description: string;
  group: 'world' | 'slack';
  lastsMs?: number;
}

export interface Call {
  n: number;
  at: number;
  method: string;
  args: Json;
  status: number;
  ok: boolean;
  error?: string;
  ms: number;
}

export interface Envelope {
  n: number;
  revision: number;
  at: number;
  type: string;
  what: string;
  payload: Json;
  attempt: number;
  state: 'waiting' | 'acked' | 'failed';
  ms?: number;
  error?: string;
}

export interface Answer extends Json {
  ok: boolean;
  acked?: boolean;
  error?: string;
  detail?: string;
}
