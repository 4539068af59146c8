/** What rehearsals take for granted: real actions that reach nobody, an inventory by name, and a policy that forbids nothing. */
import { noPrometheus } from '../clients/no-prometheus.ts';
import { createSshClient } from '../clients/ssh.ts';
import type { PureFunctions } from '../domain/facts.ts';
import { noGuardrails } from '../domain/guardrails.ts';
import type { Policy } from '../domain/policy.ts';
import type { StepAction } from '../engine/ports.ts';
import { pureFunctions } from '../playbooks/pure.ts';
import { stepActions } from '../steps/index.ts';
import { silentChat } from './silent-chat.ts';

export interface Setting {
  readonly actions: readonly StepAction[];
  readonly policy: Policy;
  readonly pure: PureFunctions;
}

export interface SettingParts {
  readonly hosts: readonly string[];
  readonly frozen?: PureFunctions['frozen'];
}

/** Which hosts there are is asked of inputs; what a playbook itself names is not held against it. */
export const settingOf = ({ hosts, frozen = () => undefined }: SettingParts): Setting => ({
  actions: rehearsedActions(),
  policy: freePolicy,
  pure: pureFunctions({ hosts, frozen, linkTo: () => 'https://chat.example.com/run' }),
});

/** Calendars that are on, whatever the time. */
export const frozenBy =
  (calendars: readonly string[]): PureFunctions['frozen'] =>
  (calendar) =>
    calendars.includes(calendar) ? { title: `${calendar}, as the case says` } : undefined;

/** Nothing is reached: what acts is replaced, what is left only checks. Without an inventory any host is one. */
export const rehearsedActions = (hosts?: readonly string[]): readonly StepAction[] =>
  stepActions({
    ssh: { ...createSshClient({ hosts: (hosts ?? []).map(nowhere) }), ...(!hosts && { hosts: anyHost }) },
    prometheus: noPrometheus,
    chat: silentChat(),
    web: { refuses: () => undefined, send: () => Promise.reject(new Error('nobody is asked in a rehearsal')) },
  });

const anyHost: readonly string[] = Object.assign([], { includes: () => true });

type Host = Parameters<typeof createSshClient>[0]['hosts'][number];

/** Of the right form, and of no machine. */
const nobodysKey = `SHA256:${'A'.repeat(43)}`;

const nowhere = (name: string): Host => ({
  name,
  address: '192.0.2.1',
  port: 22,
  user: 'nobody',
  privateKeyPath: '',
  hostKey: nobodysKey,
});

/** Stands in nobody's way. */
export const freePolicy: Policy = {
  services: [],
  routes: [],
  serviceLabel: 'service',
  severities: {},
  defaultSeverity: 'sev3',
  channelPrefix: 'inc-',
  graceMs: 300_000,
  joinWindowMs: 600_000,
  closeAfterMs: 3_600_000,
  lateMs: 60_000,
  guardrails: noGuardrails,
  permissions: {},
  roles: [],
};
