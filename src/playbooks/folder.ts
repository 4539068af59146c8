/** What a folder of playbooks holds at one moment: each file's text, and the commit that they belong to. */
import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { maxBytes } from './depth.ts';
import { workingCopyOf } from './working-copy.ts';

export interface Reading {
  /** In the order of their names. */
  readonly files: readonly FileRead[];
  readonly commit: string | undefined;
  /** Why the folder itself could not be read. */
  readonly unreadable?: string;
  /** Git is changing it just now. */
  readonly isBusy: boolean;
  /** Equal for equal readings. */
  readonly key: string;
}

export type FileRead = { readonly name: string } & ({ readonly text: string } | { readonly unreadable: string });

/** `*.yml` and `*.yaml`, but for the tests beside them. */
export const isPlaybookFile = (name: string): boolean => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name);

export async function readFolder(dir: string): Promise<Reading> {
  try {
    const names = (await readdir(dir)).filter(isPlaybookFile).sort();
    const files = await Promise.all(names.map((name) => readOne(dir, name)));
    const copy = await workingCopyOf(dir);
    const key = keyOf([copy?.commit ?? '', ...files.map((file) => JSON.stringify(file))]);
    return { files, commit: copy?.commit, isBusy: copy?.isBusy ?? false, key };
  } catch (error) {
    const why = unreadable(dir, error);
    return { files: [], commit: undefined, unreadable: why, isBusy: false, key: keyOf([why]) };
  }
}

async function readOne(dir: string, name: string): Promise<FileRead> {
  try {
    const path = join(dir, name);
    // A pipe of that name would keep whoever opens it waiting.
    if (!(await stat(path)).isFile()) return { name, unreadable: 'it is no file' };
    return { name, text: await beginningOf(path) };
  } catch (error) {
    return { name, unreadable: codeOf(error) };
  }
}

/** One byte more than a playbook may have, so that it is seen to be too large whatever its size. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let end = 0;
    // A network folder may hand out less than was asked for.
    for (let more = 1; more > 0 && end < buffer.length; end += more)
      more = (await file.read(buffer, end, buffer.length - end, end)).bytesRead;
    return buffer.toString('utf8', 0, end);
  } finally {
    await file.close();
  }
}

function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

export const unreadable = (dir: string, error: unknown): string =>
  `${dir}: the folder of playbooks cannot be read (${codeOf(error)}). Make it, or set \`playbooks.folder\` in tocsin.yml.`;
