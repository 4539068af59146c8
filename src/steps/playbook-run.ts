/** `playbook.run`: runs another playbook and waits for its end. Decisions read it; nothing is executed. */
import { z } from 'zod';
import { decidedOnly, defineAction } from './define.ts';

export const playbookRun = defineAction({
  id: 'playbook.run',
  version: 1,
  summary: 'Runs another playbook as a part of this run, and fails where that fails.',
  effects: ['idempotent'],
  params: z.strictObject({
    playbook: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Write the id of a playbook.')
      .describe('The id of the other playbook'),
    inputs: z.record(z.string(), z.json()).default({}).describe('Its inputs, by name'),
  }),
  outputs: ['state', 'outcome', 'run'],
  codeFields: ['playbook'],
  describe: ({ playbook }) => `run the playbook ${playbook}`,
  execute: decidedOnly('playbook.run'),
});
