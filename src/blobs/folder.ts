/** Blobs as files in a folder, each on disk before its key is handed out. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobs } from '../engine/ports.ts';
import { absent } from './absent.ts';
import { isKey, keyOf } from './keys.ts';

export function folderBlobs(dir: string, { keepMs }: { readonly keepMs: number }): Blobs {
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
    async sweep(needed) {
      const old = (await filesIn(dir)).filter(({ putAt }) => putAt < Date.now() - keepMs);
      if (!old.length) return 0;
      const keys = await needed();
      let removed = 0;
      for (const file of old) if (!keys.has(file.name) && (await isRemoved(file))) removed += 1;
      return removed;
    },
  };
}

interface Kept {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly putAt: number;
}

/** Blobs, and what is left of some that were never put whole. Other files beside them are not ours. */
async function filesIn(dir: string): Promise<readonly Kept[]> {
  const folders = (await namesIn(dir)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const files = folders.map(async (folder) => {
    const names = (await namesIn(join(dir, folder))).filter((name) => isKey(name) || isAside(name));
    return await Promise.all(names.map((name) => statOf(join(dir, folder, name), name)));
  });
  return (await Promise.all(files)).flat().filter((file) => file !== undefined);
}

const namesIn = async (dir: string): Promise<readonly string[]> => (await readdir(dir).catch(absent)) ?? [];

async function statOf(path: string, name: string): Promise<Kept | undefined> {
  const found = await stat(path).catch(absent);
  return found && { name, path, bytes: found.size, putAt: found.mtimeMs };
}

/** What was put again meanwhile is another file of that name. Others sweep, too. */
async function isRemoved({ path, name, putAt }: Kept): Promise<boolean> {
  const now = await statOf(path, name);
  if (now?.putAt !== putAt) return false;
  await rm(path, { force: true });
  return true;
}

/** What a folder of blobs takes. */
export async function measured(dir: string): Promise<{ readonly files: number; readonly bytes: number }> {
  const files = await filesIn(dir);
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Two letters of the key, so that no folder grows without bound. */
const folderOf = (dir: string, key: string): string => join(dir, key.slice(0, 2));

const asideOf = (key: string): string => `.${key}.${randomUUID()}`;
const isAside = (name: string): boolean => name.startsWith('.') && isKey(name.slice(1, -randomUUID().length - 1));

/** Written aside, synced and renamed: a file under its key is whole, whenever the power goes. */
async function writeDurably(folder: string, key: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const aside = join(folder, asideOf(key));
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
