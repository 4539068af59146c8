/** Steps that nobody picked up because their pool has no living worker: their runs hear of it. */
import type { EffectId, EventId } from '../domain/ids.ts';
import { defaultPool } from '../domain/pool.ts';
import { standOf } from '../domain/run-unclaimed.ts';
import { runOf } from './perform/read.ts';
import type { SeenPool, WakeUp } from './ports.ts';
import type { Receive } from './receive.ts';
import type { World } from './world.ts';

/** What is overdue may as well wait for a worker that has too much to do: that is nothing to be told. */
export async function tellUnclaimed(world: World, receive: Receive, overdue: readonly WakeUp[]): Promise<void> {
  const steps = overdue.filter(({ pool }) => pool !== undefined);
  // Whoever works for any pool lacks nobody.
  if (!steps.length || !world.pools) return;
  const seen = await world.store.presence.pools();
  const unclaimed = steps.filter(({ pool }) => !isManned(seen, pool));
  await Promise.all(unclaimed.map((wakeUp) => tell(world, receive, wakeUp)));
}

const isManned = (seen: readonly SeenPool[], wanted: string | undefined): boolean =>
  seen.some(({ pool, workers }) => pool === wanted && workers > 0);

async function tell(world: World, receive: Receive, { id, post, pool = defaultPool }: WakeUp): Promise<void> {
  const unit = await waiting(world, id);
  if (!unit) return;
  // Asked once more: a worker that came before this has been seen, one that comes after it moves the step on.
  const seen = await world.store.presence.pools();
  if (isManned(seen, pool)) return;
  const seenAt = seen.find((one) => one.pool === pool)?.seenAt;
  const event = { kind: 'step_unclaimed', ...unit.news, pool, ...(seenAt !== undefined && { seenAt }) } as const;
  await receive.run(unit.run, { id: `${id}?${post}` as EventId, ...event });
}

async function waiting(world: World, id: EffectId) {
  const effect = await world.store.effects.peek(id);
  if (effect?.kind !== 'run_step' && effect?.kind !== 'verify_step') return undefined;
  const run = await runOf(world, effect.run);
  const unit = run?.steps.find((one) => one.id === effect.step);
  return run && unit && { run: run.id, news: { step: unit.id, stand: standOf(unit) } };
}
