/** Words in the details of refusals: times for people in any zone, what to type. They go into any text, so nothing is marked up. */
import { guardName } from '../claim.ts';
import type { Instant } from '../ids.ts';

/** `2026-11-23 09:00 UTC` */
export const at = (instant: Instant): string => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const minuteMs = 60_000;

/** `in 5 min`, or the time itself where that is far away. */
export function inTime(instant: Instant, now: Instant): string {
  const waitMs = instant - now;
  if (waitMs < minuteMs) return `in ${Math.max(1, Math.ceil(waitMs / 1000))} s`;
  return waitMs < 120 * minuteMs ? `in ${Math.ceil(waitMs / minuteMs)} min` : `at ${at(instant)}`;
}

/** `/automation unlock breaker/restart-shop/shop-1` */
export function unlocking(key: string): string {
  const name = guardName(key);
  return `/automation unlock ${name.includes(' ') ? `"${name}"` : name}`;
}
