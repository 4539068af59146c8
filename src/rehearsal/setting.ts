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
  /** Calendars that freeze. */
  readonly frozen?: readonly string[];
}

export const settingOf = ({ hosts, frozen = [] }: SettingParts): Setting => ({
  actions: actionsFor(hosts),
  policy: freePolicy,
  pure: pureFunctions({
    hosts,
    frozen: (calendar) => (frozen.includes(calendar) ? { title: `${calendar}, as the case says` } : undefined),
    linkTo: () => 'https://chat.example.com/run',
  }),
});

/** Nothing is reached: what acts is replaced, what is left only checks. */
export const actionsFor = (hosts: readonly string[]): readonly StepAction[] =>
  stepActions({
    ssh: createSshClient({ hosts: hosts.map(nowhere) }),
    prometheus: noPrometheus,
    chat: silentChat(),
    httpAllow: ['*'],
  });

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

const freePolicy: Policy = {
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
