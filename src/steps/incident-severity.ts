/** `incident.severity`: sets how severe the incident is. */
import { z } from 'zod';
import { severities } from '../domain/policy.ts';
import { defineAction } from './define.ts';

export const incidentSeverity = defineAction({
  id: 'incident.severity',
  version: 1,
  summary: "Sets the incident's severity, as a person would.",
  effects: ['idempotent'],
  params: z.strictObject({ severity: z.enum(severities).describe('`sev1` is the worst') }),
  outputs: ['severity'],
  describe: ({ severity }) => `set the severity to ${severity}`,
  execute: async ({ severity }, context) => {
    await context.tell({ kind: 'severity', severity });
    return { kind: 'succeeded', outputs: { severity }, note: `severity ${severity}` };
  },
});
