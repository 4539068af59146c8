/** `with:` of the steps that nobody executes, `approval` and `wait`, as decisions read it; checked at load. */
import { durationMs } from './duration.ts';
import type { Json, JsonObject } from './json.ts';
import type { ApprovalSpec } from './playbook.ts';

/** What holds where an author says nothing: the safer side of each. */
export const approvalDefaults = {
  minApprovals: 1,
  allowRequester: false,
  expiresIn: '15m',
  startWithin: '5m',
} as const;

export function approvalSpec(args: JsonObject): ApprovalSpec {
  const approvers = isObject(args.approvers) ? args.approvers : {};
  return {
    approvers: {
      roles: texts(approvers.roles),
      users: texts(approvers.slack_users),
      groups: texts(approvers.slack_usergroups),
    },
    minApprovals: typeof args.min_approvals === 'number' ? args.min_approvals : approvalDefaults.minApprovals,
    atLeast: {},
    allowRequester: args.allow_requester === true,
    expiresInMs: duration(args.expires_in, approvalDefaults.expiresIn),
    startWithinMs: duration(args.start_within, approvalDefaults.startWithin),
    comment: 'optional',
    show: [],
    message: typeof args.message === 'string' ? args.message : '',
  };
}

export const waitMs = (args: JsonObject): number => duration(args.for, '0s');

function duration(given: Json | undefined, fallback: string): number {
  return durationMs(typeof given === 'string' ? given : fallback) ?? durationMs(fallback) ?? 0;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
