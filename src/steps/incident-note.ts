/** `incident.note`: writes a line into the incident's timeline. */
import { z } from 'zod';
import { defineAction, inShort } from './define.ts';

export const incidentNote = defineAction({
  id: 'incident.note',
  version: 1,
  summary: "Adds a note to the incident's timeline.",
  effects: ['idempotent'],
  params: z.strictObject({ text: z.string().min(1).max(2_000).describe('Plain text: nothing in it is markup') }),
  outputs: [],
  describe: ({ text }) => `note "${inShort(text)}"`,
  execute: async ({ text }, context) => {
    await context.tell({ kind: 'note', text });
    return { kind: 'succeeded', outputs: {}, note: 'noted' };
  },
});
