/** Which playbooks an alert brings up: proposed as a button, started by itself, or looked at again later. */
import type { Alert, AlertRecord } from './alert.ts';
import type { Effect, RunSubject } from './effect.ts';
import type { Facts } from './facts.ts';
import type { RunId } from './ids.ts';
import type { Incident, Proposal } from './incident.ts';
import { effect, retryTrigger } from './incident-effects.ts';
import type { AlertTrigger, Playbook } from './playbook.ts';

export interface Triggered {
  readonly proposals: readonly Proposal[];
  readonly effects: readonly Effect[];
}

const proposalsShown = 5;

/** For alerts that have just begun to fire. */
export function triggeredBy(incident: Incident, fired: readonly AlertRecord[], facts: Facts): Triggered {
  const matches = firstMatches(fired, facts);
  const due = matches.filter(({ trigger }) => trigger.forMs === 0);
  const later = matches.filter(({ trigger }) => trigger.forMs > 0);
  const triggered = due.map(({ playbook, trigger, alert }) =>
    pull(incident, { playbook, mode: trigger.mode, alert }, facts),
  );
  return {
    proposals: merge(
      incident.proposals,
      triggered.flatMap(({ proposals }) => proposals),
    ),
    effects: [
      ...triggered.flatMap(({ effects }) => effects),
      ...later.map(({ playbook, trigger, alert }) =>
        retryTrigger(incident, {
          playbook: playbook.hash,
          fingerprint: alert.fingerprint,
          since: alert.since,
          dueAt: facts.now + trigger.forMs,
        }),
      ),
    ],
  };
}

/** One playbook for one alert, now. */
export function pull(
  incident: Incident,
  { playbook, mode, alert }: { playbook: Playbook; mode: 'propose' | 'auto'; alert: AlertRecord },
  facts: Facts,
): Triggered {
  const proposals = merge(incident.proposals, [
    { playbook: playbook.hash, id: playbook.id, name: playbook.name, subject: bare(alert) },
  ]);
  return { proposals, effects: mode === 'auto' ? [startByItself(incident, { playbook, alert }, facts)] : [] };
}

/** Of each playbook the first trigger that any of the alerts pulls, with the first alert that does. */
function firstMatches(fired: readonly AlertRecord[], { playbooks, pure }: Facts) {
  if (!playbooks.length) return [];
  const firstOf = new Map<AlertTrigger, AlertRecord>();
  for (const alert of fired)
    for (const { trigger } of pure.triggered(playbooks, alert.labels))
      if (!firstOf.has(trigger)) firstOf.set(trigger, alert);
  return playbooks.flatMap((playbook) => {
    for (const trigger of playbook.triggers) {
      const alert = trigger.kind === 'alert' && firstOf.get(trigger);
      if (alert) return [{ playbook, trigger, alert }];
    }
    return [];
  });
}

export const alertTrigger = (playbook: Playbook, alert: Alert, { pure }: Facts): AlertTrigger | undefined =>
  playbook.triggers.find(
    (trigger): trigger is AlertTrigger => trigger.kind === 'alert' && pure.matches(trigger.matchers, alert.labels),
  );

/** Named after the playbook and the firing: the same firing never starts it twice. */
function startByItself(
  incident: Incident,
  { playbook, alert }: { playbook: Playbook; alert: AlertRecord },
  facts: Facts,
): Effect {
  const run =
    `run-${facts.pure.digest([playbook.id, alert.source, alert.fingerprint, alert.startsAt]).slice(0, 10)}` as RunId;
  const request = {
    playbook: playbook.hash,
    incident: incident.id,
    mode: 'auto' as const,
    inputs: {},
    requestedBy: { kind: 'alert' as const, source: alert.source },
    subject: runSubject(incident, alert),
  };
  return effect({ kind: 'tell_run', run, request }, { id: run, urgency: 1 });
}

/** The alert and incident as a run sees them. */
export function runSubject(incident: Incident, alert: Alert | undefined): RunSubject {
  const { id, number, title, severity, service } = incident;
  return {
    incident: { id, number, title, severity, service },
    ...(alert && {
      alert: {
        labels: alert.labels,
        annotations: alert.annotations,
        startsAt: alert.startsAt,
        fingerprint: alert.fingerprint,
      },
    }),
  };
}

/** One button a playbook: it means the alert that fired last, and the playbook as it was then. */
function merge(old: readonly Proposal[], more: readonly Proposal[]): readonly Proposal[] {
  const byId = new Map([...old, ...more].map((proposal) => [proposal.id, proposal]));
  return [...byId.values()].slice(0, proposalsShown);
}

const bare = ({ fingerprint, status, labels, annotations, startsAt, endsAt, generatorURL }: AlertRecord): Alert => ({
  fingerprint,
  status,
  labels,
  annotations,
  startsAt,
  endsAt,
  generatorURL,
});
