/** Blobs as files in a folder, each on disk before its key is handed out. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobs } from '../engine/ports.ts';
import { isKey, keyOf } from './keys.ts';

export function folderBlobs(dir: string): Blobs {
  return {
    async put(name, bytes) {
      const key = keyOf(name, bytes);
      await writeDurably(folderOf(dir, key), key, bytes);
      return key;
    },
    async get(key) {
      if (!isKey(key)) return undefined;
      return await readFile(join(folderOf(dir, key), key)).catch(absent);
    },
  };
}

/** Two letters of the key, so that no folder grows without bound. */
const folderOf = (dir: string, key: string): string => join(dir, key.slice(0, 2));

/** Written aside, synced and renamed: a file under its key is whole, whenever the power goes. */
async function writeDurably(folder: string, key: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const aside = join(folder, `.${key}.${randomUUID()}`);
  try {
    await writeAndSync(aside, bytes);
    await rename(aside, join(folder, key));
    await syncFolder(folder);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

async function writeAndSync(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(bytes);
  await file.sync();
}

/** A rename is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
