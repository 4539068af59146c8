/** History as a chain: each entry carries a hash over itself and the one before it, so that none can be changed unseen. */
import { createHash } from 'node:crypto';
import { canonical, type JsonObject } from '../domain/json.ts';
import type { TimelineEntry } from '../domain/timeline.ts';

export interface Chained {
  /** Entries as they are stored, each with its `hash`. */
  readonly links: readonly string[];
  /** The hash of the last. */
  readonly head: string;
}

export function chained(before: string, entries: readonly TimelineEntry[]): Chained {
  let head = before;
  const links = entries.map((entry) => {
    head = linkHash(head, entry);
    return JSON.stringify({ ...entry, hash: head });
  });
  return { links, head };
}

/** The entry as it was handed in. */
export function unchained(link: string): TimelineEntry {
  const { hash: _, ...entry } = JSON.parse(link) as TimelineEntry & { readonly hash: string };
  return entry;
}

const linkHash = (before: string, entry: TimelineEntry): string =>
  createHash('sha256')
    .update(`${before}\n${canonical({ ...entry } as JsonObject)}`)
    .digest('hex');
