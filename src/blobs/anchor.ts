/** How far the store had come, in a file outside of it: what a store that went back in time is told by. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Anchor, Reached } from '../engine/ports.ts';
import { absent } from './absent.ts';

export function fileAnchor(path: string): Anchor {
  let last: Reached | undefined;
  return {
    read: async () => {
      last ??= await readFile(path, 'utf8').then(reachedIn, absent);
      return last;
    },
    write: async (reached) => {
      if (reached.store === last?.store && reached.writes === last.writes) return;
      await writeWhole(path, JSON.stringify(reached));
      last = reached;
    },
  };
}

function reachedIn(text: string): Reached | undefined {
  try {
    const { store, writes } = JSON.parse(text) as Partial<Reached>;
    return typeof store === 'string' && typeof writes === 'number' ? { store, writes } : undefined;
  } catch {
    // Whoever cannot read where it was cannot tell that it is behind.
    return undefined;
  }
}

/** On disk before it is there under its name. */
async function writeWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await using file = await open(aside, 'wx');
  await file.writeFile(text);
  await file.sync();
  await rename(aside, path);
}
