/** A policy without routes: the label `service` names the service. */

import { noGuardrails } from '../../src/domain/guardrails.ts';
import type { Policy } from '../../src/domain/policy.ts';

export const policy: Policy = {
  services: [],
  routes: [],
  serviceLabel: 'service',
  severities: { warning: 'sev2' },
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
