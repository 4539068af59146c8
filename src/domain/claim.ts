/** Claims: named entries compared and set in the same write as the state, so that two processes agree. */
import type { IncidentId } from './ids.ts';

export interface Claim {
  readonly key: string;
  /** What must be there now: a value, `null` for nothing; absent = whatever is there. */
  readonly expect?: string | null;
  /** What is there afterwards: `null` removes it; absent = only look. */
  readonly set?: string | null;
  readonly ttlMs?: number;
  /** Noted beside the aggregate that sets it, and given back when that is over. */
  readonly kept?: true;
  /** Where it stands otherwise, this decision is made again with what it holds now. */
  readonly again?: true;
}

/** Source and group → the open incident. */
export const routeKey = (source: string, groupKey: string): string => `route/${source}/${groupKey}`;

/** The route that a claim takes. */
export const routeTaken = ({ key, set }: Claim): string | undefined =>
  key.startsWith('route/') && typeof set === 'string' ? key : undefined;

/** Service → the open incident that a new group may join. */
export const serviceKey = (service: string): string => `service/${service}`;

/** One firing of one alert is known to be over. */
export const overKey = (firing: string): string => `over/${firing}`;

/** The firing that a claim says is over. */
export const firingOver = ({ key }: Claim): string | undefined =>
  key.startsWith('over/') ? key.slice('over/'.length) : undefined;

/** Target of a step → the attempt that holds it. */
export const lockKey = (target: string): string => `lock/${target}`;

/** The one global stop. */
export const stopKey = 'stop';

/** Incident channel → its incident. */
export const channelKey = (channel: string): string => `channel/${channel}`;

/** Playbook → how far its schedule has been followed. */
export const scheduleKey = (playbook: string): string => `schedule/${playbook}`;

/** Playbook → the one open run that its schedule began. */
export const scheduledKey = (playbook: string): string => `active/${playbook}/schedule`;

export const isScheduledKey = (key: string): boolean => /^active\/[^/]+\/schedule$/.test(key);

/** Playbook and incident → the one open run of it. */
export const activeKey = (playbook: string, incident: IncidentId): string => `active/${playbook}/${incident}`;

/** What a guard counts or remembers: forbids nothing by itself, and who finds it moved decides again. */
export const guardKey = (name: string): string => `guard/${name}`;

export const isGuardKey = (key: string): boolean => key.startsWith('guard/');

/** The name that people see: `breaker/restart-shop/shop-1`. */
export const guardName = (key: string): string => key.slice('guard/'.length);

/** Takes what must be free. */
export const take = (key: string, holder: string): Claim => ({ key, expect: null, set: holder });

/** Takes what must be free; who finds it taken meanwhile decides again. */
export const takeOrAgain = (key: string, holder: string): Claim => ({ ...take(key, holder), again: true });

/** Takes what must be free, until the holder is over. There may be ten thousand of them: the state does not name them. */
export const keep = (key: string, holder: string): Claim => ({ ...take(key, holder), kept: true });

/** Gives back what must still be held. */
export const giveBack = (key: string, holder: string): Claim => ({ key, expect: holder, set: null });

/** Goes ahead only where nobody holds it. */
export const isFree = (key: string): Claim => ({ key, expect: null });
