/** `wait`: the run goes on after a time. Decisions read it; no worker waits. */
import { z } from 'zod';
import { DurationText, defineAction } from './define.ts';

export const wait = defineAction({
  id: 'wait',
  version: 1,
  summary: 'Lets some time pass before the next step.',
  effects: ['read'],
  params: z.strictObject({ for: DurationText }),
  outputs: [],
  describe: (params) => `wait ${params.for}`,
  execute: async () => {
    throw new Error('`wait` is decided, never executed: this is a fault of Tocsin.');
  },
});
