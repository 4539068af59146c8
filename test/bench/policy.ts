/** A policy without routes: the label `service` names the service. */
import type { Policy } from '../../src/domain/policy.ts';
import { freePolicy } from '../../src/rehearsal/setting.ts';

export const policy: Policy = { ...freePolicy, severities: { warning: 'sev2' } };
