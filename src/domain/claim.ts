/** Claims: named entries compared and set in the same write as the state, so that two processes agree. */
import type { IncidentId } from './ids.ts';

export interface Claim {
  readonly key: string;
  /** What must be there now: a value, `null` for nothing; absent = whatever is there. */
  readonly expect?: string | null;
  /** What is there afterwards: `null` removes it; absent = only look. */
  readonly set?: string | null;
  readonly ttlMs?: number;
}

/** Source and group → the open incident. */
export const routeKey = (source: string, groupKey: string): string => `route/${source}/${groupKey}`;

/** Service → the open incident that a new group may join. */
export const serviceKey = (service: string): string => `service/${service}`;

/** One firing of one alert is known to be over. */
export const overKey = (firing: string): string => `over/${firing}`;

/** Target of a step → the attempt that holds it. */
export const lockKey = (target: string): string => `lock/${target}`;

/** The one global stop. */
export const stopKey = 'stop';

/** The claims that make an incident the open one of its groups. */
export const opens = (keys: readonly string[], id: IncidentId): readonly Claim[] =>
  keys.map((key) => ({ key, expect: null, set: id }));
