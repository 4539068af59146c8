/** `ask`: a question with a typed answer, for what only a person knows. Decisions read it; nothing is executed. */
import { z } from 'zod';
import { askDefaults } from '../domain/flow.ts';
import { inputTypes } from '../domain/playbook.ts';
import { DurationText, decidedOnly, defineAction, inShort } from './define.ts';

const Bound = z.union([z.number(), DurationText]);
const Length = z.int().min(0);

/** As an entry of `inputs`, without `from`: an answer comes from a person. */
const Answer = z.strictObject({
  type: z.enum(inputTypes).describe('As of an input'),
  kind: z.string().min(1).max(63).optional().describe('Of a workload: the one kind that it may be'),
  enum: z.array(z.json()).min(1).max(100).optional().describe('The only answers allowed'),
  pattern: z.string().max(500).optional().describe('RE2, for the whole answer'),
  minimum: Bound.optional().describe('At least this: a number, or of a duration a time'),
  maximum: Bound.optional().describe('At most this: a number, or of a duration a time'),
  min_length: Length.optional().describe('At least so many letters'),
  max_length: Length.optional().describe('At most so many letters'),
  default: z.json().optional().describe('What is proposed'),
  optional: z.boolean().default(false).describe('May be left empty'),
  description: z.string().max(2_000).default('').describe('For the person who is asked'),
});

export const ask = defineAction({
  id: 'ask',
  version: 1,
  summary: 'Asks people a question; the run waits for the answer.',
  effects: ['read'],
  params: z.strictObject({
    question: z.string().min(1).max(1_000).describe('What they are asked'),
    answer: Answer.describe('What an answer is: an entry of `inputs`, without `from`'),
    roles: z
      .array(z.string().min(1))
      .default([])
      .describe('Who may answer: any of these; nobody named = who may start the playbook'),
    expires_in: DurationText.default(askDefaults.expiresIn).describe('The step fails when nobody has answered by then'),
  }),
  outputs: ['answer'],
  // An alert does not choose who answers it.
  codeFields: ['roles', 'expires_in'],
  describe: ({ question }) => `ask "${inShort(question)}"`,
  execute: decidedOnly('ask'),
});
