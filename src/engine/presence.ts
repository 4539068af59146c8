/** Says to all processes for whose steps this one is here, as long as it is. */
import { repeatedly } from './relay.ts';
import type { World } from './world.ts';

const everyMs = 3_000;

/** Known to all when it answers; the answer takes leave. */
export async function attend(world: World): Promise<() => Promise<void>> {
  const { owner, pools = [], store, telemetry } = world;
  if (!pools.length) return async () => undefined;
  const beat = () => store.presence.here(owner, pools);
  await beat();
  const stop = repeatedly(world, { everyMs, what: 'saying that this worker is here' }, beat);
  return async () => {
    await stop();
    // Nobody waits for it: after a while it counts as gone anyway.
    await store.presence
      .leave(owner, pools)
      .catch((error: unknown) => telemetry.log.warn('left without a word', { error }));
  };
}
