/** The inbox in memory. */
import type { Instant } from '../../domain/ids.ts';
import type { Inbox } from '../../engine/ports.ts';

export interface MemoryInbox extends Inbox {
  has(entry: string): boolean;
  dropNow(entry: string): void;
}

export function memoryInbox(now: () => Instant): MemoryInbox {
  const entries = new Map<string, { readonly at: Instant; readonly source: string; readonly body: Buffer }>();
  let last = 0;
  return {
    has: (entry) => entries.has(entry),
    dropNow: (entry) => void entries.delete(entry),
    async put(source, body) {
      last += 1;
      entries.set(`${last}`, { at: now(), source, body: Buffer.from(body) });
      return `${last}`;
    },
    async stale(olderThanMs, limit) {
      const found = [...entries].filter(([, { at }]) => at <= now() - olderThanMs).slice(0, limit);
      return found.map(([entry, { source, body }]) => ({ entry, source, body }));
    },
    async drop(entry) {
      entries.delete(entry);
    },
    size: async () => entries.size,
  };
}
