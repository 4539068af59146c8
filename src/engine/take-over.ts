/** What a dead process was doing is free again sooner than its leases end, where it is certain that it is dead. */
import { runPerformers } from './perform/runs.ts';
import { stepPerformers } from './perform/steps.ts';
import { timePerformers } from './perform/times.ts';
import { leaseOf, type World } from './world.ts';

/** What runs go on by. What is shown in chat waits for the lease: a post that is under way would not be found yet. */
const kinds = Object.keys({ ...runPerformers, ...stepPerformers, ...timePerformers });

/** What it had sent before it died may still arrive at a target: not at once. */
const mostQuietMs = 5_000;

export async function takeOver(world: World): Promise<void> {
  const { store, isSurelyDead, telemetry } = world;
  if (!isSurelyDead) return;
  const withinMs = Math.min(mostQuietMs, leaseOf(world) / 3);
  for (const owner of (await store.effects.holders()).filter(isSurelyDead)) {
    const effects = await store.effects.endClaims(owner, { kinds, withinMs });
    telemetry.log.warn('a process died: what it was doing is taken over', { owner, effects, withinMs });
  }
}
