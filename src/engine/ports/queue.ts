/** The queue: how workers hear that there is something to do. */
import type { EffectId, Instant } from '../../domain/ids.ts';

export interface WakeUp {
  readonly id: EffectId;
  /** Rises with each wake-up: a job id is never used again. */
  readonly post: number;
  readonly dueAt: Instant;
  readonly urgency: number;
  /** Of a step's effects: whose workers may begin it. */
  readonly pool?: string;
}

/** Wakes workers up; never the truth. */
export interface Queue {
  wake(wakeUps: readonly WakeUp[], now: Instant): Promise<void>;
  /** Starts working: at most `concurrency` at once. */
  work(handle: (id: EffectId) => Promise<void>, concurrency: number): Promise<void>;
  /** Takes nothing new and waits for what runs, `graceMs` at most. */
  close(graceMs: number): Promise<void>;
}
