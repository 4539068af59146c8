/** The workspace's user groups, asked for all at once and believed for a minute: after that Slack says it again, or nobody is in any. */
import { ChatFailure } from '../domain/failures.ts';
import type { Instant } from '../domain/ids.ts';
import type { Telemetry } from '../engine/ports.ts';
import type { Api } from './api.ts';
import { fresh, type Known } from './fresh.ts';

export interface Group {
  readonly id: string;
  readonly users: readonly string[];
}

/** By handle, without the `@`. */
export type Groups = ReadonlyMap<string, Group>;

/** Roles are as of a minute ago at the oldest. */
const groupsForMs = 60_000;
/** What a person waits for. */
const urgency = 0;

export interface GroupsParts {
  readonly api: Api;
  readonly telemetry: Telemetry;
  readonly now: () => Instant;
}

/** Throws when Slack cannot be asked, and is asked again by whoever comes next. */
export const createGroups = ({ api, telemetry, now }: GroupsParts): (() => Promise<Known<Groups>>) =>
  fresh({ forMs: groupsForMs, now }, () => askGroups(api, telemetry));

/** One call for all groups with their members, instead of one a group: Slack allows 20 a minute. */
async function askGroups(api: Api, telemetry: Telemetry): Promise<Groups> {
  try {
    const { usergroups = [] } = await api.call({ method: 'usergroups.list', urgency }, (slack) =>
      slack.usergroups.list({ include_users: true }),
    );
    return new Map(usergroups.map(({ id, handle, users }) => [handle ?? '', { id: id ?? '', users: users ?? [] }]));
  } catch (error) {
    // Slack: user groups are part of paid plans only. Whoever holds a role by name still holds it.
    if (!(error instanceof ChatFailure) || error.retryable) throw error;
    telemetry.log.warn('Slack does not tell the user groups', { error: error.message });
    return new Map();
  }
}

export const bareHandle = (handle: string): string => handle.replace(/^@/, '');
