/** Who may do what: `permissions` of tocsin.yml, intent by intent, and what holds where it says nothing. */
import type { Permission } from './guardrails.ts';
import type { Intent } from './intent.ts';
import { type Actor, holdsOne, mayAct } from './person.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';

export function permissionFor(kind: Intent['kind']): Permission {
  if (kind === 'stop_automation') return 'stop';
  return kind === 'resume_automation' ? 'resume' : kind;
}

/** These let something go on that was held for a reason: they need a role of tocsin.yml, whichever it is. */
const careful: ReadonlySet<Permission> = new Set<Permission>(['resume', 'unlock', 'settle_unknown']);

export type May = { readonly ok: true } | { readonly ok: false; readonly missing: readonly string[] };

/** Whether they are a member at all is asked elsewhere (`mayAct`). `missing`: any one of them would do. */
export function mayDo(
  kind: Intent['kind'],
  actor: Actor,
  { permissions: given, roles }: Pick<Policy, 'permissions' | 'roles'>,
): May {
  const permission = permissionFor(kind);
  const wanted = given[permission] ?? (careful.has(permission) ? roles : []);
  // Where tocsin.yml has no roles, nobody is told from anybody.
  if (actor.kind !== 'person' || !wanted.length || holdsOne(actor, wanted)) return { ok: true };
  return { ok: false, missing: wanted };
}

/** The detail of `role_missing` and `not_allowed`. Where none is named, any will do. */
export const rolesMissing = (missing: readonly string[]): string =>
  missing.length ? `it takes the role ${missing.join(' or ')}` : 'it takes some role of tocsin.yml';

/** Why they may not, if they may not. */
export function forbids(
  kind: Intent['kind'],
  actor: Actor,
  policy: Pick<Policy, 'permissions' | 'roles'>,
): { readonly reason: Reason; readonly detail?: string } | undefined {
  if (!mayAct(actor)) return { reason: 'not_a_member' };
  const may = mayDo(kind, actor, policy);
  return may.ok ? undefined : { reason: 'role_missing', detail: rolesMissing(may.missing) };
}
