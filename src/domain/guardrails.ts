/** What the installation allows to be changed at all, how much of it in which time, and who may do what. */
import type { AllowRule } from './playbook.ts';

export interface Guardrails {
  /** Over all playbooks: so many of a service's hosts in one window. */
  readonly blastRadius: { readonly percent: number; readonly windowMs: number; readonly atLeast: number };
  /** Who asked for the run with one of these roles is not held to the blast radius. */
  readonly overrideRoles: readonly string[];
  /** Below this share of good endings, `auto` becomes a proposal. */
  readonly efficacy: { readonly atLeast: number; readonly ofLast: number };
  /** One rule must fit each change of any playbook; absent = any. */
  readonly allow?: readonly AllowRule[];
  /** The inventory, as far as decisions need it: `service` is '' where none is named, `at` is what the name means now. */
  readonly hosts: readonly {
    readonly name: string;
    readonly service: string;
    readonly at?: string;
    readonly pool?: string;
  }[];
}

/** What people may do, as `permissions` of tocsin.yml names it. */
export const permissions = [
  ...(['open_incident', 'acknowledge', 'resolve', 'set_severity', 'add_note'] as const),
  ...(['run_playbook', 'approve', 'reject', 'answer', 'cancel_run', 'settle_unknown'] as const),
  ...(['stop', 'resume', 'unlock'] as const),
] as const;
export type Permission = (typeof permissions)[number];

/** What may be done → the roles of which one is needed; for what is not named, see `permissions.ts`. */
export type Permissions = Readonly<Partial<Record<Permission, readonly string[]>>>;

/** Stand in nobody's way. */
export const noGuardrails: Guardrails = {
  blastRadius: { percent: 100, windowMs: 3_600_000, atLeast: 10_000 },
  overrideRoles: [],
  efficacy: { atLeast: 0, ofLast: 10 },
  hosts: [],
};
