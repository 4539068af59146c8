/** Blobs that nobody needs any more are removed: needed is what an open incident, a run of it, or an open run speaks of. */
import type { AggregateId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import type { World } from './world.ts';

/** How many were removed. */
export const sweepBlobs = ({ blobs, store }: World): Promise<number> => blobs.sweep(() => neededBlobs({ store }));

const all = 1_000_000;

async function neededBlobs(world: Pick<World, 'store'>): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  const incidents = await world.store.list('incident', 'open', all);
  for (const id of incidents) {
    const runs = ((await spokenOf(world, id, needed)) as Incident | undefined)?.runs ?? [];
    for (const { run } of runs) await spokenOf(world, run, needed);
  }
  for (const id of await world.store.list('run', 'open', all)) await spokenOf(world, id, needed);
  return needed;
}

/** Wherever a key stands: a step's log, an output that was too long, a picture. */
async function spokenOf({ store }: Pick<World, 'store'>, id: AggregateId, needed: Set<string>): Promise<unknown> {
  const { state } = await store.load(id);
  for (const [key] of JSON.stringify(state ?? {}).matchAll(/\b[0-9a-f]{64}(?:\.[a-z0-9]{1,8})?\b/g)) needed.add(key);
  return state;
}
