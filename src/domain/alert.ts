/** Alerts as they come in, in Alertmanager's own words, and what is remembered of each. */
import type { Fingerprint, Instant } from './ids.ts';

export type Labels = Readonly<Record<string, string>>;

/** One firing or resolved condition. */
export interface Alert {
  readonly fingerprint: Fingerprint;
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: Instant;
  /** 0 while it fires. */
  readonly endsAt: Instant;
  /** Where the rule that fired can be looked at; '' when the source gave none. */
  readonly generatorURL: string;
}

/** What one webhook carries. */
export interface AlertGroup {
  readonly source: string;
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly alerts: readonly Alert[];
  /** How many alerts of the group the source did not send. */
  readonly truncatedAlerts: number;
  /** The source's own page; '' when it gave none. */
  readonly externalURL: string;
}

/** What is kept of an alert beside its incident. */
export interface AlertRecord extends Alert {
  readonly groupKey: string;
  readonly source: string;
  /** When its present status was first heard. */
  readonly since: Instant;
}

export interface GroupNews {
  readonly fired: readonly AlertRecord[];
  readonly firedAgain: readonly AlertRecord[];
  readonly resolved: readonly AlertRecord[];
  /** Heard for the first time, and already over. */
  readonly overBefore: readonly AlertRecord[];
  /** As it was known, but of a later start: what lay between was missed. No news, yet it tells what is late from now on. */
  readonly moved: readonly AlertRecord[];
}

/** How the group differs from what is known of its alerts. What is repeated, late or out of order is no news. */
export function newsIn(group: AlertGroup, known: ReadonlyMap<string, AlertRecord>, times: NewsTimes): GroupNews {
  const news = { fired: [], firedAgain: [], resolved: [], overBefore: [], moved: [] } as Record<
    keyof GroupNews,
    AlertRecord[]
  >;
  for (const alert of uniqueAlerts(group.alerts)) {
    const before = known.get(alert.fingerprint);
    const kind = newsOf(alert, before, times);
    const since = kind === 'moved' && alert.status === 'firing' && before ? before.since : times.now;
    if (kind) news[kind].push({ ...alert, groupKey: group.groupKey, source: group.source, since });
  }
  return news;
}

export interface NewsTimes {
  readonly now: Instant;
  /** A *firing* of the same start that comes sooner than this after the *resolved* is a late delivery. */
  readonly lateMs: number;
}

function newsOf(alert: Alert, known: AlertRecord | undefined, { now, lateMs }: NewsTimes): keyof GroupNews | undefined {
  if (!known) return alert.status === 'firing' ? 'fired' : 'overBefore';
  if (isOlder(alert, known)) return undefined;
  if (alert.status === known.status) return alert.startsAt > known.startsAt ? 'moved' : undefined;
  if (alert.status === 'resolved') return 'resolved';
  // Alertmanager keeps `startsAt` when an alert that timed out comes back, so age alone must tell late from again.
  const isLate = alert.startsAt === known.startsAt && now - known.since < lateMs;
  return isLate ? undefined : 'firedAgain';
}

/** It speaks of a firing before the known one. Two Prometheus that began apart still end the same firing. */
const isOlder = (alert: Alert, known: AlertRecord): boolean =>
  alert.startsAt < known.startsAt &&
  !(alert.status === 'resolved' && known.status === 'firing' && alert.endsAt > known.startsAt);

/** The last word on each fingerprint. */
function uniqueAlerts(alerts: readonly Alert[]): Iterable<Alert> {
  return new Map(alerts.map((alert) => [alert.fingerprint, alert])).values();
}

/** What names one firing of one alert, for remembering that it is over. */
export const firingKey = (source: string, alert: Alert): string => `${source}/${alert.fingerprint}/${alert.startsAt}`;
