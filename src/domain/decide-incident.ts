/** Decides what an incident becomes, and what should be done about it, whatever happens to it. */

import { type Decide, type Decision, type Facts, unchanged } from './facts.ts';
import type { Incident, IncidentEvent } from './incident.ts';
import { onAlertGroup } from './incident-alerts.ts';
import { onAcknowledge, onNote, onOpenedByHand, onResolve, onSeverity } from './incident-people.ts';
import {
  onAutoRefused,
  onCardPosted,
  onChannelOpened,
  onChannelRefused,
  onEffectGivenUp,
  onEvidence,
  onGraceEnded,
  onRestEnded,
  onRunTold,
  onSummaryPosted,
  onTriggerDue,
} from './incident-progress.ts';
import { onScheduleDue } from './incident-schedule.ts';
import { onlyWhatShows, together } from './showing.ts';

export const decideIncident: Decide<Incident, IncidentEvent> = (incident, event, facts) =>
  shown(onlyWhatShows(incident, decided(incident, event, facts)), facts);

const shown = (decision: Decision<Incident>, { now }: Facts): Decision<Incident> => ({
  ...decision,
  effects: together(decision.effects, now),
});

const decided: Decide<Incident, IncidentEvent> = (incident, event, facts) => {
  if (event.kind === 'alerts_arrived') return onAlertGroup(incident, event, facts);
  if (event.kind === 'open_incident') return onOpenedByHand(incident, event, facts);
  if (event.kind === 'schedule_due') return onScheduleDue(incident, event, facts);
  if (!incident) return unchanged<Incident>(incident, 'no_such_incident');
  if (incident.status === 'closed' && !endsAfterClosing.has(event.kind)) return unchanged(incident, 'incident_closed');
  return happens(incident, event, facts);
};

/** A closed incident is history: only what Tocsin had under way for it still ends. */
const endsAfterClosing: ReadonlySet<IncidentEvent['kind']> = new Set([
  'channel_opened',
  'card_posted',
  'summary_posted',
  'run_told',
  'effect_given_up',
]);

function happens(
  incident: Incident,
  event: Exclude<IncidentEvent, { kind: 'alerts_arrived' | 'open_incident' | 'schedule_due' }>,
  facts: Facts,
): Decision<Incident> {
  switch (event.kind) {
    case 'acknowledge':
      return onAcknowledge(incident, event, facts);
    case 'resolve':
      return onResolve(incident, event, facts);
    case 'set_severity':
      return onSeverity(incident, event, facts);
    case 'add_note':
      return onNote(incident, event, facts);
    case 'trigger_due':
      return onTriggerDue(incident, event, facts);
    case 'auto_refused':
      return onAutoRefused(incident, event, facts);
    case 'grace_ended':
      return onGraceEnded(incident, event, facts);
    case 'rest_ended':
      return onRestEnded(incident, event, facts);
    case 'channel_opened':
      return onChannelOpened(incident, event, facts);
    case 'channel_refused':
      return onChannelRefused(incident, event, facts);
    case 'card_posted':
      return onCardPosted(incident, event);
    case 'summary_posted':
      return onSummaryPosted(incident, event);
    case 'evidence_found':
      return onEvidence(incident, event, facts);
    case 'run_told':
      return onRunTold(incident, event, facts);
    case 'effect_given_up':
      return onEffectGivenUp(incident, event, facts);
  }
}
