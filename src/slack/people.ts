/** People: who somebody is, in which user groups, with which roles; and who is invited into a channel. */
import type { Instant, UserRef } from '../domain/ids.ts';
import type { Person } from '../domain/person.ts';
import type { Telemetry } from '../engine/ports.ts';
import type { Api, Identity } from './api.ts';
import type { Known } from './fresh.ts';
import { bareHandle, type Groups } from './groups.ts';
import { cutTo, oneLine } from './text.ts';

/** Who holds which role, by `tocsin.yml`: ids or user names, and handles of user groups. */
export type RoleBook = Readonly<
  Record<string, { readonly users: readonly string[]; readonly groups: readonly string[] }>
>;

export interface People {
  describe(user: UserRef): Promise<Person>;
  /** Members of the user groups with these handles. */
  membersOf(groups: readonly string[]): Promise<readonly string[]>;
}

export interface PeopleParts {
  readonly api: Api;
  readonly roles: RoleBook;
  readonly telemetry: Telemetry;
  readonly now: () => Instant;
  readonly groups: () => Promise<Known<Groups>>;
}

type SlackUser = NonNullable<Awaited<ReturnType<Parameters<Parameters<Api['call']>[1]>[0]['users']['info']>>['user']>;

/** What a person waits for. */
const urgency = 0;

export function createPeople({ api, roles, telemetry, now, groups }: PeopleParts): People {
  async function askUser(user: UserRef): Promise<Known<SlackUser>> {
    const askedAt = now();
    const { user: found } = await api.call({ method: 'users.info', urgency }, (slack) => slack.users.info({ user }));
    return { value: found ?? {}, askedAt };
  }

  async function ask(user: UserRef): Promise<Person> {
    const [me, info, inGroups] = await Promise.all([api.whoAmI(), askUser(user), groups()]);
    const mine = [...inGroups.value].filter(([, { users }]) => users.includes(user)).map(([handle]) => handle);
    const standing = standingOf(info.value, me);
    return {
      ...{ kind: 'person', user, name: nameOf(info.value, user), standing },
      ...(info.value.name && { handle: info.value.name }),
      // Whatever user groups a guest or a stranger is in.
      groups: standing === 'member' ? mine : [],
      roles: standing === 'member' ? rolesOf(roles, { user, name: info.value.name ?? '', groups: mine }) : [],
      askedAt: Math.min(info.askedAt, inGroups.askedAt),
    };
  }

  return {
    describe: async (user) => {
      const askedAt = now();
      try {
        return await ask(user);
      } catch (error) {
        // When Slack cannot be asked, the answer is no: an unknown person may do nothing.
        telemetry.log.warn('Slack could not say who somebody is', { user, error: String(error) });
        return { kind: 'person', user, name: user, roles: [], groups: [], standing: 'unknown', askedAt };
      }
    },
    membersOf: async (handles) => {
      if (!handles.length) return [];
      const { value } = await groups();
      const bare = handles.map(bareHandle);
      const unknown = bare.filter((handle) => !value.has(handle));
      if (unknown.length) telemetry.log.warn('Slack has no user group with this handle', { handles: unknown });
      return bare.flatMap((handle) => value.get(handle)?.users ?? []);
    },
  };
}

function standingOf(user: SlackUser, me: Identity): Person['standing'] {
  if (!user.id || user.deleted) return 'unknown';
  if (user.is_bot || user.id === 'USLACKBOT') return 'bot';
  if (user.is_stranger || !isOfOurs(user, me)) return 'external';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
}

/** Slack: on Enterprise Grid a person's `team_id` may be another workspace of the same organisation. */
const isOfOurs = ({ team_id, enterprise_user }: SlackUser, me: Identity): boolean =>
  team_id === me.teamId || (me.enterpriseId !== '' && (enterprise_user?.teams?.includes(me.teamId) ?? false));

const nameOf = ({ profile, real_name, name }: SlackUser, user: UserRef): string =>
  cutTo(oneLine(profile?.display_name || real_name || name || user), 80);

/** By id or user name, never by display name: that one everybody may choose. */
const rolesOf = (book: RoleBook, of: { user: string; name: string; groups: readonly string[] }): readonly string[] =>
  Object.entries(book)
    .filter(
      ([, { users, groups }]) =>
        users.some((user) => user === of.user || (of.name !== '' && bareHandle(user) === of.name)) ||
        groups.some((group) => of.groups.includes(bareHandle(group))),
    )
    .map(([role]) => role);
