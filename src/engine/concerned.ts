/** Whom the global stop and an early unlock concern: the incidents of the runs that are under way, or of the one that held the lock. */
import { type AutomationEvent, keysOf } from '../domain/automation.ts';
import { type IncidentId, isRunId, type RunId } from '../domain/ids.ts';
import type { Run } from '../domain/run.ts';
import { offered } from './announce/card.ts';
import { incidentOf, runOf } from './perform/read.ts';
import type { World } from './world.ts';

/** Not more channels than one command may fill, and not more cards than it may edit: of a storm, the newest. */
const mostRuns = 100;
const mostCards = 50;

export async function concernedBy(world: World, event: AutomationEvent): Promise<readonly IncidentId[]> {
  // A stop of its own (Redis went back) is told to every incident where it is made.
  if (event.by.kind === 'tocsin') return [];
  const runs = event.kind === 'unlock' ? await holders(world, event.key) : await underWay(world);
  return [...new Set(runs.map(({ incident }) => incident))];
}

/** Nobody is told there: who looks at the card before they press a button sees it. */
export async function offeringRuns(world: World): Promise<readonly IncidentId[]> {
  const ids = (await world.store.list('incident', 'open', mostCards)) as readonly IncidentId[];
  const incidents = await Promise.all(ids.map((id) => incidentOf(world, id)));
  return incidents.flatMap((incident) => (incident?.card && offered(incident).length ? [incident.id] : []));
}

async function underWay(world: World): Promise<readonly Run[]> {
  const ids = await world.store.list('run', 'open', mostRuns);
  return await known(world, ids as readonly RunId[]);
}

async function holders(world: World, name: string): Promise<readonly Run[]> {
  const held = await world.store.claims(keysOf(name).filter((key) => key.startsWith('lock/')));
  return await known(
    world,
    held.map(holderOf).filter((run) => run !== undefined),
  );
}

/** A lock's token begins with its run: `run-1`, `run-1/restart`. */
export function holderOf(token: string | null): RunId | undefined {
  const [run = ''] = token?.split('/') ?? [];
  return isRunId(run) ? run : undefined;
}

async function known(world: World, ids: readonly RunId[]): Promise<readonly Run[]> {
  const runs = await Promise.all(ids.map((id) => runOf(world, id)));
  return runs.filter((run) => run !== undefined);
}
