/** Incidents that a schedule opens: quiet while all goes well, over with their work, and loud where it fails. */
import type { RunNote } from './effect.ts';
import { type Decision, type Facts, unchanged } from './facts.ts';
import { type EventId, type Instant, incidentId, type RunId } from './ids.ts';
import { type Incident, type IncidentEventBody, isOpenStatus } from './incident.ts';
import { announces, restsUntilClosed } from './incident-alerts.ts';
import { effect, endGrace, notify, openChannel, refreshAll } from './incident-effects.ts';
import { schedule, tocsin } from './person.ts';
import type { Playbook } from './playbook.ts';
import { homeOf } from './policy.ts';
import { isOverStatus } from './run-status.ts';
import { judgeSchedule, nextOccurrence } from './schedule.ts';
import { entry } from './timeline.ts';
import { runSubject } from './triggers.ts';

type Due = Extract<IncidentEventBody, { kind: 'schedule_due' }> & { readonly id: EventId };

/** An offer lapses then, or when the next one comes. */
const offerMs = 86_400_000;

/** Taken once: the claim on the schedule is moved in the same write. */
export function onScheduleDue(incident: Incident | undefined, event: Due, facts: Facts): Decision<Incident> {
  const playbook = facts.playbook(event.playbook);
  if (incident || !playbook) return unchanged(incident, incident ? 'repeated' : 'playbook_unknown');
  const due = judgeSchedule({ playbook, since: event.since }, facts);
  if (due.kind !== 'due') return unchanged<Incident>(undefined, 'not_due');
  const { occurrence, claim, missed } = due;
  const state = opened(playbook, occurrence.at, facts);
  const detail = missed ? `${state.title}, ${missed.count} missed before` : state.title;
  return {
    state,
    claims: [claim],
    effects: [
      ...announces(state, facts),
      endGrace(state, facts.now, offeredUntil(playbook, occurrence.at, facts)),
      ...(occurrence.mode === 'auto' ? [startByItself(state, { playbook, at: occurrence.at }, facts)] : []),
    ],
    reason: 'schedule_due',
    history: [entry({ event: event.id, now: facts.now }, schedule, 'schedule_due', detail)],
  };
}

/** Alerts never join it, for it takes no service's claim: a drill is nobody's trouble. */
function opened(playbook: Playbook, at: Instant, { now, number, policy, pure }: Facts): Incident {
  const labels = { schedule: playbook.id };
  const route = policy.routes.find(({ match }) => pure.matches(match, labels));
  const service = route?.service ?? '';
  return {
    id: incidentId(number),
    number,
    title: `Scheduled: ${playbook.name}`,
    service,
    severity: route?.severity ?? 'sev4',
    status: 'triggered',
    openedAt: now,
    openedBy: schedule,
    scheduledFor: at,
    quietSince: now,
    lastFiredAt: now,
    counts: { firing: 0, resolved: 0, fresh: 0 },
    truncated: {},
    externalURL: '',
    channelPolicy: route?.channel ?? (homeOf(policy, service) === undefined ? 'first_alert' : 'never'),
    evidence: [],
    evidenceProblems: [],
    proposals: [{ playbook: playbook.hash, id: playbook.id, name: playbook.name }],
    runs: [],
    heard: [],
  };
}

const offeredUntil = (playbook: Playbook, at: Instant, { now, pure }: Facts): Instant =>
  Math.min(now + offerMs, Math.max(now, nextOccurrence(playbook, at, pure)?.at ?? Number.POSITIVE_INFINITY));

function startByItself(
  incident: Incident,
  { playbook, at }: { readonly playbook: Playbook; readonly at: Instant },
  { pure }: Facts,
) {
  const run = `run-${pure.digest(['schedule', playbook.id, at]).slice(0, 10)}` as RunId;
  const request = {
    playbook: playbook.hash,
    incident: incident.id,
    mode: 'auto' as const,
    inputs: {},
    requestedBy: schedule,
    scheduledFor: at,
    subject: runSubject(incident, undefined),
  };
  return effect({ kind: 'tell_run', run, request }, { id: run, urgency: 1 });
}

/** Nobody took the offer in time. */
export function onOfferLapsed(incident: Incident, event: EventId, facts: Facts): Decision<Incident> {
  const at = { event, now: facts.now };
  const over = ended(incident, { event, lapsed: true }, facts);
  return { ...over, claims: [], reason: 'offer_lapsed', history: [entry(at, tocsin, 'offer_lapsed')] };
}

/** Work that goes on keeps it open, work that failed makes it heard, and when all of it is over it is resolved. */
export function afterRun(
  decision: Decision<Incident>,
  { event, note }: { readonly event: EventId; readonly note: RunNote },
  facts: Facts,
): Decision<Incident> {
  const { state } = decision;
  if (state?.scheduledFor === undefined || !isOpenStatus(state.status)) return decision;
  const { quietSince: _offered, ...taken } = state;
  if (isTrouble(note.status)) return heard({ ...decision, state: taken });
  if (state.runs.some(({ status }) => !isOverStatus(status))) return { ...decision, state: taken };
  const over = ended(taken, { event, lapsed: false }, facts);
  const history = [...decision.history, entry({ event, now: facts.now }, tocsin, 'schedule_done')];
  return { ...decision, state: over.state, effects: [...decision.effects, ...over.effects], history };
}

export const isTrouble = (status: string): boolean => status === 'failed' || status === 'needs_attention';

/** The default channel is not there, or Tocsin is not in it: nobody would see anything. */
export const afterNoSummary = (decision: Decision<Incident>): Decision<Incident> =>
  decision.state?.scheduledFor !== undefined && isOpenStatus(decision.state.status) ? heard(decision) : decision;

/** What was quiet so far gets a channel of its own. */
function heard(decision: Decision<Incident>): Decision<Incident> {
  const { state } = decision;
  if (!state || state.channel || state.channelPolicy !== 'never') return decision;
  const loud: Incident = { ...state, channelPolicy: 'first_alert' };
  return { ...decision, state: loud, effects: [...decision.effects, openChannel(loud)] };
}

function ended(
  incident: Incident,
  { event, lapsed }: { readonly event: EventId; readonly lapsed: boolean },
  facts: Facts,
) {
  const state: Incident = { ...incident, status: 'resolved', resolvedAt: facts.now };
  const notice = { about: 'schedule_over', lapsed } as const;
  // A summary that is painted anew says it by itself.
  const tells = state.channelPolicy === 'never' ? [] : [notify(state, notice, event)];
  return { state, effects: [...refreshAll(state), ...tells, restsUntilClosed(state, facts)] };
}
