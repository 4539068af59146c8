/** What Tocsin's own doing brings back to an incident: channels opened, cards posted, evidence found, times over. */
import { type Claim, channelKey, giveBack, serviceKey } from './claim.ts';
import { type Decision, type Facts, unchanged } from './facts.ts';
import type { EventId, PlaybookHash } from './ids.ts';
import { type Incident, type IncidentEventBody, isOpenStatus } from './incident.ts';
import { restsUntilClosed } from './incident-alerts.ts';
import { invite, notify, openChannelLater, pinCard, postCard, refreshAll, uploadPicture } from './incident-effects.ts';
import { afterNoSummary, afterRun, onOfferLapsed } from './incident-schedule.ts';
import { tocsin } from './person.ts';
import { isOverStatus } from './run-status.ts';
import { entry } from './timeline.ts';
import { alertTrigger, pull } from './triggers.ts';

type Event<Kind extends IncidentEventBody['kind']> = Extract<IncidentEventBody, { kind: Kind }> & {
  readonly id: EventId;
};

const runsRemembered = 20;

/** An incident without its channel is asked for again this often: a missing scope or a full name list can be put right. */
const refusedForMs = 300_000;

/** Only now does anyone ask for posts: the state says what is possible, never the order of jobs. */
export function onChannelOpened(incident: Incident, event: Event<'channel_opened'>, facts: Facts): Decision<Incident> {
  const { channelProblem: _solved, ...rest } = incident;
  const state: Incident = { ...rest, channel: { id: event.channel, name: event.name } };
  return {
    state,
    claims: [{ key: channelKey(event.channel), set: incident.id }],
    reason: 'channel_opened',
    effects: [postCard(state), invite(state), ...refreshAll(state), ...pictures(state)],
    history: [entry({ event: event.id, now: facts.now }, tocsin, 'channel_opened', `#${event.name}`)],
  };
}

export function onChannelRefused(
  incident: Incident,
  event: Event<'channel_refused'>,
  facts: Facts,
): Decision<Incident> {
  const state: Incident = { ...incident, channelProblem: event.why };
  const isNew = incident.channelProblem !== event.why;
  const history = isNew ? [entry({ event: event.id, now: facts.now }, tocsin, 'channel_refused', event.why)] : [];
  const again = isOpenStatus(state.status) ? [openChannelLater(state, event.id, facts.now + refusedForMs)] : [];
  return { state, claims: [], effects: [...refreshAll(state), ...again], reason: 'channel_refused', history };
}

/** The state may have moved while the card was on its way, so it is painted once more. */
export function onCardPosted(incident: Incident, event: Event<'card_posted'>): Decision<Incident> {
  const state: Incident = { ...incident, card: event.message };
  return { state, claims: [], effects: [pinCard(state), ...refreshAll(state)], reason: 'card_posted', history: [] };
}

export function onSummaryPosted(incident: Incident, event: Event<'summary_posted'>): Decision<Incident> {
  const state: Incident = { ...incident, summary: event.message };
  return { state, claims: [], effects: refreshAll(state), reason: 'summary_posted', history: [] };
}

export function onEvidence(incident: Incident, event: Event<'evidence_found'>, facts: Facts): Decision<Incident> {
  const state: Incident = { ...incident, evidence: event.evidence, evidenceProblems: event.problems };
  const found = `${event.evidence.length} found${event.problems.length ? `, ${event.problems.length} not` : ''}`;
  return {
    state,
    claims: [],
    reason: 'evidence_found',
    effects: [...refreshAll(state), ...pictures(state)],
    history: [entry({ event: event.id, now: facts.now }, tocsin, 'evidence_found', found)],
  };
}

const pictures = (incident: Incident) =>
  incident.channel
    ? incident.evidence.flatMap((found) => (found.kind === 'picture' ? [uploadPicture(incident, found)] : []))
    : [];

export function onTriggerDue(incident: Incident, event: Event<'trigger_due'>, facts: Facts): Decision<Incident> {
  if (incident.status === 'resolved') return unchanged(incident, 'already_resolved');
  const alert = facts.alerts.get(event.fingerprint);
  if (alert?.status !== 'firing') return unchanged(incident, 'alert_gone');
  const playbook = facts.playbook(event.playbook);
  const trigger = playbook && alertTrigger(playbook, alert, facts);
  if (!playbook || !trigger) return unchanged(incident, 'playbook_unknown');
  // It ended and began again meanwhile: that firing has its own time to wait.
  if (facts.now - alert.since < trigger.forMs) return unchanged(incident, 'not_due');
  const { proposals, effects } = pull(incident, { playbook, mode: trigger.mode, alert }, facts);
  const state: Incident = { ...incident, proposals };
  const history = [entry({ event: event.id, now: facts.now }, tocsin, 'playbook_proposed', playbook.name)];
  return { state, claims: [], effects: [...refreshAll(state), ...effects], reason: 'playbook_proposed', history };
}

/** Its button is on the card (it came with the alert that pulled the trigger); why nobody pressed it is said once. */
export function onAutoRefused(incident: Incident, event: Event<'auto_refused'>, facts: Facts): Decision<Incident> {
  const name = nameOf(incident, event.playbook, facts);
  return {
    state: incident,
    claims: [],
    reason: 'playbook_proposed',
    effects: [
      ...refreshAll(incident),
      notify(incident, { about: 'run_refused', playbook: name, why: event.why }, event.id),
    ],
    history: [entry({ event: event.id, now: facts.now }, tocsin, 'playbook_proposed', `${name}: ${event.why}`)],
  };
}

const nameOf = ({ proposals }: Incident, hash: PlaybookHash, facts: Facts): string =>
  (proposals.find(({ playbook }) => playbook === hash) ?? facts.playbook(hash))?.name ?? 'a playbook';

/** Quiet through the whole grace period: resolved. */
export function onGraceEnded(incident: Incident, event: Event<'grace_ended'>, facts: Facts): Decision<Incident> {
  if (incident.quietSince !== event.quietSince || incident.status === 'resolved')
    return unchanged(incident, 'not_quiet');
  if (incident.scheduledFor !== undefined) return onOfferLapsed(incident, event.id, facts);
  const state: Incident = { ...incident, status: 'resolved', resolvedAt: facts.now };
  return {
    state,
    claims: [],
    reason: 'grace_ended',
    effects: [
      ...refreshAll(state),
      notify(state, { about: 'resolved', by: '' }, event.id),
      restsUntilClosed(state, facts),
    ],
    history: [entry({ event: event.id, now: facts.now }, tocsin, 'grace_ended')],
  };
}

/** Closed incidents take no more alerts: their routes are free for a new one. */
export function onRestEnded(incident: Incident, event: Event<'rest_ended'>, facts: Facts): Decision<Incident> {
  if (incident.status !== 'resolved' || incident.resolvedAt !== event.resolvedAt)
    return unchanged(incident, 'not_quiet');
  const state: Incident = { ...incident, status: 'closed' };
  const history = [entry({ event: event.id, now: facts.now }, tocsin, 'closed_after_rest')];
  const claims = leavesService(incident, facts);
  return { state, claims, effects: refreshAll(state), reason: 'closed_after_rest', history, over: true };
}

const leavesService = (incident: Incident, { serviceHeldBy }: Facts): readonly Claim[] =>
  incident.service && serviceHeldBy === incident.id ? [giveBack(serviceKey(incident.service), incident.id)] : [];

export function onRunTold(incident: Incident, event: Event<'run_told'>, facts: Facts): Decision<Incident> {
  if (incident.heard.includes(event.id)) return unchanged(incident, 'repeated');
  const others = incident.runs.filter(({ run }) => run !== event.note.run);
  const known = incident.runs.find(({ run }) => run === event.note.run);
  // Two notes of one run may overtake each other on the way, even two of the same millisecond.
  const isStale = known && (known.at > event.note.at || isOverStatus(known.status));
  const note = isStale ? known : event.note;
  const state: Incident = {
    ...incident,
    runs: [...others, note].slice(-runsRemembered),
    heard: [...incident.heard, event.id].slice(-50),
  };
  const history = [
    entry({ event: event.id, now: facts.now }, tocsin, 'run_noted', `${event.note.name}: ${event.note.status}`),
  ];
  const noted = { state, claims: [], effects: refreshAll(state), reason: 'run_noted', history } as const;
  return afterRun(noted, { event: event.id, note }, facts);
}

export function onEffectGivenUp(incident: Incident, event: Event<'effect_given_up'>, facts: Facts): Decision<Incident> {
  const history = [
    entry({ event: event.id, now: facts.now }, tocsin, 'effect_given_up', `${event.effect}: ${event.why}`),
  ];
  const noted = { state: incident, claims: [], effects: [], reason: 'effect_given_up', history } as const;
  return event.effect === 'post_summary' ? afterNoSummary(noted) : noted;
}
