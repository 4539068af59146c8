/** `approval`: people look at what will run, and say yes or no. Decisions read it; nothing is executed. */
import { z } from 'zod';
import { approvalDefaults } from '../domain/flow.ts';
import type { JsonObject } from '../domain/json.ts';
import { DurationText, defineAction, type Issue } from './define.ts';

const Names = z.array(z.string().min(1)).default([]);

export const approval = defineAction({
  id: 'approval',
  version: 1,
  summary: 'Asks people for an approval of the steps after it, up to the next approval or the end.',
  effects: ['read'],
  params: z.strictObject({
    approvers: z
      .strictObject({ roles: Names, slack_users: Names, slack_usergroups: Names })
      .describe('Who may approve: any of these'),
    min_approvals: z
      .int()
      .min(1)
      .max(10)
      .default(approvalDefaults.minApprovals)
      .describe('How many people must approve'),
    allow_requester: z
      .boolean()
      .default(approvalDefaults.allowRequester)
      .describe('Whether who asked for the run may approve it'),
    expires_in: DurationText.default(approvalDefaults.expiresIn).describe('Counts as rejected after this time'),
    start_within: DurationText.default(approvalDefaults.startWithin).describe(
      'How long an approval stays good before the first step',
    ),
    message: z.string().max(1_000).default('').describe('Shown to the approvers'),
  }),
  outputs: [],
  describe: () => 'ask for an approval',
  alsoCheck: somebodyMayApprove,
  execute: async () => {
    throw new Error('`approval` is decided, never executed: this is a fault of Tocsin.');
  },
});

/** With nobody named it could only expire. */
function somebodyMayApprove({ approvers }: JsonObject): readonly Issue[] {
  if (typeof approvers !== 'object' || approvers === null || Array.isArray(approvers)) return [];
  if (Object.values(approvers).some((names) => !Array.isArray(names) || names.length)) return [];
  return [
    {
      path: ['approvers'],
      message: 'Name at least one role, user or user group: with nobody named it can only expire.',
    },
  ];
}
