/** The request log and its sums: what the app asked, what it was told, and how often it ran into a limit. */
import type { Json } from './refusal.ts';

const LONGEST_LOG = 20_000;

export interface Entry {
  /** Counts up, so that only the newer can be asked for. */
  n: number;
  at: number;
  method: string;
  args: Json;
  status: number;
  ok: boolean;
  error?: string | undefined;
  ms: number;
}

interface Count {
  calls: number;
  ok: number;
  ratelimited: number;
}

export interface Ledger {
  write(entry: Omit<Entry, 'n'>, provoked: boolean): void;
  log(wanted?: { method?: string | undefined; since?: number | undefined }): Entry[];
  /** `ratelimited` counts the 429s the app brought on itself, not those a fault made. */
  sums(): { methods: Record<string, Count>; ratelimited: number };
  reset(): void;
}

export function ledger(): Ledger {
  let entries: Entry[] = [];
  let written = 0;
  const counts = new Map<string, Count>();
  return {
    write: (entry, provoked) => {
      if (entries.length >= LONGEST_LOG) entries = entries.slice(LONGEST_LOG / 2);
      written += 1;
      entries.push({ n: written, ...entry });
      const count = counts.get(entry.method) ?? { calls: 0, ok: 0, ratelimited: 0 };
      counts.set(entry.method, count);
      count.calls += 1;
      if (entry.ok) count.ok += 1;
      if (provoked) count.ratelimited += 1;
    },
    log: ({ method, since = 0 } = {}) =>
      entries.filter((entry) => entry.n > since && (!method || entry.method === method)),
    sums: () => ({
      methods: Object.fromEntries(counts),
      ratelimited: [...counts.values()].reduce((sum, { ratelimited }) => sum + ratelimited, 0),
    }),
    reset: () => {
      entries = [];
      counts.clear();
    },
  };
}
