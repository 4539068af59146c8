/** Who is meant where a message calls a role, a user group or a user: their ids, so that Slack notifies them. */
import type { Instant } from '../domain/ids.ts';
import type { Message, Rich, Section, Span } from '../domain/message.ts';
import type { Telemetry } from '../engine/ports.ts';
import type { Api } from './api.ts';
import { fresh } from './fresh.ts';
import { bareHandle, type Groups } from './groups.ts';
import type { RoleBook } from './people.ts';

/** The message with the ids of all whom it calls; they stay names where Slack cannot be asked. */
export type Calling = (message: Message) => Promise<Message>;

export interface CallingParts {
  readonly api: Api;
  readonly roles: RoleBook;
  readonly telemetry: Telemetry;
  readonly now: () => Instant;
  readonly groups: () => Promise<{ readonly value: Groups }>;
}

type Call = Extract<Span, { call: unknown }>;
type Names = ReadonlyMap<string, string>;

const namesForMs = 600_000;
/** Slack: 200 a page are recommended. A workspace with more people than these is asked no further. */
const pageSize = 200;
const mostPages = 10;
const urgency = 5;

export function createCalling({ api, roles, telemetry, now, groups }: CallingParts): Calling {
  const names = fresh({ forMs: namesForMs, now }, () => askNames(api));

  async function idsOf({ call, name }: Call): Promise<readonly string[]> {
    if (call === 'user') return await userIds([name]);
    if (call === 'group') return await groupIds([name]);
    const holders = Object.hasOwn(roles, name) ? roles[name] : undefined;
    return holders ? [...(await groupIds(holders.groups)), ...(await userIds(holders.users))] : [];
  }

  async function groupIds(handles: readonly string[]): Promise<readonly string[]> {
    if (!handles.length) return [];
    const { value } = await groups();
    return handles.flatMap((handle) => value.get(bareHandle(handle))?.id ?? []);
  }

  async function userIds(users: readonly string[]): Promise<readonly string[]> {
    const known = users.every(isId) ? undefined : (await names()).value;
    return users.flatMap((user) => (isId(user) ? user : (known?.get(bareHandle(user)) ?? [])));
  }

  return async (message) => {
    const calls = spansOf(message).filter(isCall);
    if (!calls.length) return message;
    try {
      const ids = new Map(await Promise.all(calls.map(async (call) => [keyOf(call), await idsOf(call)] as const)));
      return withIds(message, ids);
    } catch (error) {
      telemetry.log.warn('Slack could not say whom a message calls', { error: String(error) });
      return message;
    }
  };
}

const isId = (user: string): boolean => /^[UW][A-Z0-9]{2,}$/.test(user);
const isCall = (span: Span): span is Call => 'call' in span;
const keyOf = ({ call, name }: Call): string => `${call}/${name}`;

const richOf = (section: Section): readonly Rich[] => {
  if (section.kind === 'text' || section.kind === 'small') return [section.text];
  return section.kind === 'list' ? section.items : [];
};
const spansOf = ({ sections }: Message): readonly Span[] => sections.flatMap(richOf).flat();

/** Each is called once, however often they are meant. */
function withIds(message: Message, ids: ReadonlyMap<string, readonly string[]>): Message {
  const called = new Set<string>();
  const named = (span: Span): Span => {
    if (!isCall(span)) return span;
    const mine = (ids.get(keyOf(span)) ?? []).filter((id) => !called.has(id));
    for (const id of mine) called.add(id);
    return { ...span, ids: mine };
  };
  const rich = (text: Rich): Rich => text.map(named);
  const section = (one: Section): Section => {
    if (one.kind === 'text' || one.kind === 'small') return { ...one, text: rich(one.text) };
    return one.kind === 'list' ? { ...one, items: one.items.map(rich) } : one;
  };
  return { ...message, sections: message.sections.map(section) };
}

async function askNames(api: Api): Promise<Names> {
  const names = new Map<string, string>();
  let cursor = '';
  for (let page = 0; page < mostPages; page += 1) {
    const { members = [], response_metadata } = await api.call({ method: 'users.list', urgency }, (slack) =>
      slack.users.list({ limit: pageSize, ...(cursor && { cursor }) }),
    );
    for (const { id, name, deleted } of members) if (id && name && !deleted) names.set(name, id);
    cursor = response_metadata?.next_cursor ?? '';
    if (!cursor) break;
  }
  return names;
}
