/** Looks at schedules: cron and time zone as people write them, and that a run needs nothing which only an alert could give. */
import type { Finding, Path } from './document.ts';
import { asList, asObject, asText } from './raw.ts';
import { cronProblem, timezoneProblem } from './schedules.ts';
import { hasExpression } from './templates.ts';

export function checkSchedules(data: unknown): readonly Finding[] {
  const schedules = asList(asObject(data).triggers).flatMap((trigger, index) => {
    const { schedule } = asObject(trigger);
    return schedule === undefined ? [] : [{ schedule: asObject(schedule), path: ['triggers', index, 'schedule'] }];
  });
  if (!schedules.length) return [];
  return [
    ...schedules.flatMap(({ schedule: { cron, timezone }, path }) => [
      ...cronFindings(cron, [...path, 'cron']),
      ...timezoneFindings(timezone, [...path, 'timezone']),
    ]),
    ...unfedInputs(data),
  ];
}

/** That nothing is filled in here is said where expressions are looked at. */
function cronFindings(written: unknown, path: Path): readonly Finding[] {
  const cron = asText(written);
  if (cron === undefined || hasExpression(cron)) return [];
  const problem = cronProblem(cron);
  return problem ? [{ path, code: 'bad_schedule', within: cron, ...problem }] : [];
}

function timezoneFindings(written: unknown, path: Path): readonly Finding[] {
  const timezone = asText(written);
  if (timezone === undefined || hasExpression(timezone)) return [];
  const message = timezoneProblem(timezone);
  return message === undefined ? [] : [{ path, code: 'bad_schedule', message }];
}

/** Nobody is there to be asked, and no alert to look into. */
const unfedInputs = (data: unknown): readonly Finding[] =>
  Object.entries(asObject(asObject(data).inputs)).flatMap(([name, spec]): readonly Finding[] => {
    const { default: fallback, optional, from } = asObject(spec);
    if (fallback !== undefined || optional === true) return [];
    const lack = from === undefined ? 'nobody to give it' : 'no alert to take it from';
    const message = `The schedule starts this playbook with ${lack}: give \`${name}\` a \`default\`, or write \`optional: true\`.`;
    return [{ path: ['inputs', name], at: 'key', code: 'input_unfed', message }];
  });
