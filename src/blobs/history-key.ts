/** The key that history is sealed with where none is configured: made once, in a file that only Tocsin's user may read. */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { absent } from './absent.ts';

/** Undefined where there is no such file. */
export const historyKeyIn = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').then((text) => text.trim(), absent);

export async function ownHistoryKey(path: string): Promise<string> {
  const known = await historyKeyIn(path);
  if (known) return known;
  const key = randomBytes(32).toString('hex');
  return (await isFirst(path, key)) ? key : await ownHistoryKey(path);
}

/** Whole when it is there under its name, and never in the place of another. */
async function isFirst(path: string, key: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(aside, `${key}\n`, { mode: 0o600, flush: true });
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(aside);
  }
}
