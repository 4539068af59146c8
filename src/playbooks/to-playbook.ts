/** From the checked YAML to the domain's playbook, named by the hash of its content. */
import { durationMs } from '../domain/duration.ts';
import type { PlaybookHash } from '../domain/ids.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { InputSpec, Playbook, Step, Trigger, VerifySpec } from '../domain/playbook.ts';
import type { StepAction } from '../engine/ports.ts';
import { digest } from './pure.ts';
import type { PlaybookYaml, StepYaml } from './shape.ts';

type ActionOf = (id: string) => StepAction | undefined;

export function toPlaybook(yaml: PlaybookYaml, action: ActionOf): Playbook {
  const content: Omit<Playbook, 'hash'> = {
    id: yaml.id,
    name: yaml.name,
    description: yaml.description,
    owners: yaml.owners,
    risk: yaml.risk,
    enabled: yaml.enabled,
    timeoutMs: ms(yaml.timeout),
    triggers: yaml.triggers.map(toTrigger),
    inputs: Object.fromEntries(Object.entries(yaml.inputs).map(([name, input]) => [name, toInput(input)])),
    ...(yaml.concurrency ? { concurrency: yaml.concurrency.group } : {}),
    onAlertResolved: yaml.on_alert_resolved,
    steps: yaml.steps.map((step) => toStep(step, { action, risk: yaml.risk })),
  };
  return { ...content, hash: digest(JSON.parse(JSON.stringify(content)) as Json) as PlaybookHash };
}

function toTrigger({ alert, manual, ...rest }: PlaybookYaml['triggers'][number]): Trigger {
  if (alert) return { kind: 'alert', matchers: alert, forMs: ms(rest.for ?? '0s'), mode: rest.mode ?? 'propose' };
  return { kind: 'manual', roles: manual?.roles ?? [] };
}

export function toInput({ min_length, max_length, ...input }: PlaybookYaml['inputs'][string]): InputSpec {
  const { type, optional, description, ...given } = { ...input, minLength: min_length, maxLength: max_length };
  return { type, optional, description, ...withoutUndefined(given) } as InputSpec;
}

const withoutUndefined = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

type Context = { readonly action: ActionOf; readonly risk: Playbook['risk'] };

function toStep(step: StepYaml, { action, risk }: Context): Step {
  const used = action(step.action);
  const args = step.with as JsonObject;
  return {
    id: step.id,
    name: step.name ?? step.id,
    action: step.action,
    with: step.action === 'approval' && risk === 'high' ? byTwo(args) : args,
    ...(step.if === undefined ? {} : { if: step.if }),
    ...(step.assert === undefined ? {} : { assert: step.assert }),
    outputs: step.outputs,
    timeoutMs: ms(step.timeout),
    effect: step.effect ?? (used?.effectsOf?.(args) ?? used?.effects)?.[0] ?? 'once',
    retry: toRetry(step.retry),
    verify: step.verify.map(toVerify),
  };
}

/** `risk: high` implies two approvals and none by the requester. */
const byTwo = (args: JsonObject): JsonObject => ({ min_approvals: 2, ...args, allow_requester: false });

const toRetry = ({ max_attempts, backoff }: StepYaml['retry']): Step['retry'] => ({
  maxAttempts: max_attempts,
  initialMs: ms(backoff.initial),
  factor: backoff.factor,
  maxMs: ms(backoff.max),
});

const toVerify = (check: StepYaml['verify'][number]): VerifySpec => ({
  name: check.name ?? check.action,
  action: check.action,
  with: check.with as JsonObject,
  expect: check.expect,
  withinMs: ms(check.within),
  intervalMs: ms(check.interval),
  stableForMs: ms(check.stable_for),
});

/** Checked by the shape already. */
const ms = (text: string): number => durationMs(text) ?? 0;
