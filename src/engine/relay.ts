/** From the store to the queue: wakes workers for what a commit opened, and for what nobody remembered. */
import { StoreDown } from '../domain/failures.ts';
import type { Instant } from '../domain/ids.ts';
import type { WakeUp } from './ports.ts';
import type { World } from './world.ts';

/** A wake-up that fails is no loss: the effect is open in the store, and the reconciler finds it. */
export async function wake(
  { queue, store, telemetry }: World,
  wakeUps: readonly WakeUp[],
  now?: Instant,
): Promise<void> {
  if (!wakeUps.length) return;
  try {
    await queue.wake(wakeUps, now ?? (await store.now()));
  } catch (error) {
    telemetry.log.warn('queue not reached; the reconciler will wake these', { effects: wakeUps.length, error });
  }
}

const atOnce = 500;

/** Wakes again what is due and held by nobody, or whose worker was lost. */
export async function reconcile(world: World): Promise<readonly WakeUp[]> {
  const overdue = await world.store.effects.overdue(atOnce);
  await wake(world, overdue);
  return overdue;
}

/** Repeats `task` until stopped; the store being away is waited out, anything else is logged. */
export function repeatedly(
  world: World,
  { everyMs, what }: { readonly everyMs: number; readonly what: string },
  task: () => Promise<unknown>,
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      await task();
    } catch (error) {
      if (!(error instanceof StoreDown)) world.telemetry.log.error(`${what} failed`, { error });
    }
    if (!stopped) timer = setTimeout(start, everyMs);
  };
  const start = (): void => {
    running = once();
  };
  start();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
