/** The archive: lines of JSON in a file for each month, for those who keep what happened for years. */
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../domain/ids.ts';
import type { Archive, Archived, Whole } from '../engine/ports.ts';

interface ArchiveFolder {
  readonly dir: string;
  readonly afterMs: number;
  readonly now: () => Instant;
}

export const folderArchive = ({ dir, afterMs, now }: ArchiveFolder): Archive => ({
  afterMs,
  put: async (line) => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await using file = await open(join(dir, fileOf(now())), 'a', 0o600);
    await file.writeFile(`${JSON.stringify(line)}\n`);
    await file.sync();
  },
});

/** `2026-11.jsonl`: the month in which it was written. */
const fileOf = (now: Instant): string => `${new Date(now).toISOString().slice(0, 7)}.jsonl`;

/** One after the other, in the order in which they left. None where there is no such folder. */
export async function* archivedIn(dir: string): AsyncGenerator<Whole> {
  for (const name of (await readdir(dir).catch(absent)).filter((one) => one.endsWith('.jsonl')).sort()) {
    const file = await open(join(dir, name));
    for await (const text of file.readLines()) {
      const line = lineIn(text);
      if (line?.kind === 'ended') yield line.ended;
    }
  }
}

/** A line that a power cut left half written says nothing: it was written again. */
function lineIn(text: string): Archived | undefined {
  try {
    return JSON.parse(text) as Archived;
  } catch {
    return undefined;
  }
}

function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
