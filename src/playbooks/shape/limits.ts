/** How often and how much a playbook may do, whoever starts it. */
import { z } from 'zod';
import { Dashed, Duration, Roles } from './basics.ts';

const Per = z.string().min(1).max(500).describe('What is counted by: a text with `${{ }}`, or `global`');
const Amount = z.union([z.string(), z.number().min(0)]);
const Count = z.int().min(1).max(1_000);

export const Limits = z.strictObject({
  cooldown: z
    .strictObject({ per: Per, window: Duration.describe('So long after the last run') })
    .optional()
    .describe('No second run within this time'),
  max_runs: z
    .strictObject({ per: Per, count: Count.describe('So many runs'), window: Duration.describe('In this time') })
    .optional()
    .describe('No more runs than this'),
  max_change: z
    .strictObject({
      from: Amount.describe('What it is: a number, or one `${{ }}` that gives one'),
      to: Amount.describe('What it shall be: a number, or one `${{ }}` that gives one'),
      factor: z
        .number()
        .min(1)
        .max(1_000)
        .describe('Neither more than this many times as much, nor as many times less'),
    })
    .optional()
    .describe('No larger change at once'),
  circuit_breaker: z
    .strictObject({
      per: Per,
      failures: Count.describe('After so many failures'),
      window: Duration.describe('In this time'),
    })
    .optional()
    .describe('Refuses every run after failures, until a person resets it'),
  freeze: z
    .array(
      z.strictObject({
        calendar: Dashed.describe('A calendar of tocsin.yml'),
        override_roles: Roles.optional().describe('Who may run it all the same, by hand'),
      }),
    )
    .max(10)
    .default([])
    .describe('Not while one of these calendars says freeze'),
});

export const Concurrency = z.strictObject({
  group: z.string().min(1).max(500).describe('The name of the lock, which all playbooks share; may hold `${{ }}`'),
  on_conflict: z
    .enum(['reject', 'queue'])
    .default('reject')
    .describe('While another run holds it: `reject` this one, or let it wait in a `queue`'),
});

export const Policy = z.strictObject({
  allow: z
    .array(z.record(z.string().min(1), z.array(z.string().min(1)).min(1).max(200)))
    .min(1)
    .max(50)
    .describe('What it may touch, one rule of which must fit each change: field of the target → allowed values'),
});
