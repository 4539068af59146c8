/** What starts a playbook: alerts, watches, people. */
import { z } from 'zod';
import { Duration, Roles } from './basics.ts';

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
      .describe('`propose` (default): a button in the channel; `auto`: starts by itself'),
    manual: z
      .strictObject({ roles: Roles.describe('Any of these') })
      .optional()
      .describe('People with one of these roles may start it by hand'),
  })
  .refine(
    ({ alert, watch, manual }) => [alert, watch, manual].filter((given) => given !== undefined).length === 1,
    'Write one of `alert`, `watch` and `manual`, and a trigger of its own for each.',
  )
  .refine(
    ({ manual, mode, for: wait }) => manual === undefined || (mode === undefined && wait === undefined),
    '`mode` and `for` belong to `alert` and `watch`.',
  )
  .meta({ id: 'Trigger' });
