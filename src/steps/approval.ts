/** `approval`: people look at what will run, and say yes or no. Decisions read it; nothing is executed. */
import { z } from 'zod';
import { approvalDefaults } from '../domain/flow.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { DurationText, decidedOnly, defineAction, type Issue } from './define.ts';

const Names = (what: string) => z.array(z.string().min(1)).default([]).describe(what);

export const approval = defineAction({
  id: 'approval',
  version: 1,
  summary: 'Asks people for an approval of the steps after it, up to the next approval or the end.',
  effects: ['read'],
  params: z.strictObject({
    approvers: z
      .strictObject({
        roles: Names('Roles of tocsin.yml'),
        slack_users: Names('Slack user ids (`U…`)'),
        slack_usergroups: Names('Slack user groups by handle'),
      })
      .describe('Who may approve: any of these'),
    min_approvals: z
      .int()
      .min(1)
      .max(10)
      .default(approvalDefaults.minApprovals)
      .describe('How many people must approve'),
    at_least: z
      .record(z.string().min(1), z.int().min(1).max(10))
      .default({})
      .describe('Role, user group or user → how many of the approvals must be theirs'),
    allow_requester: z
      .boolean()
      .default(approvalDefaults.allowRequester)
      .describe('Whether who asked for the run may approve it'),
    expires_in: DurationText.default(approvalDefaults.expiresIn).describe('Counts as rejected after this time'),
    start_within: DurationText.default(approvalDefaults.startWithin).describe(
      'How long an approval stays good before the first step',
    ),
    comment: z
      .enum(['optional', 'required'])
      .default(approvalDefaults.comment)
      .describe('Whether an approver must say why'),
    show: z
      .array(z.json())
      .max(20)
      .default([])
      .describe('Values shown to the approvers, as they are when they are asked'),
    message: z.string().max(1_000).default('').describe('Shown to the approvers'),
  }),
  outputs: [],
  // Neither an alert nor whoever asks for the run chooses who decides, and by what rules.
  codeFields: [
    ...['approvers', 'min_approvals', 'at_least', 'allow_requester'],
    ...['expires_in', 'start_within', 'comment'],
  ],
  describe: () => 'ask for an approval',
  alsoCheck: somebodyMayApprove,
  execute: decidedOnly('approval'),
});

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** With nobody named it could only expire. */
function somebodyMayApprove({ approvers }: JsonObject): readonly Issue[] {
  if (!isMap(approvers)) return [];
  if (Object.values(approvers).some((names) => !Array.isArray(names) || names.length)) return [];
  return [
    {
      path: ['approvers'],
      message: 'Name at least one role, user or user group: with nobody named it can only expire.',
    },
  ];
}
