/** Rules between the parts of `tocsin.yml` that guard: roles and services exist, calendars can be read. */
import { resolve } from 'node:path';
import { weeklyHours } from './calendars/weekly.ts';
import { readCalendar } from './calendars.ts';
import type { Path } from './document.ts';
import type { Finding } from './finding.ts';
import type { TocsinYml } from './schema.ts';

export const guardFindings = (yml: TocsinYml): Finding[] => [
  ...unknownRoles(yml),
  ...hostsOfNoService(yml),
  ...badCalendars(yml),
];

function unknownRoles({ roles, permissions, guardrails }: TocsinYml): Finding[] {
  const permitted = Object.entries(permissions).map(([name, wanted = []]) => [['permissions', name], wanted] as const);
  const named = [...permitted, [['guardrails', 'override_roles'], guardrails.override_roles] as const];
  return named.flatMap(([path, wanted]) =>
    wanted
      .filter((role) => !Object.hasOwn(roles, role))
      .map((role) => ({ path, code: 'unknown_role', message: noRole(role, Object.keys(roles)) })),
  );
}

const noRole = (role: string, there: readonly string[]): string =>
  `There is no role \`${role}\` under \`roles\` (there: ${there.join(', ') || 'none'}). Add it, or correct the name.`;

/** A budget for a service that is misspelt would be one of its own. */
function hostsOfNoService({ inventory, services }: TocsinYml): Finding[] {
  return inventory.flatMap(({ service }, i) =>
    service === undefined || Object.hasOwn(services, service)
      ? []
      : [
          {
            path: ['inventory', i, 'service'],
            code: 'unknown_service',
            message: `There is no service \`${service}\` under \`services\`. Add it, or correct the name.`,
          },
        ],
  );
}

const badCalendars = ({ calendars }: TocsinYml): Finding[] =>
  Object.entries(calendars).flatMap(([name, calendar]) => badCalendar(['calendars', name], calendar));

function badCalendar(path: Path, { ics, weekly, timezone }: TocsinYml['calendars'][string]): Finding[] {
  const isBad = (at: Path, message: string): Finding => ({ path: at, code: 'bad_calendar', message });
  if ((ics === undefined) === (weekly === undefined))
    return [isBad(path, 'Give either `ics: file.ics` or `weekly: ["mon-fri 17:00-09:00", …]`.')];
  if (weekly === undefined) return [];
  const unclear = weekly.flatMap((text, i) =>
    weeklyHours(text)
      ? []
      : [isBad([...path, 'weekly', i], `Write \`sat-sun\` or \`mon-fri 17:00-09:00\`, not \`${text}\`.`)],
  );
  const zoneless = timezone === undefined ? [isBad(path, 'Weekly hours need a `timezone`, like `Europe/Berlin`.')] : [];
  return [...unclear, ...zoneless];
}

/** Heard of at the start: a freeze that cannot be read would not hold. */
export const unreadableCalendars = ({ calendars }: TocsinYml, folder: string): Finding[] =>
  Object.entries(calendars).flatMap(([name, { ics, weekly, timezone = 'UTC' }]) => {
    const problem = ics === undefined || weekly ? undefined : problemWith(resolve(folder, ics), timezone);
    return problem === undefined ? [] : [{ path: ['calendars', name, 'ics'], code: 'bad_calendar', message: problem }];
  });

function problemWith(file: string, timezone: string): string | undefined {
  try {
    readCalendar(file, timezone);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return `${file} cannot be read as an iCalendar file: ${why}. Correct the name, or export it anew.`;
  }
}
