/** The keys of `playbook/v1` and their types: one declaration for the check, the editor's schema and the loader. */
import { z } from 'zod';
import { durationPattern } from '../domain/duration.ts';

const Name = z.string().min(1).max(120);
const Prose = z.string().max(2_000);
/** CEL names: `steps.my-step` would be a subtraction. */
const Identifier = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'Write a name of small letters, digits and `_`, beginning with a letter.');
const aTime = 'Write a time like `30s`, `5m` or `1h30m`.';
const Duration = z.string(aTime).regex(durationPattern, aTime);
const Condition = z.string();
const Arguments = z.record(z.string(), z.json());

const Trigger = z
  .strictObject({
    alert: z.array(z.string()).min(1).optional().describe("Alertmanager's matchers, all of which must match"),
    for: Duration.optional().describe('Still firing after this time'),
    mode: z
      .enum(['propose', 'auto'])
      .optional()
      .describe('`propose` (default): a button in the channel; `auto`: starts by itself'),
    manual: z
      .strictObject({ roles: z.array(z.string().min(1)).min(1) })
      .optional()
      .describe('Who may start it by hand'),
  })
  .refine(
    ({ alert, manual }) => (alert === undefined) !== (manual === undefined),
    'Write either `alert` or `manual`, and a trigger of its own for each.',
  )
  .refine(
    ({ manual, mode, for: wait }) => manual === undefined || (mode === undefined && wait === undefined),
    '`mode` and `for` belong to `alert`.',
  );

export const inputTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'duration',
  'list',
  'host',
  'url',
  'json',
] as const;

const Input = z.strictObject({
  type: z.enum(inputTypes),
  from: z
    .string()
    .regex(
      /^alert\.(labels|annotations)\.[a-zA-Z_][a-zA-Z0-9_]*$/,
      'Write `alert.labels.NAME` or `alert.annotations.NAME`.',
    )
    .optional(),
  enum: z.array(z.json()).min(1).optional(),
  pattern: z.string().optional().describe('RE2, for the whole value'),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  min_length: z.int().min(0).optional(),
  max_length: z.int().min(0).optional(),
  default: z.json().optional(),
  optional: z.boolean().default(false),
  description: Prose.default(''),
});

const Retry = z.strictObject({
  max_attempts: z.int().min(1).max(10).describe('Counts the first'),
  backoff: z
    .strictObject({
      initial: Duration.default('1s'),
      factor: z.number().min(1).max(10).default(2),
      max: Duration.default('30s'),
    })
    .prefault({}),
});

const Verify = z.strictObject({
  name: Name.optional(),
  action: z.string(),
  with: Arguments.default({}),
  expect: Condition,
  within: Duration.default('1m').describe('Must come true in this time'),
  interval: Duration.default('5s'),
  stable_for: Duration.default('0s').describe('Must stay true for this time'),
});

const Step = z.strictObject({
  id: Identifier,
  name: Name.optional(),
  if: Condition.optional(),
  action: z.string(),
  with: Arguments.default({}),
  assert: Condition.optional().describe('Over `result` where the action reads; else fails before the action'),
  outputs: z.record(Identifier, z.string()).default({}),
  timeout: Duration.default('5m'),
  effect: z.enum(['read', 'idempotent', 'reattachable', 'once']).optional(),
  retry: Retry.prefault({ max_attempts: 1 }),
  verify: z.array(Verify).max(10).default([]),
});

export const PlaybookShape = z.strictObject({
  schema: z.literal('playbook/v1'),
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Write a name of small letters, digits and `-`, beginning with a letter.'),
  name: Name,
  description: Prose.default(''),
  owners: z.array(Name).min(1),
  risk: z.enum(['low', 'medium', 'high']).default('medium'),
  enabled: z.boolean().default(true),
  timeout: Duration.default('30m').describe('For the whole run; waiting for people does not count'),
  triggers: z.array(Trigger).min(1).max(20),
  inputs: z.record(Identifier, Input).default({}),
  concurrency: z
    .strictObject({ group: z.string().min(1), on_conflict: z.enum(['reject']).default('reject') })
    .optional(),
  on_alert_resolved: z.enum(['continue', 'cancel_pending']).default('continue'),
  steps: z.array(Step).min(1).max(50),
});

export type PlaybookYaml = z.infer<typeof PlaybookShape>;
export type StepYaml = PlaybookYaml['steps'][number];

/** Parts of the language that this version does not know yet: named, never passed over in silence. */
export const laterKeys: ReadonlySet<string> = new Set([
  ...[
    'secrets',
    'limits',
    'policy',
    'failure_strategy',
    'on_failure',
    'finally',
    'on_cancel',
    'watch',
    'schedule',
    'secret',
  ],
  ...['rollback', 'foreach', 'parallel', 'pool', 'continue_on_error', 'env', 'retry_on', 'jitter', 'kind'],
  ...['at_least', 'comment', 'show'],
]);

export const laterValues: ReadonlySet<unknown> = new Set(['workload', 'queue']);

export const laterActions: ReadonlySet<string> = new Set([
  ...[
    'graphite.query',
    'elasticsearch.query',
    'loki.query',
    'graylog.query',
    'datadog.query',
    'jaeger.search',
    'zipkin.search',
  ],
  ...[
    'k8s.get',
    'k8s.logs',
    'k8s.events',
    'k8s.rollout_status',
    'k8s.rollout_history',
    'k8s.rollout_restart',
    'k8s.scale',
    'k8s.rollout_undo',
  ],
  ...['k8s.set_image', 'k8s.patch', 'k8s.delete_pod', 'k8s.cordon', 'k8s.uncordon', 'k8s.drain', 'k8s.exec', 'k8s.job'],
  ...[
    'consul.service',
    'consul.maintenance',
    'consul.kv_put',
    'consul.failover',
    'aws.asg.describe',
    'aws.asg.set_capacity',
    'aws.asg.refresh',
  ],
  ...['ssh.script', 'ansible.playbook', 'http.request', 'alertmanager.silence', 'grafana.annotate'],
  ...['ask', 'assert', 'playbook.run', 'page', 'incident.note', 'incident.severity'],
]);
