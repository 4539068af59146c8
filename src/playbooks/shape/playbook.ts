/** The keys of `playbook/v1` and their types: one declaration for the check, the editor's schema, the reference and the loader. */
import { z } from 'zod';
import { Dashed, Duration, Identifier, Name, Prose, SecretReference } from './basics.ts';
import { Input } from './inputs.ts';
import { Concurrency, Limits, Policy } from './limits.ts';
import { Closing, Step } from './steps.ts';
import { Trigger } from './triggers.ts';

const closing = z.array(Closing).max(20).default([]);

export const PlaybookShape = z.strictObject({
  schema: z.literal('playbook/v1').describe('The version of the language'),
  id: Dashed.describe('By which people and other playbooks call it'),
  name: Name.describe('What it does, for people'),
  description: Prose.default('').describe('More about it'),
  owners: z.array(Name).min(1).describe('Who is told when it needs attention'),
  risk: z
    .enum(['low', 'medium', 'high'])
    .default('medium')
    .describe('`high`: never starts by itself, and each approval is one by two people other than who asks for it'),
  enabled: z.boolean().default(true).describe('`false`: kept, and never started'),
  timeout: Duration.default('30m').describe('For the whole run; waiting for people does not count'),
  triggers: z.array(Trigger).min(1).max(20).describe('What starts it'),
  inputs: z.record(Identifier, Input).default({}).describe('What a run must be given, as `inputs.NAME`'),
  secrets: z
    .record(Identifier, SecretReference)
    .default({})
    .describe('References to secrets, as `secrets.NAME`: `env:NAME` or `file:name`'),
  concurrency: Concurrency.optional().describe('A lock for the whole run'),
  limits: Limits.prefault({}).describe('How often and how much it may do, runs by hand included'),
  policy: Policy.optional().describe("What it may touch; tocsin.yml's own policy is the upper bound"),
  on_alert_resolved: z
    .enum(['continue', 'cancel_pending'])
    .default('continue')
    .describe('`cancel_pending`: stops before the next step when the alert is over, and never within one'),
  failure_strategy: z
    .enum(['stop', 'rollback'])
    .default('stop')
    .describe('What a failed step leads to: `rollback` undoes, the last first, what took effect or may have'),
  steps: z.array(Step).min(1).max(50).describe('What it does, one after the other'),
  on_failure: closing.describe('After a failure'),
  on_cancel: closing.describe('After somebody cancelled it'),
  finally: closing.describe('At the very end, however it ended'),
});

export type PlaybookYaml = z.infer<typeof PlaybookShape>;
export type TriggerYaml = PlaybookYaml['triggers'][number];
export type InputYaml = PlaybookYaml['inputs'][string];
export type StepYaml = PlaybookYaml['steps'][number];
export type ClosingYaml = PlaybookYaml['finally'][number];
export type RollbackYaml = StepYaml['rollback'][number];
