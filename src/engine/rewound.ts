/** Notices a Redis that went back in time (a copy was restored, a replica behind took over): then nothing goes on by itself. */
import type { EventId, IncidentId, RunId } from '../domain/ids.ts';
import { tocsin } from '../domain/person.ts';
import type { Reached } from './ports.ts';
import type { Receive } from './receive.ts';
import type { World } from './world.ts';

const mostOpen = 10_000;

const why =
  'Redis went back in time: a copy was restored, or a replica took over that was behind. What was done since is not known to Tocsin any more. ' +
  'Look at the targets of its runs, then `/automation resume`.';

/** Looks whether the store is behind what it had reached when it was last looked at, and remembers how far it is. */
export async function lookBack(world: World, receive: Receive): Promise<void> {
  const { anchor, store } = world;
  if (!anchor) return;
  const [last, reached] = [await anchor.read(), await store.reached()];
  if (last && last.store === reached.store && reached.writes < last.writes)
    await wentBack({ world, receive }, last, reached);
  await remember(world);
}

/** Before something is done that must not be forgotten. A place to remember in that fails is no reason not to do it. */
export async function remember({ anchor, store, telemetry }: World): Promise<void> {
  if (!anchor) return;
  const forgotten = (error: unknown): void => telemetry.log.warn('it is not remembered how far Redis is', { error });
  await store
    .reached()
    .then((reached) => anchor.write(reached))
    .catch(forgotten);
}

/** Only when all of it is done, the store counts as where it was: whoever dies in between leaves it to the next. */
async function wentBack(
  { world, receive }: { readonly world: World; readonly receive: Receive },
  last: Reached,
  reached: Reached,
): Promise<void> {
  const { store, telemetry } = world;
  telemetry.log.error(why, { writes: reached.writes, before: last.writes });
  await store.doubtEffects();
  const id = (about: string): EventId => `rewound.${last.store}.${last.writes}.${about}` as EventId;
  await receive.automation({ id: id('stop'), kind: 'stop_automation', by: tocsin, why });
  for (const run of await store.list('run', 'open', mostOpen))
    await receive.run(run as RunId, { id: id(run), kind: 'store_went_back' });
  for (const incident of await store.list('incident', 'open', mostOpen)) {
    const event = { id: id(incident), kind: 'add_note', by: tocsin, text: why } as const;
    await receive.incident(incident as IncidentId, event, { causes: [{ kind: 'event', event: event.id }] });
  }
  await store.reachAtLeast(last.writes);
}
