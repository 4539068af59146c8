/** What a playbook does: steps, those of a `parallel`, rollbacks, and the closing parts. */
import { z } from 'zod';
import { failureClasses } from '../../domain/run.ts';
import { Arguments, Condition, Dashed, Duration, Identifier, Name } from './basics.ts';

const Retry = z.strictObject({
  max_attempts: z.int().min(1).max(10).describe('Counts the first'),
  retry_on: z
    .array(z.enum(failureClasses))
    .default([])
    .describe('Only these kinds of failure; empty = any. With effect `once`, only failures before anything was sent'),
  backoff: z
    .strictObject({
      initial: Duration.default('1s').describe('Before the second attempt'),
      factor: z.number().min(1).max(10).default(2).describe('So many times longer before each further one'),
      max: Duration.default('30s').describe('Never longer than this'),
      jitter: z
        .boolean()
        .default(false)
        .describe('Between half of the pause and all of it, so that not all come at once'),
    })
    .prefault({})
    .describe('How long to wait between attempts'),
});

const Verify = z
  .strictObject({
    name: Name.optional().describe('What is checked, for people'),
    action: z.string().describe('An action that only reads'),
    with: Arguments.default({}).describe("The action's arguments"),
    expect: Condition.describe('True when it is as it should be: one `${{ }}` over `result`'),
    within: Duration.default('1m').describe('Must come true in this time'),
    interval: Duration.default('5s').describe('How often to look'),
    stable_for: Duration.default('0s').describe('Must stay true for this time'),
  })
  .meta({ id: 'Verify' });

const doing = {
  name: Name.optional().describe('What it does, for people'),
  if: Condition.optional().describe('Passed over unless this is true: one `${{ }}`'),
  with: Arguments.default({}).describe("The action's arguments"),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Write a name as the environment has them: letters, digits, `_`.'),
      z.union([z.string(), z.number(), z.boolean()]),
    )
    .optional()
    .describe('Environment variables, for actions that run a script: the same as `env` under `with`'),
  assert: Condition.optional().describe(
    'Must be true, else the step fails before it does anything: one `${{ }}`, over `result` where the action reads',
  ),
  timeout: Duration.default('5m').describe('For one attempt'),
  effect: z
    .enum(['read', 'idempotent', 'reattachable', 'once'])
    .optional()
    .describe("What may be done again after a worker was lost; the action's own default where it is left out"),
  pool: Dashed.optional().describe(
    'Whose workers perform it, where its target does not say: that of its host in `tocsin.yml`, else `default`',
  ),
  retry: Retry.prefault({ max_attempts: 1 }).describe('How often to try'),
  verify: z.array(Verify).max(10).default([]).describe('Looks afterwards; what does not come true fails the step'),
};

const action = z.string().describe('What it does');
const outputs = z
  .record(Identifier, z.string())
  .default({})
  .describe("Named values for later steps, over `result`, besides the action's own");
const continue_on_error = z.boolean().default(false).describe('A failure is noted, and the run goes on');

const Foreach = z
  .union([
    z.string(),
    z.strictObject({
      in: z.string().describe('One `${{ }}` that gives a list'),
      max_parallel: z.int().min(1).max(20).default(1).describe('So many at a time'),
      max_items: z.int().min(1).max(200).default(50).describe('A longer list fails the step before anything is done'),
    }),
  ])
  .describe('Once for each entry of a list, which is `item` in the step: the list, or more about it');

const Rollback = z.strictObject({ ...doing, action }).meta({ id: 'Rollback' });

const acting = {
  id: Identifier.describe('`steps.ID.outputs` holds what it gives'),
  ...doing,
  action,
  outputs,
  foreach: Foreach.optional(),
  rollback: z
    .array(Rollback)
    .max(10)
    .default([])
    .describe('Undoes it where the run fails and `failure_strategy` is `rollback`'),
  continue_on_error,
};

/** One of a `parallel`. */
const Child = z.strictObject(acting).meta({ id: 'ParallelStep' });

export const Step = z
  .strictObject({
    ...acting,
    action: action.optional(),
    parallel: z
      .array(Child)
      .min(2)
      .max(20)
      .optional()
      .describe('Steps that run at the same time, instead of an action'),
  })
  .meta({ id: 'Step' });

export const Closing = z
  .strictObject({
    id: Identifier.optional().describe('Only needed for `steps.ID.outputs`'),
    ...doing,
    action,
    outputs,
    foreach: Foreach.optional(),
    continue_on_error,
  })
  .meta({ id: 'ClosingStep' });
