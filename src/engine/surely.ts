/** Writes what was learned as soon as it can be written: what was done is not done again for the sake of its record. */
import { setTimeout as pause } from 'node:timers/promises';
import { Outrun, StoreDown } from '../domain/failures.ts';
import type { World } from './world.ts';

const mostPatienceMs = 60_000;

/** `about`: what the log says of it. */
export async function surely<T>({ telemetry }: World, about: object, write: () => Promise<T>): Promise<T> {
  const until = performance.now() + mostPatienceMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(2_000, 2 * pauseMs)) {
    try {
      return await write();
    } catch (error) {
      const mayPass = error instanceof StoreDown || error instanceof Outrun;
      if (!mayPass || performance.now() > until) throw error;
      telemetry.log.warn('what was learned could not be written yet', { ...about, error });
      await pause(pauseMs, undefined, { ref: false });
    }
  }
}
