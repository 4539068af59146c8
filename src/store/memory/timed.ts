/** A map whose entries may end at a time. */
import type { Instant } from '../../domain/ids.ts';

export interface Timed<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, ttlMs?: number): void;
  delete(key: string): void;
  entries(): [string, Value][];
}

export function timed<Value>(now: () => Instant): Timed<Value> {
  const entries = new Map<string, { readonly value: Value; readonly until: Instant }>();
  return {
    get(key) {
      const found = entries.get(key);
      return found && found.until > now() ? found.value : undefined;
    },
    set(key, value, ttlMs = Number.POSITIVE_INFINITY) {
      entries.set(key, { value, until: now() + ttlMs });
    },
    delete(key) {
      entries.delete(key);
    },
    entries: () => [...entries].filter(([, { until }]) => until > now()).map(([key, { value }]) => [key, value]),
  };
}
