/** The only door for events: incidents, runs and the global stop hear of things here, and nowhere else. */
import { type Automation, type AutomationEvent, decideAutomation } from '../domain/automation.ts';
import { serviceKey } from '../domain/claim.ts';
import { decideIncident } from '../domain/decide-incident.ts';
import { decideRun } from '../domain/decide-run.ts';
import type { Facts } from '../domain/facts.ts';
import { automation, type IncidentId, type Instant, type RunId } from '../domain/ids.ts';
import { type Incident, type IncidentEvent, isOpenStatus } from '../domain/incident.ts';
import { isOver, type Run, type RunEvent } from '../domain/run.ts';
import { decideAndCommit, type Received } from './commit.ts';
import { concernedBy, offeringRuns } from './concerned.ts';
import { factsAround, playbookReader } from './gather.ts';
import { withHeld } from './held.ts';
import type { Cause, Loaded } from './ports.ts';
import type { World } from './world.ts';

export interface Receive {
  incident(id: IncidentId, event: IncidentEvent, around?: Around): Promise<Received>;
  run(id: RunId, event: RunEvent, around?: Around): Promise<Received>;
  automation(event: AutomationEvent, around?: Around): Promise<Received>;
}

export interface Around {
  readonly causes?: readonly Cause[];
  /** Whom it is about, as that was read a moment ago. */
  readonly loaded?: Loaded;
}

export function createReceive(world: World): Receive {
  const playbook = playbookReader(world);
  return {
    incident: (id, event, { causes = [], loaded } = {}) =>
      decideAndCommit<Incident>(world, {
        ...{ id, kind: 'incident', causes, loaded },
        isOpen: isOpenIncident,
        decide: async ({ state, now }) => {
          const incident = state as Incident | undefined;
          const facts = await incidentFacts(world, { id, event, now });
          const service = incident?.service ?? (event.kind === 'open_incident' ? (event.service ?? '') : '');
          return await withHeld(world, (held) => decideIncident(incident, event, withHolder(facts, service, held)));
        },
      }),
    run: (id, event, { causes = [], loaded } = {}) =>
      decideAndCommit<Run>(world, {
        ...{ id, kind: 'run', causes, loaded },
        isOpen: (run) => !isOver(run),
        decide: async ({ state, now }) => {
          const run = state as Run | undefined;
          const hash = event.kind === 'run_requested' ? event.request.playbook : run?.playbook.hash;
          const playbooksByHash = hash ? await playbook(hash) : new Map();
          const alerts = await subjectRecord(world, event);
          const facts = await factsAround(world, { now, playbooksByHash, alerts });
          return await withHeld(world, (held) => decideRun(id, run, { event, facts: { ...facts, held } }));
        },
      }),
    automation: (event, { causes = [], loaded } = {}) =>
      decideAndCommit<Automation>(world, {
        ...{ id: automation, kind: 'automation', causes, loaded },
        isOpen: () => true,
        decide: async ({ state, now }) => {
          const facts = await factsAround(world, { now });
          const concerned = await concernedBy(world, event);
          const offering = event.kind === 'unlock' ? [] : await offeringRuns(world);
          return await withHeld(world, (held) =>
            decideAutomation(state as Automation | undefined, event, {
              facts: { ...facts, held },
              concerned,
              offering,
            }),
          );
        },
      }),
  };
}

export const isOpenIncident = ({ status }: Incident): boolean => isOpenStatus(status);

/** Few events look at who has the service. */
const withHolder = (facts: Facts, service: string, held: Facts['held']): Facts => ({
  ...{ ...facts, held },
  get serviceHeldBy() {
    return service ? held(serviceKey(service)) : null;
  },
});

async function incidentFacts(world: World, { id, event, now }: { id: IncidentId; event: IncidentEvent; now: Instant }) {
  return await factsAround(world, {
    now,
    number: Number(id.slice('inc-'.length)),
    ...(event.kind === 'trigger_due' && { alerts: await world.store.alerts(id, [event.fingerprint]) }),
  });
}

/** How the alert stands now that a run was asked for. */
async function subjectRecord(world: World, event: RunEvent) {
  if (event.kind !== 'run_requested' || !event.request.subject.alert) return new Map();
  return await world.store.alerts(event.request.incident, [event.request.subject.alert.fingerprint]);
}
