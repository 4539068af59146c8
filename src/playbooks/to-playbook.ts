/** From the checked YAML to the domain's playbook, named by the hash of its content. */
import type { PlaybookHash } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { Limits, Playbook, Trigger } from '../domain/playbook.ts';
import { digest } from './pure.ts';
import type { PlaybookYaml, TriggerYaml } from './shape/playbook.ts';
import { mapped, msOf, withoutUndefined } from './to-fields.ts';
import { toInput } from './to-input.ts';
import { type StepContext, toClosing, toStep } from './to-step.ts';

export function toPlaybook(yaml: PlaybookYaml, action: StepContext['action']): Playbook {
  const content = contentOf(yaml, { action, risk: yaml.risk });
  return { ...content, hash: digest(content as unknown as Json) as PlaybookHash };
}

const contentOf = (yaml: PlaybookYaml, context: StepContext): Omit<Playbook, 'hash'> => ({
  id: yaml.id,
  name: yaml.name,
  description: yaml.description,
  owners: yaml.owners,
  risk: yaml.risk,
  enabled: yaml.enabled,
  timeoutMs: msOf(yaml.timeout),
  triggers: yaml.triggers.map(toTrigger),
  inputs: mapped(yaml.inputs, toInput),
  secrets: yaml.secrets,
  ...(yaml.concurrency && { concurrency: { group: yaml.concurrency.group, onConflict: yaml.concurrency.on_conflict } }),
  limits: toLimits(yaml.limits),
  ...(yaml.policy && { allow: yaml.policy.allow }),
  onAlertResolved: yaml.on_alert_resolved,
  failureStrategy: yaml.failure_strategy,
  steps: yaml.steps.map((step) => toStep(step, context)),
  onFailure: yaml.on_failure.map((step, index) => toClosing(step, `on_failure[${index}]`, context)),
  onCancel: yaml.on_cancel.map((step, index) => toClosing(step, `on_cancel[${index}]`, context)),
  finally: yaml.finally.map((step, index) => toClosing(step, `finally[${index}]`, context)),
});

function toTrigger({ alert, watch, schedule, manual, ...rest }: TriggerYaml): Trigger {
  if (manual) return { kind: 'manual', roles: manual.roles };
  const mode = rest.mode ?? 'propose';
  if (schedule) return { kind: 'schedule', ...schedule, mode };
  // Detectors of ours raise alerts that carry the watch as a label.
  const matchers = alert ?? [`watch="${watch}"`];
  return { kind: 'alert', matchers, forMs: msOf(rest.for ?? '0s'), mode };
}

function toLimits({ cooldown, max_runs, max_change, circuit_breaker, freeze }: PlaybookYaml['limits']): Limits {
  const limits = {
    cooldown: cooldown && withWindow(cooldown),
    maxRuns: max_runs && withWindow(max_runs),
    maxChange: max_change && { ...max_change, from: String(max_change.from), to: String(max_change.to) },
    circuitBreaker: circuit_breaker && withWindow(circuit_breaker),
  };
  const calendars = freeze.map(({ calendar, override_roles }) => ({ calendar, overrideRoles: override_roles ?? [] }));
  return { ...withoutUndefined(limits), freeze: calendars };
}

const withWindow = <T extends { readonly window: string }>({ window, ...rest }: T) => ({
  ...rest,
  windowMs: msOf(window),
});
