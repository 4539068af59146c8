/** What people do to an incident: open, acknowledge, resolve, weigh, note. */
import { type Decision, type Facts, unchanged } from './facts.ts';
import { type EventId, incidentId } from './ids.ts';
import type { Incident, IncidentEventBody } from './incident.ts';
import { announces, holdsService, restsUntilClosed } from './incident-alerts.ts';
import { notify, refreshAll } from './incident-effects.ts';
import type { Intent } from './intent.ts';
import { forbids } from './permissions.ts';
import { type Actor, actorName } from './person.ts';
import type { Reason } from './reason.ts';
import { entry } from './timeline.ts';

type Event<Kind extends IncidentEventBody['kind']> = Extract<IncidentEventBody, { kind: Kind }> & {
  readonly id: EventId;
};

function refusal(
  incident: Incident | undefined,
  { kind, by }: { readonly kind: Intent['kind']; readonly by: Actor },
  { policy }: Facts,
): Decision<Incident> | undefined {
  const forbidden = forbids(kind, by, policy);
  return forbidden && { ...unchanged(incident, forbidden.reason), ...forbidden };
}

export function onOpenedByHand(
  incident: Incident | undefined,
  event: Event<'open_incident'>,
  facts: Facts,
): Decision<Incident> {
  if (incident) return unchanged(incident, 'repeated');
  const forbidden = refusal(incident, event, facts);
  if (forbidden) return forbidden;
  const state: Incident = {
    id: incidentId(facts.number),
    number: facts.number,
    title: event.title,
    service: event.service ?? '',
    severity: event.severity ?? facts.policy.defaultSeverity,
    ...(event.severity && { severityBy: actorName(event.by) }),
    status: 'triggered',
    openedAt: facts.now,
    openedBy: event.by,
    lastFiredAt: facts.now,
    counts: { firing: 0, resolved: 0, fresh: 0 },
    truncated: {},
    externalURL: '',
    channelPolicy: 'first_alert',
    evidence: [],
    evidenceProblems: [],
    proposals: [],
    runs: [],
    heard: [],
  };
  return {
    state,
    effects: announces(state, facts),
    claims: holdsService(state, facts),
    reason: 'opened_by_hand',
    history: [entry({ event: event.id, now: facts.now }, event.by, 'opened_by_hand', event.title)],
  };
}

export function onAcknowledge(incident: Incident, event: Event<'acknowledge'>, facts: Facts): Decision<Incident> {
  const forbidden = refusal(incident, event, facts);
  if (forbidden) return forbidden;
  if (incident.status === 'resolved') return unchanged(incident, 'already_resolved');
  if (incident.acknowledgedBy) return unchanged(incident, 'already_acknowledged');
  const by = actorName(event.by);
  const state: Incident = {
    ...incident,
    status: incident.status === 'triggered' ? 'acknowledged' : incident.status,
    acknowledgedBy: by,
    acknowledgedAt: facts.now,
    counts: { ...incident.counts, fresh: 0 },
  };
  return done(state, event, { facts, reason: 'acknowledged', notice: { about: 'acknowledged', by } });
}

export function onResolve(incident: Incident, event: Event<'resolve'>, facts: Facts): Decision<Incident> {
  const forbidden = refusal(incident, event, facts);
  if (forbidden) return forbidden;
  if (incident.status === 'resolved') return unchanged(incident, 'already_resolved');
  const by = actorName(event.by);
  const state: Incident = { ...incident, status: 'resolved', resolvedAt: facts.now, resolvedBy: by };
  const decision = done(state, event, { facts, reason: 'resolved_by_hand', notice: { about: 'resolved', by } });
  return { ...decision, effects: [...decision.effects, restsUntilClosed(state, facts)] };
}

export function onSeverity(incident: Incident, event: Event<'set_severity'>, facts: Facts): Decision<Incident> {
  const forbidden = refusal(incident, event, facts);
  if (forbidden) return forbidden;
  if (incident.severity === event.severity) return unchanged(incident, 'severity_unchanged');
  const notice = { about: 'severity', severity: event.severity, by: actorName(event.by) } as const;
  return done({ ...incident, severity: event.severity, severityBy: notice.by }, event, {
    facts,
    reason: 'severity_set',
    notice,
    detail: event.severity,
  });
}

export function onNote(incident: Incident, event: Event<'add_note'>, facts: Facts): Decision<Incident> {
  const forbidden = refusal(incident, event, facts);
  if (forbidden) return forbidden;
  const notice = { about: 'note', text: event.text, by: actorName(event.by) } as const;
  return done(incident, event, { facts, reason: 'note_added', notice, detail: event.text });
}

interface Done {
  readonly facts: Facts;
  readonly reason: Reason;
  readonly notice: Parameters<typeof notify>[1];
  readonly detail?: string;
}

const done = (
  state: Incident,
  event: { readonly id: EventId; readonly by: Actor },
  { facts, reason, notice, detail }: Done,
): Decision<Incident> => ({
  state,
  claims: [],
  reason,
  effects: [...refreshAll(state), notify(state, notice, event.id)],
  history: [entry({ event: event.id, now: facts.now }, event.by, reason, detail)],
});
