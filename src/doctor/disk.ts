/** Room on the disks that Tocsin writes to: a full one stops the store. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Check, ok, problem, type Said, warning } from './finding.ts';

const littleBytes = 1024 ** 3;
const noneBytes = 100 * 1024 ** 2;

export const diskCheck = (folders: readonly string[]): Check => ({
  about: 'disk',
  look: async () => Promise.all(folders.map(async (folder) => saidOf(folder, await freeIn(folder)))),
});

function saidOf(folder: string, freeBytes: number): Said {
  const what = `${Math.round(freeBytes / 1024 ** 2)} MB are free for ${folder}.`;
  if (freeBytes < noneBytes) return problem(what, 'Make room: without it nothing can be stored.');
  return freeBytes < littleBytes ? warning(what, 'Make room soon.') : ok(what);
}

interface Measured {
  readonly files: number;
  readonly bytes: number;
}

/** What Tocsin keeps there, and for how long. */
export const blobsCheck = (
  { folder, keepMs }: { readonly folder: string; readonly keepMs: number },
  measured: (folder: string) => Promise<Measured>,
): Check => ({
  about: 'disk',
  look: async () => {
    const { files, bytes } = await measured(folder);
    const days = Math.round(keepMs / 86_400_000);
    return [
      ok(
        `Graphs and logs in ${folder} take ${Math.ceil(bytes / 1024 ** 2)} MB (${files} files); each is kept for ${days} days, or longer where something open needs it.`,
      ),
    ];
  },
});

/** A folder that is not there yet will lie where its parent does. */
async function freeIn(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return await freeIn(dirname(folder));
  }
}
