/** Which commit the files of a folder are of, and whether they are as that has them. */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { FileRead, Reading } from './folder.ts';
import { type GitObject, readObject } from './git-objects.ts';
import type { WorkingCopy } from './working-copy.ts';

/** By the name of a file: its commit, and `+` behind it where it is otherwise there. */
export async function commitsOf(dir: string, { files, copy }: Reading): Promise<ReadonlyMap<string, string>> {
  if (copy?.commit === undefined) return new Map();
  const { commit } = copy;
  const committed = await committedIn(dir, { ...copy, commit });
  const isChanged = (file: FileRead): boolean =>
    committed !== undefined && 'text' in file && committed.get(file.name) !== blobId(file.text, commit);
  return new Map(files.map((file) => [file.name, isChanged(file) ? `${commit}+` : commit]));
}

/** Name of a file → id of what the commit has of it. */
type Committed = ReadonlyMap<string, string>;
type At = WorkingCopy & { readonly commit: string };

async function committedIn(dir: string, at: At): Promise<Committed | undefined> {
  try {
    return await filesOf(dir, at);
  } catch {
    // A repository that is being packed anew, or kept in a way that is not known here.
    return undefined;
  }
}

async function filesOf(dir: string, { root, objects, commit }: At): Promise<Committed | undefined> {
  const [, tree] =
    /^tree ([0-9a-f]+)\n/.exec((await readObject(objects, commit))?.bytes.toString('latin1') ?? '') ?? [];
  const folders = relative(root, await realpath(dir))
    .split(sep)
    .filter(Boolean);
  let id = tree;
  for (const folder of folders) id = id === undefined ? undefined : (await entriesOf(objects, id))?.get(folder);
  // A folder that the commit does not have has no file of it.
  if (id === undefined) return tree === undefined ? undefined : new Map();
  return await entriesOf(objects, id);
}

async function entriesOf(objects: string, id: string): Promise<ReadonlyMap<string, string> | undefined> {
  const found = await readObject(objects, id);
  return found && new Map(entriesIn(found, id.length / 2));
}

/** `100644 name`, a zero byte, and the id in binary, again and again. */
function entriesIn({ bytes }: GitObject, idBytes: number): readonly (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = [];
  for (let at = 0; at < bytes.length; ) {
    const name = bytes.indexOf(0x20, at) + 1;
    const id = bytes.indexOf(0, name) + 1;
    if (name === 0 || id === 0) break;
    entries.push([bytes.toString('utf8', name, id - 1), bytes.toString('hex', id, id + idBytes)]);
    at = id + idBytes;
  }
  return entries;
}

/** As git names what is in a file, by the hash that names its commits. */
function blobId(text: string, commit: string): string {
  const bytes = Buffer.from(text);
  const hash = createHash(commit.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
