/** `wait`: the run goes on after a time. Decisions read it; no worker waits. */
import { z } from 'zod';
import { DurationText, decidedOnly, defineAction } from './define.ts';

export const wait = defineAction({
  id: 'wait',
  version: 1,
  summary: 'Lets some time pass before the next step.',
  effects: ['read'],
  params: z.strictObject({ for: DurationText.describe('How long: `30s`, `5m`, `1h30m`') }),
  outputs: [],
  describe: (params) => `wait ${params.for}`,
  execute: decidedOnly('wait'),
});
