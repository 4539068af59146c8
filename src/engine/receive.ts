/** The only door for events: incidents, runs and the global stop hear of things here, and nowhere else. */
import { type Automation, type AutomationEvent, decideAutomation } from '../domain/automation.ts';
import { decideIncident } from '../domain/decide-incident.ts';
import { decideRun } from '../domain/decide-run.ts';
import { automation, type IncidentId, type RunId } from '../domain/ids.ts';
import { type Incident, type IncidentEvent, isOpenStatus } from '../domain/incident.ts';
import { isOver, type Run, type RunEvent } from '../domain/run.ts';
import { decideAndCommit, type Received } from './commit.ts';
import { concernedBy, offeringRuns } from './concerned.ts';
import { factsAround, playbookReader, serviceHolder } from './gather.ts';
import { withHeld } from './held.ts';
import type { Cause } from './ports.ts';
import type { World } from './world.ts';

export interface Receive {
  incident(id: IncidentId, event: IncidentEvent, causes?: readonly Cause[]): Promise<Received>;
  run(id: RunId, event: RunEvent, causes?: readonly Cause[]): Promise<Received>;
  automation(event: AutomationEvent, causes?: readonly Cause[]): Promise<Received>;
}

export function createReceive(world: World): Receive {
  const playbook = playbookReader(world);
  return {
    incident: (id, event, causes = []) =>
      decideAndCommit<Incident>(world, {
        id,
        kind: 'incident',
        causes,
        isOpen: isOpenIncident,
        decide: async ({ state }) => {
          const incident = state as Incident | undefined;
          const facts = await incidentFacts(world, { id, incident, event });
          return await withHeld(world, (held) => decideIncident(incident, event, { ...facts, held }));
        },
      }),
    run: (id, event, causes = []) =>
      decideAndCommit<Run>(world, {
        id,
        kind: 'run',
        causes,
        isOpen: (run) => !isOver(run),
        decide: async ({ state }) => {
          const run = state as Run | undefined;
          const hash = event.kind === 'run_requested' ? event.request.playbook : run?.playbook.hash;
          const playbooksByHash = hash ? await playbook(hash) : new Map();
          const facts = await factsAround(world, { playbooksByHash, alerts: await subjectRecord(world, event) });
          return await withHeld(world, (held) => decideRun(id, run, { event, facts: { ...facts, held } }));
        },
      }),
    automation: (event, causes = []) =>
      decideAndCommit<Automation>(world, {
        id: automation,
        kind: 'automation',
        causes,
        isOpen: () => true,
        decide: async ({ state }) => {
          const facts = await factsAround(world);
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

async function incidentFacts(
  world: World,
  { id, incident, event }: { id: IncidentId; incident: Incident | undefined; event: IncidentEvent },
) {
  const service = incident?.service ?? (event.kind === 'open_incident' ? (event.service ?? '') : '');
  return await factsAround(world, {
    number: Number(id.slice('inc-'.length)),
    serviceHeldBy: await serviceHolder(world, service),
    ...(event.kind === 'trigger_due' && { alerts: await world.store.alerts(id, [event.fingerprint]) }),
  });
}

/** How the alert stands now that a run was asked for. */
async function subjectRecord(world: World, event: RunEvent) {
  if (event.kind !== 'run_requested' || !event.request.subject.alert) return new Map();
  return await world.store.alerts(event.request.incident, [event.request.subject.alert.fingerprint]);
}
