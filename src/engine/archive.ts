/** What ended long ago leaves the store: first it is written down elsewhere, then it is taken out. */
import { type AggregateId, isRunId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import { isOver, type Run } from '../domain/run.ts';
import type { Archive, Whole } from './ports.ts';
import type { World } from './world.ts';

const page = 100;

/** How many have left. Whoever dies in between leaves it to the next, who writes it down once more. */
export async function archiveEnded(world: World): Promise<number> {
  const { archive, store } = world;
  if (!archive) return 0;
  const moment = (await store.now()) - archive.afterMs;
  let [left, stayed] = [0, 0];
  for (;;) {
    const ids = await store.ended.before(moment, { skip: stayed, limit: page });
    for (const id of ids) {
      if (await leaves(world, archive, id)) left += 1;
      else stayed += 1;
    }
    if (ids.length < page) return left;
  }
}

async function leaves(world: World, archive: Archive, id: AggregateId): Promise<boolean> {
  const { ended } = world.store;
  const whole = await ended.whole(id);
  if (!whole || !(await mayLeave(world, whole))) return false;
  for await (const alerts of ended.alerts(id)) await archive.put({ kind: 'alerts', id, alerts });
  await archive.put({ kind: 'ended', ended: whole });
  return await ended.remove(id, whole.version);
}

/** A run stays as long as its incident, which still speaks of it. */
async function mayLeave({ store }: World, { id, state }: Whole): Promise<boolean> {
  if (!isRunId(id)) return (state as unknown as Incident).status === 'closed';
  const run = state as unknown as Run;
  return isOver(run) && (await store.load(run.incident)).state === undefined;
}
