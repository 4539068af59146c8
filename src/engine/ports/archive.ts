/** How what has ended leaves the store: which it is, all of it, and where it goes. */
import type { AlertRecord } from '../../domain/alert.ts';
import type { AggregateId, Instant } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';

/** What has ended and is still in the store. */
export interface EndedStore {
  /** Those that ended before this moment and were left alone since, the longest ago first. */
  before(moment: Instant, page: { readonly skip: number; readonly limit: number }): Promise<readonly AggregateId[]>;
  /** Undefined: it is gone. */
  whole(id: AggregateId): Promise<Whole | undefined>;
  /** Page after page, each alert once. */
  alerts(id: AggregateId): AsyncIterable<readonly AlertRecord[]>;
  /** Takes it out, with all that belongs to it. False: it is no longer of this version, and stays. */
  remove(id: AggregateId, version: number): Promise<boolean>;
}

export interface Whole {
  readonly id: AggregateId;
  readonly version: number;
  readonly state: JsonObject;
  /** Its entries as they are sealed, and the last seal. */
  readonly history: readonly string[];
  readonly head: string;
}

/** A line of the archive. The alerts of one that ended stand before it. */
export type Archived = { readonly kind: 'ended'; readonly ended: Whole } | AlertsOf;

export interface AlertsOf {
  readonly kind: 'alerts';
  readonly id: AggregateId;
  readonly alerts: readonly AlertRecord[];
}

export interface Archive {
  /** What has ended for so long goes there. */
  readonly afterMs: number;
  /** Durable when it answers. What is put twice stands there twice. */
  put(line: Archived): Promise<void>;
}
