/** Values that stand in many places of a playbook: names, times, conditions, references to secrets. */
import { z } from 'zod';
import { durationPattern } from '../../domain/duration.ts';

export const Name = z.string().min(1).max(120);
export const Prose = z.string().max(2_000);

/** CEL names: `steps.my-step` would be a subtraction. */
export const Identifier = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'Write a name of small letters, digits and `_`, beginning with a letter.');

/** Names of playbooks, watches, calendars and pools. */
export const Dashed = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Write a name of small letters, digits and `-`, beginning with a letter.');

const aTime = 'Write a time like `30s`, `5m` or `1h30m`.';
export const Duration = z.string(aTime).regex(durationPattern, aTime);

export const Condition = z.string();
export const Arguments = z.record(z.string(), z.json());
export const Roles = z.array(z.string().min(1)).min(1).max(20);

/** `vault:` is kept for later. */
export const secretReference = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:[A-Za-z0-9][A-Za-z0-9._-]*)$/;

export const SecretReference = z
  .string()
  .regex(secretReference, 'Write a reference, `env:NAME` or `file:name`: a secret itself never stands in a playbook.');
