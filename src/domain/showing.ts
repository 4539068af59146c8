/** What of an incident shows outside its card: topic and summary are painted anew only where that moved. */
import { type Effect, isRefresh } from './effect.ts';
import type { Decision } from './facts.ts';
import type { Instant } from './ids.ts';
import type { Incident } from './incident.ts';

/** Slack's edits are scarce (50 a minute): one that shows nothing new delays one that does. */
export function onlyWhatShows(before: Incident | undefined, decision: Decision<Incident>): Decision<Incident> {
  const { state } = decision;
  if (!before || !state || outside(before) !== outside(state)) return decision;
  const effects = decision.effects.filter(({ kind }) => kind !== 'set_topic' && kind !== 'refresh_summary');
  return { ...decision, effects };
}

/** What happens together is shown together. */
export const togetherMs = 200;

export const together = (effects: readonly Effect[], now: Instant): readonly Effect[] =>
  effects.map((effect) => (isRefresh(effect) ? { ...effect, dueAt: now + togetherMs } : effect));

/** All that the topic and the summary say. */
const outside = (incident: Incident): string => {
  const { status, severity, title, counts, truncated, channel, channelProblem, summary } = incident;
  // A scheduled one without a channel has no card: its summary says all that there is.
  const more = incident.scheduledFor === undefined ? [] : [incident.runs, incident.proposals, incident.acknowledgedBy];
  return JSON.stringify([status, severity, title, counts, truncated, channel, channelProblem, summary, ...more]);
};
