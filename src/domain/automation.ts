/** The one global stop: while it is set, no step acts on anything (a `wait` may begin: it only waits). */
import { stopKey } from './claim.ts';
import { type Decide, unchanged } from './facts.ts';
import type { EventId, Instant } from './ids.ts';
import { type Actor, actorName, mayAct } from './person.ts';
import { entry } from './timeline.ts';

export interface Automation {
  readonly stopped: boolean;
  readonly by: string;
  readonly why: string;
  readonly at: Instant;
}

export type AutomationEvent = {
  readonly id: EventId;
  readonly kind: 'stop_automation' | 'resume_automation';
  readonly by: Actor;
  readonly why: string;
};

export const decideAutomation: Decide<Automation, AutomationEvent> = (automation, event, { now }) => {
  if (!mayAct(event.by)) return unchanged(automation, 'not_a_member');
  const stopped = event.kind === 'stop_automation';
  if ((automation?.stopped ?? false) === stopped)
    return unchanged(automation, stopped ? 'already_stopped' : 'already_running');
  const by = actorName(event.by);
  const reason = stopped ? 'automation_stop_set' : 'automation_resumed';
  return {
    state: { stopped, by, why: event.why, at: now },
    effects: [],
    claims: [{ key: stopKey, set: stopped ? by : null }],
    reason,
    history: [entry({ event: event.id, now }, event.by, reason, event.why)],
  };
};
