/** Who may do what: `permissions` of tocsin.yml, intent by intent, and what holds where it says nothing. */
import type { Intent } from './intent.ts';
import { type Actor, holdsOne } from './person.ts';
import type { Policy } from './policy.ts';

/** As `permissions` names them. */
export const permissionOf = {
  open_incident: 'open_incident',
  acknowledge: 'acknowledge',
  resolve: 'resolve',
  set_severity: 'set_severity',
  add_note: 'add_note',
  run_playbook: 'run_playbook',
  approve: 'approve',
  reject: 'reject',
  answer: 'answer',
  cancel_run: 'cancel_run',
  settle_unknown: 'settle_unknown',
  stop_automation: 'stop',
  resume_automation: 'resume',
  unlock: 'unlock',
} as const satisfies Readonly<Record<Intent['kind'], string>>;

export type Permission = (typeof permissionOf)[Intent['kind']];

export const permissions: readonly Permission[] = Object.values(permissionOf);

/** These let something go on that was held for a reason: they need a role of tocsin.yml, whichever it is. */
const careful: ReadonlySet<Permission> = new Set<Permission>(['resume', 'unlock', 'settle_unknown']);

export type May = { readonly ok: true } | { readonly ok: false; readonly missing: readonly string[] };

/** Whether they are a member at all is asked elsewhere (`mayAct`). `missing`: any one of them would do. */
export function mayDo(
  kind: Intent['kind'],
  actor: Actor,
  { permissions: given, roles }: Pick<Policy, 'permissions' | 'roles'>,
): May {
  const permission = permissionOf[kind];
  const wanted = given[permission] ?? (careful.has(permission) ? roles : []);
  // Where tocsin.yml has no roles, nobody is told from anybody.
  if (actor.kind !== 'person' || !wanted.length || holdsOne(actor, wanted)) return { ok: true };
  return { ok: false, missing: wanted };
}

/** The detail of `role_missing`. */
export const rolesMissing = (missing: readonly string[]): string => `it takes the role ${missing.join(' or ')}`;
