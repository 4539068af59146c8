/** Who and what a playbook's triggers and approvals wait for: people without names of anybody, and time. */
import type { ApprovalSpec, Playbook } from '../domain/playbook.ts';
import type { TestPerson } from '../playbooks/test-file.ts';

/** Roles that may start it by hand. */
export const startersOf = ({ triggers }: Playbook): readonly string[] =>
  triggers.flatMap((trigger) => (trigger.kind === 'manual' ? trigger.roles : []));

/** As many as are needed, and of every role and group that is asked. */
export function approversFor(spec: ApprovalSpec | undefined): readonly TestPerson[] {
  if (!spec) return [];
  const { roles, groups, users } = spec.approvers;
  const needed = Math.max(spec.minApprovals, ...Object.values(spec.atLeast), 1);
  const named: TestPerson[] = users.map((name) => ({ name: name.replace(/^@/, ''), roles: [], groups: [] }));
  const others = Array.from({ length: needed }, (_, at) => ({
    name: `approver${at + 1}`,
    roles: [...roles],
    groups: groups.map((group) => group.replace(/^@/, '')),
  }));
  return roles.length + groups.length ? [...others, ...named] : named;
}

/** Until every trigger that waits for an alert to last has looked. */
export const longestFor = ({ triggers }: Playbook): number =>
  Math.max(0, ...triggers.map((trigger) => (trigger.kind === 'alert' ? trigger.forMs : 0))) + 1_000;
