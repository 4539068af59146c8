/** Which workers there are, so that people hear of it where a step waits for one. */
import type { Instant } from '../../domain/ids.ts';

/** A worker that says nothing for a while counts as gone. */
export interface Presence {
  /** A worker is here, for the steps of these pools. */
  here(owner: string, pools: readonly string[]): Promise<void>;
  /** It goes in peace. */
  leave(owner: string, pools: readonly string[]): Promise<void>;
  /** Every pool that ever had a worker. */
  pools(): Promise<readonly SeenPool[]>;
}

export interface SeenPool {
  readonly pool: string;
  /** Those that live. */
  readonly workers: number;
  /** When one last said that it is here. */
  readonly seenAt: Instant;
}

/** Who begins effects. */
export interface Taker {
  readonly owner: string;
  /** Pools whose steps it may begin; any, unless told. */
  readonly pools?: readonly string[];
}
