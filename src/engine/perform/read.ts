/** Reading the newest state, for whoever is about to show it. */
import type { IncidentId, RunId } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Run } from '../../domain/run.ts';
import type { World } from '../world.ts';

export async function incidentOf({ store }: World, id: IncidentId): Promise<Incident | undefined> {
  return (await store.load(id)).state as Incident | undefined;
}

export async function runOf({ store }: World, id: RunId): Promise<Run | undefined> {
  return (await store.load(id)).state as Run | undefined;
}

/** On its way to be posted or opened: worth waiting for. */
export const isComing = (incident: Incident | undefined): boolean =>
  incident !== undefined &&
  incident.channelPolicy === 'first_alert' &&
  !incident.channel &&
  incident.channelProblem === undefined;

/** Where people follow an incident: its own channel, else its service's. */
export const whereOf = (incident: Incident | undefined): string | undefined =>
  incident?.channel?.id ?? incident?.summary?.channel;
