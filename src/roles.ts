/** Roles and calendars that playbooks name and `tocsin.yml` does not have: nobody could ever start or approve those. */
import type { Config } from './config/config.ts';
import { approvalSpec } from './domain/flow.ts';
import type { Playbook } from './domain/playbook.ts';

/** One line for each, with what to do. */
export const missingNames = (playbook: Playbook, config: Pick<Config, 'roles' | 'calendars'>): readonly string[] => [
  ...missingRoles(playbook, config),
  ...missingCalendars(playbook, config),
];

function missingRoles(playbook: Playbook, { roles }: Pick<Config, 'roles'>): readonly string[] {
  const there = Object.keys(roles);
  return wantedBy(playbook)
    .filter(({ role }) => !there.includes(role))
    .map(
      ({ role, what }) =>
        `playbook \`${playbook.id}\`: ${what} wants the role \`${role}\`, which tocsin.yml does not have ` +
        `(there: ${there.join(', ') || 'none'}). Add it under \`roles\`, or correct the name.`,
    );
}

/** Freezes of calendars that `tocsin.yml` does not have: such a playbook never starts. */
const missingCalendars = ({ id, limits }: Playbook, { calendars }: Pick<Config, 'calendars'>): readonly string[] =>
  limits.freeze
    .filter(({ calendar }) => !Object.hasOwn(calendars, calendar))
    .map(
      ({ calendar }) =>
        `playbook \`${id}\`: \`limits.freeze\` names the calendar \`${calendar}\`, which tocsin.yml does not have ` +
        `(there: ${Object.keys(calendars).join(', ') || 'none'}), so it never starts. Add it under \`calendars\`, or correct the name.`,
    );

interface Wanted {
  readonly role: string;
  readonly what: string;
}

function wantedBy({ triggers, steps, limits }: Playbook): readonly Wanted[] {
  const starters = triggers.flatMap((trigger) => (trigger.kind === 'manual' ? trigger.roles : []));
  const overriding = limits.freeze.flatMap(({ overrideRoles }) => overrideRoles);
  return [
    ...overriding.map((role) => ({ role, what: '`limits.freeze`' })),
    ...starters.map((role) => ({ role, what: 'the trigger `manual`' })),
    ...steps
      .filter(({ action }) => action === 'approval')
      .flatMap((step) =>
        approvalSpec(step.with).approvers.roles.map((role) => ({ role, what: `step \`${step.id}\`` })),
      ),
  ];
}
