/** What a run must be given: typed, bounded, and taken from the alert where the author says so. */
import { z } from 'zod';
import { inputTypes } from '../../domain/playbook.ts';
import { Duration, Prose } from './basics.ts';

export const workloadFields = ['cluster', 'namespace', 'kind', 'name'] as const;

const OfAlert = z
  .string()
  .regex(
    /^alert\.(labels|annotations)\.[a-zA-Z_][a-zA-Z0-9_]*$/,
    'Write `alert.labels.NAME` or `alert.annotations.NAME`.',
  );

const From = z.union([
  OfAlert,
  z.strictObject(
    Object.fromEntries(workloadFields.map((field) => [field, OfAlert.optional().describe(`Its ${field}`)])) as Record<
      (typeof workloadFields)[number],
      z.ZodOptional<typeof OfAlert>
    >,
  ),
]);

const Bound = z.union([z.number(), Duration]);
const Length = z.int().min(0);

export const Input = z
  .strictObject({
    type: z
      .enum(inputTypes)
      .describe(
        '`host`: a machine of the inventory, a port is dropped; `workload`: cluster, namespace, kind and name of a Kubernetes object; `url`: http or https',
      ),
    from: From.optional().describe(
      'Where it comes from when nobody says it: `alert.labels.NAME`; of a workload, one for each field',
    ),
    kind: z
      .string()
      .regex(/^[A-Z][A-Za-z0-9]{0,62}$/, 'Write a kind as Kubernetes does: `Deployment`.')
      .optional()
      .describe('Of a workload: the one kind that it may be'),
    enum: z.array(z.json()).min(1).max(200).optional().describe('The only values allowed; of a list, the only entries'),
    pattern: z.string().max(500).optional().describe('RE2, for the whole value; of a list, for each entry'),
    minimum: Bound.optional().describe('At least this: a number, or of a duration a time'),
    maximum: Bound.optional().describe('At most this: a number, or of a duration a time'),
    min_length: Length.optional().describe('At least so many letters, or entries of a list'),
    max_length: Length.optional().describe('At most so many letters, or entries of a list'),
    default: z.json().optional().describe('Holds where nothing is given'),
    optional: z.boolean().default(false).describe('May be left out; without it and without a default it is required'),
    secret: z
      .boolean()
      .default(false)
      .describe(
        'A reference to a secret, `env:NAME` or `file:name`, usable only where an action takes one: nobody types the secret itself',
      ),
    description: Prose.default('').describe('For the person who is asked for it'),
  })
  .meta({ id: 'Input' });
