/** Where each history had come to, in a file outside of the store: what was cut off or written anew is found by it. */
import { createHash } from 'node:crypto';
import type { AggregateId, Instant } from '../domain/ids.ts';
import type { Log } from '../engine/ports.ts';
import { appendLine, valuesIn } from './lines.ts';

export interface Heads {
  /** A history has been continued; it ends with this hash now. */
  moved(id: AggregateId, head: string): void;
  /** Writes down those that moved since, one line for all. What cannot be written is tried again with the next. */
  write(): Promise<void>;
}

export interface HeadsFile {
  readonly path: string;
  readonly now: () => Instant;
  readonly log: Log;
}

export function headsFile({ path, now, log }: HeadsFile): Heads {
  let moved = new Map<AggregateId, string>();
  return {
    moved: (id, head) => void moved.set(id, head),
    async write() {
      if (!moved.size) return;
      const heads = moved;
      moved = new Map();
      const line = JSON.stringify({ at: now(), heads: Object.fromEntries(heads) });
      try {
        await appendLine(path, line);
        // Whoever keeps the log elsewhere finds by it that the file was changed, too.
        log.info('ends of histories are written down', { histories: heads.size, sha256: digest(line) });
      } catch (error) {
        moved = new Map([...heads, ...moved]);
        log.warn('ends of histories cannot be written down', { path, error });
      }
    },
  };
}

const digest = (line: string): string => createHash('sha256').update(line).digest('hex');

export interface WrittenHead {
  readonly at: Instant;
  readonly head: string;
}

/** All that was written down, by history. Empty where there is no such file. */
export async function headsIn(path: string): Promise<ReadonlyMap<AggregateId, readonly WrittenHead[]>> {
  const found = new Map<AggregateId, WrittenHead[]>();
  for await (const line of valuesIn(path)) {
    if (!isLine(line)) continue;
    for (const [id, head] of Object.entries(line.heads) as [AggregateId, string][]) {
      const heads = found.get(id) ?? [];
      heads.push({ at: line.at, head });
      found.set(id, heads);
    }
  }
  return found;
}

interface Line {
  readonly at: Instant;
  readonly heads: Readonly<Record<string, string>>;
}

const isLine = (value: unknown): value is Line => {
  const { at, heads } = value as Partial<Line>;
  return typeof at === 'number' && heads !== undefined;
};
