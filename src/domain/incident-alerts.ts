/** An alert group arrives: opens an incident, joins one, changes one, or is no news at all. */
import { type AlertGroup, type AlertRecord, firingKey, type GroupNews, newsIn } from './alert.ts';
import { type Claim, keep, overKey, routeKey, serviceKey } from './claim.ts';
import type { Effect } from './effect.ts';
import { type Decision, type Facts, unchanged } from './facts.ts';
import type { EventId } from './ids.ts';
import { incidentId } from './ids.ts';
import type { Incident, IncidentEventBody } from './incident.ts';
import {
  closeLater,
  collectEvidence,
  effect,
  endGrace,
  notify,
  openChannel,
  postSummary,
  refreshAll,
} from './incident-effects.ts';
import type { Severity } from './policy.ts';
import { homeOf } from './policy.ts';
import { isNews, type Reason } from './reason.ts';
import { destinationOf, titleOf, worst } from './routing.ts';
import { entry } from './timeline.ts';
import { triggeredBy } from './triggers.ts';

type Arrived = Extract<IncidentEventBody, { kind: 'alerts_arrived' }> & { readonly id: EventId };

/** How long one firing is remembered to be over, so that a late delivery of it opens nothing. */
const rememberOverMs = 3_600_000;

export function onAlertGroup(incident: Incident | undefined, event: Arrived, facts: Facts): Decision<Incident> {
  const { group } = event;
  const heard = newsIn(group, facts.alerts, { now: facts.now, lateMs: facts.policy.lateMs });
  const news = withoutOver(heard, group.source, facts);
  if (incident?.status === 'closed') return unchanged(incident, 'incident_closed');
  if (incident) return changed(incident, event, { heard, news, facts });
  if (news.fired.length) return opened(event, { heard, news, facts });
  return {
    ...unchanged<Incident>(incident, notOpening(heard, news)),
    claims: rememberOver(group, news),
  };
}

/** A firing whose end was heard before, when no incident knew of it, begins nothing and goes on as nothing. */
function withoutOver(heard: GroupNews, source: string, { over }: Facts): GroupNews {
  const isOpen = (alert: AlertRecord): boolean => alert.status !== 'firing' || !over.has(firingKey(source, alert));
  return {
    ...heard,
    fired: heard.fired.filter(isOpen),
    firedAgain: heard.firedAgain.filter(isOpen),
    moved: heard.moved.filter(isOpen),
  };
}

interface Heard {
  /** Late firings included. */
  readonly heard: GroupNews;
  readonly news: GroupNews;
  readonly facts: Facts;
}

/** Why a group begins nothing: its firings are over already, it never fired, or all of it is known. */
function notOpening(heard: GroupNews, { overBefore }: GroupNews): Reason {
  if (heard.fired.length) return 'over_before_heard';
  return overBefore.length ? 'resolved_before_firing' : 'nothing_new';
}

function opened(event: Arrived, { news, facts }: Heard): Decision<Incident> {
  const { group } = event;
  const first = news.fired[0];
  if (!first) return unchanged<Incident>(undefined, 'resolved_before_firing');
  const to = destinationOf(first.labels, facts);
  const base: Incident = {
    id: incidentId(facts.number),
    number: facts.number,
    title: titleOf(group, first),
    service: to.service,
    severity: worst(news.fired.map(({ labels }) => destinationOf(labels, facts).severity)) ?? to.severity,
    status: 'triggered',
    openedAt: facts.now,
    openedBy: { kind: 'alert', source: group.source },
    lastFiredAt: facts.now,
    counts: { firing: news.fired.length, resolved: news.overBefore.length, fresh: 0 },
    truncated: truncatedIn({}, group),
    subject: first,
    externalURL: group.externalURL,
    channelPolicy: to.channel,
    evidence: [],
    evidenceProblems: [],
    proposals: [],
    runs: [],
    heard: [],
  };
  const { proposals, effects } = triggeredBy(base, news.fired, facts);
  const state = { ...base, proposals };
  return {
    state,
    effects: [...announces(state, facts), collectEvidence(state), ...effects],
    claims: [keep(routeKey(group.source, group.groupKey), base.id), ...holdsService(state, facts)],
    records: [...news.fired, ...news.overBefore],
    reason: 'first_alert',
    history: [entry({ event: event.id, now: facts.now }, state.openedBy, 'first_alert', state.title)],
  };
}

/** What a new incident shows of itself: its own channel, and a summary where its service lives. */
export function announces(incident: Incident, { policy }: Facts): readonly Effect[] {
  const home = homeOf(policy, incident.service);
  return [
    ...(incident.channelPolicy === 'first_alert' ? [openChannel(incident)] : []),
    ...(home ? [postSummary(incident)] : []),
  ];
}

/** The newest incident of a service is the one that new groups may join. */
export const holdsService = (
  { id, service, channelPolicy }: Pick<Incident, 'id' | 'service' | 'channelPolicy'>,
  { serviceHeldBy }: Facts,
): readonly Claim[] =>
  // Without a channel, nobody would see what joined.
  service && channelPolicy !== 'never'
    ? [{ key: serviceKey(service), expect: serviceHeldBy, set: id, again: true }]
    : [];

function changed(incident: Incident, event: Arrived, { heard, news, facts }: Heard): Decision<Incident> {
  const { group } = event;
  const route = routeKey(group.source, group.groupKey);
  const joins = !facts.routes.has(route);
  const burning = [...news.fired, ...news.firedAgain];
  if (joins && !burning.length)
    return {
      ...unchanged(incident, notOpening(heard, news)),
      claims: rememberOver(group, news),
    };
  const truncated = truncatedIn(incident.truncated, group);
  const ended = [...news.resolved, ...news.overBefore];
  if (!burning.length && !ended.length && sameTruncation(truncated, incident.truncated))
    return { ...unchanged(incident, 'nothing_new'), records: news.moved };

  const { proposals, effects } = triggeredBy(incident, burning, facts);
  const counted: Incident = {
    ...incident,
    severity: raised(incident, burning, facts),
    counts: count(incident, news),
    truncated,
    proposals,
  };
  const { state, reason, also } = turns(
    counted,
    { burning: burning.length, ended: ended.length, isWorse: counted.severity !== incident.severity },
    { event: event.id, facts },
  );
  return {
    state,
    reason: joins ? 'joined_service' : reason,
    records: [...burning, ...ended, ...news.moved],
    effects: [...refreshAll(state), ...effects, ...also],
    claims: joins ? [keep(route, incident.id)] : [],
    history:
      isNews(reason) || joins
        ? [
            entry(
              { event: event.id, now: facts.now },
              { kind: 'alert', source: group.source },
              joins ? 'joined_service' : reason,
              describe(news),
            ),
          ]
        : [],
  };
}

/** Worse alerts weigh more, unless a person has said what it weighs. */
function raised({ severity, severityBy }: Incident, burning: readonly AlertRecord[], facts: Facts): Severity {
  if (severityBy !== undefined) return severity;
  return worst([severity, ...burning.map(({ labels }) => destinationOf(labels, facts).severity)]) ?? severity;
}

interface Turn {
  readonly state: Incident;
  readonly reason: Reason;
  readonly also: readonly Effect[];
}

/** Firing again reopens; the last one resolved starts the grace period; else the counts alone moved. */
function turns(
  incident: Incident,
  { burning, ended, isWorse }: { burning: number; ended: number; isWorse: boolean },
  { event, facts }: { event: EventId; facts: Facts },
): Turn {
  if (burning && (incident.quietSince !== undefined || incident.status === 'resolved'))
    return reopened(incident, burning, { event, facts });
  if (burning) return spread(incident, { burning, isWorse }, { event, facts });
  if (incident.counts.firing === 0 && incident.quietSince === undefined && incident.status !== 'resolved')
    return quiet(incident, { event, facts });
  return { state: incident, reason: incident.counts.firing && ended ? 'some_resolved' : 'nothing_new', also: [] };
}

/** A storm of new alerts is one line a minute: the card counts them anyway. */
const tellEveryMs = 60_000;

function spread(
  incident: Incident,
  { burning, isWorse }: { burning: number; isWorse: boolean },
  { event, facts: { now } }: { event: EventId; facts: Facts },
): Turn {
  const untold = (incident.untold ?? 0) + burning;
  if (!isWorse && now - (incident.toldAt ?? incident.openedAt) < tellEveryMs)
    return { state: { ...incident, lastFiredAt: now, untold }, reason: 'new_alerts', also: [] };
  const state: Incident = { ...incident, lastFiredAt: now, untold: 0, toldAt: now };
  const notice = { about: 'new_alerts', alerts: untold, ...(isWorse && { severity: state.severity }) } as const;
  return { state, reason: 'new_alerts', also: [notify(state, notice, event)] };
}

function reopened(incident: Incident, burning: number, { event, facts }: { event: EventId; facts: Facts }): Turn {
  const {
    quietSince: _quiet,
    resolvedAt: _resolved,
    resolvedBy: _by,
    acknowledgedBy,
    acknowledgedAt,
    ...rest
  } = incident;
  // Who was on it when it was resolved has gone home: somebody must take it anew.
  const isHeld = incident.status !== 'resolved' && acknowledgedBy !== undefined;
  const state: Incident = {
    ...rest,
    ...(isHeld && { acknowledgedBy, ...(acknowledgedAt !== undefined && { acknowledgedAt }) }),
    status: isHeld ? 'acknowledged' : 'triggered',
    lastFiredAt: facts.now,
  };
  return { state, reason: 'fired_again', also: [notify(state, { about: 'fired_again', alerts: burning }, event)] };
}

/** All alerts resolved: nothing is closed yet, since trouble likes to come back. */
function quiet(incident: Incident, { event, facts }: { event: EventId; facts: Facts }): Turn {
  const { graceMs } = facts.policy;
  const state: Incident = { ...incident, status: 'mitigated', quietSince: facts.now };
  return {
    state,
    reason: 'all_resolved',
    also: [
      notify(state, { about: 'quiet', graceMs }, event),
      endGrace(state, facts.now, facts.now + graceMs),
      ...tellRuns(state, event),
    ],
  };
}

/** Open runs hear that their alert is over; what they make of it is theirs. */
const tellRuns = (incident: Incident, event: EventId): readonly Effect[] =>
  incident.runs
    .filter(({ status }) => status === 'running' || status === 'waiting_approval')
    .map(({ run }) => effect({ kind: 'tell_run_alert_over', run }, { id: run, urgency: 1, more: event }));

/** Resolved for good, as far as anyone knows: routes stay until it is closed, so that the same trouble comes back here. */
export const restsUntilClosed = (incident: Incident, { now, policy }: Facts): Effect =>
  closeLater(incident, now, now + policy.closeAfterMs);

function count({ counts }: Incident, { fired, firedAgain, resolved, overBefore }: GroupNews): Incident['counts'] {
  return {
    firing: counts.firing + fired.length + firedAgain.length - resolved.length,
    resolved: counts.resolved + resolved.length + overBefore.length - firedAgain.length,
    fresh: counts.fresh + fired.length + firedAgain.length,
  };
}

const rememberOver = (group: AlertGroup, { overBefore }: GroupNews): readonly Claim[] =>
  overBefore.map((alert) => ({ key: overKey(firingKey(group.source, alert)), set: '1', ttlMs: rememberOverMs }));

function truncatedIn(
  truncated: Incident['truncated'],
  { groupKey, truncatedAlerts }: AlertGroup,
): Incident['truncated'] {
  const { [groupKey]: _old, ...others } = truncated;
  return truncatedAlerts ? { ...others, [groupKey]: truncatedAlerts } : others;
}

const sameTruncation = (a: Incident['truncated'], b: Incident['truncated']): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);

function describe({ fired, firedAgain, resolved, overBefore }: GroupNews): string {
  const parts: readonly (readonly [string, readonly AlertRecord[]])[] = [
    ['firing', fired],
    ['firing again', firedAgain],
    ['resolved', [...resolved, ...overBefore]],
  ];
  return parts
    .filter(([, some]) => some.length)
    .map(([word, some]) => `${some.length} ${word}`)
    .join(', ');
}
