/** The global stop, what people set free, and what schedules missed: while it is stopped, no step acts on anything (a `wait` may begin: it only waits). */
import { guardKey, guardName, isGuardKey, stopKey } from './claim.ts';
import type { Effect, Notice } from './effect.ts';
import { type Decision, type Facts, unchanged } from './facts.ts';
import type { EventId, IncidentId, Instant, PlaybookHash } from './ids.ts';
import { effect } from './incident-effects.ts';
import { forbids } from './permissions.ts';
import { type Actor, actorName } from './person.ts';
import type { Reason } from './reason.ts';
import { judgeSchedule, leftSchedule, type Missed } from './schedule.ts';
import { entry } from './timeline.ts';

export interface Automation {
  readonly stopped: boolean;
  readonly by: string;
  readonly why: string;
  readonly at: Instant;
}

interface Asked {
  readonly id: EventId;
  readonly by: Actor;
  readonly why: string;
}

export type AutomationEvent = Asked &
  (
    | { readonly kind: 'stop_automation' | 'resume_automation' }
    /** A lock, or what a guard holds, by the name that `/automation status` shows. */
    | { readonly kind: 'unlock'; readonly key: string }
    /** A process looked at the schedule of a playbook; `since` as in `Follower`. */
    | { readonly kind: 'schedule_seen'; readonly playbook: PlaybookHash; readonly since?: Instant }
    /** It has none any more, or is gone. */
    | { readonly kind: 'schedule_left'; readonly playbook: string }
  );

export interface Around {
  readonly facts: Facts;
  /** Whose runs it is about: they hear of it in their channels. */
  readonly concerned: readonly IncidentId[];
  /** Whose cards offer runs: they show whether those would begin. */
  readonly offering: readonly IncidentId[];
}

export function decideAutomation(
  automation: Automation | undefined,
  event: AutomationEvent,
  around: Around,
): Decision<Automation> {
  if (event.kind === 'schedule_seen') return onScheduleSeen(automation, event, around);
  if (event.kind === 'schedule_left') return onScheduleLeft(automation, event, around);
  const forbidden = forbids(event.kind, event.by, around.facts.policy);
  if (forbidden) return { ...unchanged(automation, forbidden.reason), ...forbidden };
  return event.kind === 'unlock'
    ? onUnlock(automation, event, around)
    : onSwitch(automation, { ...event, stopped: event.kind === 'stop_automation' }, around);
}

/** A new schedule is followed from now on; what was missed of one is said, and begins nothing. */
function onScheduleSeen(
  automation: Automation | undefined,
  event: Extract<AutomationEvent, { kind: 'schedule_seen' }>,
  around: Around,
): Decision<Automation> {
  const playbook = around.facts.playbook(event.playbook);
  if (!playbook) return unchanged(automation, 'playbook_unknown');
  const due = judgeSchedule({ playbook, ...(event.since !== undefined && { since: event.since }) }, around.facts);
  if (due.kind === 'due' || due.kind === 'later') return unchanged(automation, 'not_due');
  const { id } = playbook;
  const news =
    due.kind === 'new'
      ? ({ reason: 'schedule_followed', detail: id } as const)
      : ({ reason: 'schedule_missed', detail: missedInWords(id, due.missed) } as const);
  return { state: automation, claims: [due.claim], effects: [], ...told(event, news, around), detail: news.detail };
}

function onScheduleLeft(
  automation: Automation | undefined,
  event: Extract<AutomationEvent, { kind: 'schedule_left' }>,
  around: Around,
): Decision<Automation> {
  const claim = leftSchedule(event.playbook, around.facts);
  if (!claim) return unchanged(automation, 'not_due');
  const news = { reason: 'schedule_left', detail: event.playbook } as const;
  return { state: automation, claims: [claim], effects: [], ...told(event, news, around), detail: news.detail };
}

function missedInWords(id: string, { count, first, last }: Missed): string {
  const [from, to] = [first, last].map((at) => new Date(at).toISOString());
  return count === 1 ? `${id}: ${from}` : `${id}: ${count} times from ${from} to ${to}`;
}

function onSwitch(
  automation: Automation | undefined,
  event: Asked & { readonly stopped: boolean },
  around: Around,
): Decision<Automation> {
  const { stopped, why } = event;
  if ((automation?.stopped ?? false) === stopped)
    return unchanged(automation, stopped ? 'already_stopped' : 'already_running');
  const by = actorName(event.by);
  const about = stopped ? 'automation_stopped' : 'automation_resumed';
  return {
    state: { stopped, by, why, at: around.facts.now },
    claims: [{ key: stopKey, set: stopped ? by : null }],
    ...told(event, { reason: stopped ? 'automation_stop_set' : 'automation_resumed', detail: why }, around),
    effects: [...announced(event, { about, by, why }, around), ...shown(around)],
  };
}

/** Whoever held it finds out when it gives it back: that keeps nothing from ending. */
function onUnlock(
  automation: Automation | undefined,
  event: Extract<AutomationEvent, { kind: 'unlock' }>,
  around: Around,
): Decision<Automation> {
  const found = lockNamed(event.key, around.facts);
  if (!found) return { ...unchanged(automation, 'nothing_locked'), detail: event.key };
  const { key, holder } = found;
  const name = nameOfLock(key);
  const by = actorName(event.by);
  const isLock = !isGuardKey(key);
  const held = isLock ? ` (was held by ${holder})` : '';
  return {
    state: automation,
    // Held by another by now: that one is asked about anew.
    claims: [{ key, expect: holder, set: null, again: true }],
    ...told(event, { reason: 'unlocked', detail: `${name}${held}${event.why ? `: ${event.why}` : ''}` }, around),
    detail: name,
    effects: isLock ? announced(event, { about: 'unlocked', name, holder, by, why: event.why }, around) : [],
  };
}

/** As people write it: with or without what it begins with. */
export const keysOf = (name: string): readonly string[] =>
  name.startsWith('lock/') ? [name] : [guardKey(name), `lock/${name}`];

/** As people see it. */
const nameOfLock = (key: string): string => (isGuardKey(key) ? guardName(key) : key);

function lockNamed(
  name: string,
  { held }: Pick<Facts, 'held'>,
): { readonly key: string; readonly holder: string } | undefined {
  for (const key of keysOf(name)) {
    const holder = held(key);
    if (holder !== null) return { key, holder };
  }
  return undefined;
}

const told = (
  event: Asked,
  { reason, detail }: { readonly reason: Reason; readonly detail: string },
  { facts }: Around,
) => ({ reason, history: [entry({ event: event.id, now: facts.now }, event.by, reason, detail)] });

/** After all that people wait for: there may be many. */
const shown = ({ offering }: Around): readonly Effect[] =>
  offering.map((incident) => effect({ kind: 'refresh_card', incident }, { id: incident, urgency: 8 }));

const announced = ({ id }: Asked, notice: Notice, { concerned }: Around): readonly Effect[] =>
  concerned.map((incident) => effect({ kind: 'notify', incident, notice }, { id: incident, urgency: 1, more: id }));
