/** The archive: lines of JSON in a file for each month, for those who keep what happened for years. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../domain/ids.ts';
import type { Archive, Archived, Whole } from '../engine/ports.ts';
import { absent } from './absent.ts';
import { appendLine, valuesIn } from './lines.ts';

interface ArchiveFolder {
  readonly dir: string;
  readonly afterMs: number;
  readonly now: () => Instant;
}

export const folderArchive = ({ dir, afterMs, now }: ArchiveFolder): Archive => ({
  afterMs,
  put: (line) => appendLine(join(dir, fileOf(now())), JSON.stringify(line)),
});

/** `2026-11.jsonl`: the month in which it was written. */
const fileOf = (now: Instant): string => `${new Date(now).toISOString().slice(0, 7)}.jsonl`;

/** One after the other, in the order in which they left. None where there is no such folder. */
export async function* archivedIn(dir: string): AsyncGenerator<Whole> {
  const names = (await readdir(dir).catch(absent)) ?? [];
  for (const name of names.filter((one) => one.endsWith('.jsonl')).sort())
    for await (const line of valuesIn(join(dir, name)))
      if ((line as Archived).kind === 'ended') yield (line as Extract<Archived, { kind: 'ended' }>).ended;
}
