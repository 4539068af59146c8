/** What a folder of playbooks holds at one moment: each file's text, and the commit that they belong to. */
import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { maxBytes } from './depth.ts';
import { type WorkingCopy, workingCopyOf } from './working-copy.ts';

export interface Reading {
  /** In the order of their names. */
  readonly files: readonly FileRead[];
  readonly copy: WorkingCopy | undefined;
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

/** Reads a folder again and again: opens only what looks different, and everything now and then. */
export function folderReader(dir: string): () => Promise<Reading> {
  let known: Known = new Map();
  let looks = 0;
  return async () => {
    const isThorough = looks % thoroughEvery === 0;
    looks += 1;
    const seen = new Map<string, Seen>();
    const reading = await readFolder(dir, async (name) => {
      const one = await lookAt(join(dir, name), isThorough ? undefined : known.get(name));
      seen.set(name, one);
      return { name, ...one.content };
    });
    known = seen;
    return reading;
  };
}

/** Where a network folder's times do not tell the truth. */
const thoroughEvery = 12;

type Content = { readonly text: string } | { readonly unreadable: string };
type Seen = { readonly stamp: string; readonly content: Content };
type Known = ReadonlyMap<string, Seen>;
type ReadOne = (name: string) => Promise<FileRead>;

const readWhole =
  (dir: string) =>
  async (name: string): Promise<FileRead> => ({
    name,
    ...(await lookAt(join(dir, name), undefined)).content,
  });

export async function readFolder(dir: string, read: ReadOne = readWhole(dir)): Promise<Reading> {
  try {
    const names = (await readdir(dir)).filter(isPlaybookFile).sort();
    const files = await Promise.all(names.map(read));
    const copy = await workingCopyOf(dir);
    const key = keyOf([copy?.commit ?? '', ...files.map((file) => JSON.stringify(file))]);
    return { files, copy, isBusy: copy?.isBusy ?? false, key };
  } catch (error) {
    const why = unreadable(dir, error);
    return { files: [], copy: undefined, unreadable: why, isBusy: false, key: keyOf([why]) };
  }
}

/** A file system's clock ticks slowly: what changed just now may change once more and look the same (git: "racy"). */
const justNowMs = 2_000;

async function lookAt(path: string, before: Seen | undefined): Promise<Seen> {
  try {
    const now = await stat(path, { bigint: true });
    const stamp = [now.dev, now.ino, now.size, now.mtimeNs, now.ctimeNs].join('/');
    const isRecent = Date.now() - Math.max(Number(now.ctimeMs), Number(now.mtimeMs)) < justNowMs;
    if (before?.stamp === stamp && !isRecent) return before;
    // A pipe of that name would keep whoever opens it waiting.
    return { stamp, content: now.isFile() ? { text: await beginningOf(path) } : { unreadable: 'it is no file' } };
  } catch (error) {
    return { stamp: '', content: { unreadable: codeOf(error) } };
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
