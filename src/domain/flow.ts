/** `with:` of the steps that nobody executes (`approval`, `ask`, `playbook.run`, `wait`), as decisions read it; checked at load. */
import { durationMs } from './duration.ts';
import type { Json, JsonObject } from './json.ts';
import type { ApprovalSpec, AskSpec, InputSpec } from './playbook.ts';

/** What holds where an author says nothing: the safer side of each. */
export const approvalDefaults = {
  minApprovals: 1,
  allowRequester: false,
  expiresIn: '15m',
  startWithin: '5m',
  comment: 'optional',
} as const;

/** A question that nobody answers must not keep a run for ever. */
export const askDefaults = { expiresIn: '15m' } as const;

export function approvalSpec(args: JsonObject): ApprovalSpec {
  const approvers = isObject(args.approvers) ? args.approvers : {};
  return {
    approvers: {
      roles: texts(approvers.roles),
      users: texts(approvers.slack_users),
      groups: texts(approvers.slack_usergroups),
    },
    minApprovals: typeof args.min_approvals === 'number' ? args.min_approvals : approvalDefaults.minApprovals,
    atLeast: counts(args.at_least),
    allowRequester: args.allow_requester === true,
    expiresInMs: duration(args.expires_in, approvalDefaults.expiresIn),
    startWithinMs: duration(args.start_within, approvalDefaults.startWithin),
    comment: args.comment === 'required' ? 'required' : approvalDefaults.comment,
    show: Array.isArray(args.show) ? args.show : [],
    message: typeof args.message === 'string' ? args.message : '',
  };
}

export const askSpec = (args: JsonObject): AskSpec => ({
  question: typeof args.question === 'string' ? args.question : '',
  answer: answerSpec(isObject(args.answer) ? args.answer : {}),
  roles: texts(args.roles),
  expiresInMs: duration(args.expires_in, askDefaults.expiresIn),
});

/** An entry of `inputs` without `from`: an answer comes from a person and from nowhere else. */
function answerSpec({ type, kind, enum: allowed, pattern, default: fallback, ...rest }: JsonObject): InputSpec {
  const spec = {
    type: typeof type === 'string' ? (type as InputSpec['type']) : 'string',
    kind: textOf(kind),
    enum: Array.isArray(allowed) ? allowed : undefined,
    pattern: textOf(pattern),
    minimum: boundOf(rest.minimum),
    maximum: boundOf(rest.maximum),
    minLength: boundOf(rest.min_length),
    maxLength: boundOf(rest.max_length),
    default: fallback,
    optional: rest.optional === true,
    secret: rest.secret === true,
    description: textOf(rest.description) ?? '',
  };
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as unknown as InputSpec;
}

/** Which playbook `playbook.run` starts, and with what. */
export const childSpec = (args: JsonObject): { readonly playbook: string; readonly inputs: JsonObject } => ({
  playbook: textOf(args.playbook) ?? '',
  inputs: isObject(args.inputs) ? args.inputs : {},
});

export const waitMs = (args: JsonObject): number => duration(args.for, '0s');

function duration(given: Json | undefined, fallback: string): number {
  return durationMs(typeof given === 'string' ? given : fallback) ?? durationMs(fallback) ?? 0;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** Of a duration, in milliseconds. */
function boundOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? durationMs(value) : undefined;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const counts = (value: Json | undefined): Readonly<Record<string, number>> =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
      )
    : {};
