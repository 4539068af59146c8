/** `assert`: goes on only where something is true; it looks at nothing but what is known already. */
import { z } from 'zod';
import { defineAction, failedBefore, inShort } from './define.ts';

export const assert = defineAction({
  id: 'assert',
  version: 1,
  summary: 'Fails unless a condition is true.',
  effects: ['read'],
  params: z.strictObject({
    that: z
      .boolean({ error: 'Write one `${{ }}` that is true or false.' })
      .describe('One `${{ }}` that is true or false'),
    message: z
      .string()
      .min(1)
      .max(1_000)
      .default('The condition is not true.')
      .describe('Says what is the matter where it is false'),
  }),
  outputs: [],
  describe: ({ message }) => `check, or stop with "${inShort(message)}"`,
  execute: async ({ that, message }) =>
    that ? { kind: 'succeeded', outputs: {}, note: 'true' } : failedBefore(message, 'refused'),
});
