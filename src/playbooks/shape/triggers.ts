/** What starts a playbook: alerts, watches, the clock, people. */
import { z } from 'zod';
import { Duration, Roles } from './basics.ts';

/** What stands in them is looked at by `check-schedules.ts`, which says what to write instead. */
const Schedule = z.strictObject({
  cron: z
    .string()
    .describe(
      'Minute, hour, day of the month, month, day of the week: `0 3 * * 6` is Saturdays at three, `0 3 * * 6#1` the first one of each month',
    ),
  timezone: z.string().describe('Whose clock it goes by: `Europe/Berlin`, `UTC`'),
});

export const Trigger = z
  .strictObject({
    alert: z
      .array(z.string())
      .min(1)
      .max(20)
      .optional()
      .describe("An alert fires that all of these matchers fit, in Alertmanager's syntax"),
    watch: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'Write the id of a watch: letters, digits, `_` and `-`.')
      .optional()
      .describe('The watch of this id raises an alert: the same as `alert: [\'watch="ID"\']`'),
    for: Duration.optional().describe('Only if it still fires after this time'),
    mode: z
      .enum(['propose', 'auto'])
      .optional()
      .describe('`propose` (default): a button in the channel; `auto`: starts by itself, if every guard allows'),
    schedule: Schedule.optional().describe('At these times, as an incident of its own: drills in quiet hours'),
    manual: z
      .strictObject({ roles: Roles.describe('Any of these') })
      .optional()
      .describe('People with one of these roles may start it by hand'),
  })
  .refine(
    ({ alert, watch, schedule, manual }) =>
      [alert, watch, schedule, manual].filter((given) => given !== undefined).length === 1,
    'Write one of `alert`, `watch`, `schedule` and `manual`, and a trigger of its own for each.',
  )
  .refine(
    ({ manual, mode, for: wait }) => manual === undefined || (mode === undefined && wait === undefined),
    '`mode` and `for` belong to `alert` and `watch`.',
  )
  .refine(
    ({ schedule, for: wait }) => schedule === undefined || wait === undefined,
    '`for` belongs to `alert` and `watch`: a schedule has nothing that lasts.',
  )
  .meta({ id: 'Trigger' });
