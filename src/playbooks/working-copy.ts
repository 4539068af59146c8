/** The git working copy that holds a folder: which commit is checked out, from git's own files, without running git. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

export interface WorkingCopy {
  /** Where the working copy begins. */
  readonly root: string;
  /** The repository's `objects`. */
  readonly objects: string;
  /** Undefined before the first commit, and where references are kept in another way than in files (`reftable`). */
  readonly commit: string | undefined;
  /** Git is changing it just now. */
  readonly isBusy: boolean;
}

/** Undefined outside of git. A link is followed first: it is where a folder lies that decides. */
export async function workingCopyOf(dir: string): Promise<WorkingCopy | undefined> {
  const found = await gitDirAbove(await realpath(dir).catch(() => resolve(dir)));
  if (found === undefined) return undefined;
  const { root, own } = found;
  const shared = await sharedWith(own);
  const [commit, isBusy] = await Promise.all([
    commitAt('HEAD', { own, shared, links: 5 }),
    stat(join(own, 'index.lock')).then(Boolean, () => false),
  ]);
  return { root, objects: join(shared, 'objects'), commit, isBusy };
}

async function gitDirAbove(dir: string): Promise<{ readonly root: string; readonly own: string } | undefined> {
  const own = await gitDirOf(dir);
  if (own !== undefined) return { root: dir, own };
  return dirname(dir) === dir ? undefined : await gitDirAbove(dirname(dir));
}

/** git: `.git` is a folder, or in a worktree or submodule a file that says where it is (gitrepository-layout). */
async function gitDirOf(dir: string): Promise<string | undefined> {
  const path = join(dir, '.git');
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  if (found.isDirectory()) return path;
  const [, elsewhere] = /^gitdir: (.+)$/m.exec((await textOf(path)) ?? '') ?? [];
  return elsewhere === undefined ? undefined : resolve(dir, elsewhere.trim());
}

/** A worktree has its own HEAD and shares the branches of the repository that it belongs to. */
async function sharedWith(own: string): Promise<string> {
  const common = await textOf(join(own, 'commondir'));
  return common === undefined ? own : resolve(own, common.trim());
}

interface Place {
  readonly own: string;
  readonly shared: string;
  /** So many references may still lead to another one. */
  readonly links: number;
}

async function commitAt(ref: string, { own, shared, links }: Place): Promise<string | undefined> {
  const text = (await textOf(join(own, ref))) ?? (await textOf(join(shared, ref))) ?? (await packed(ref, shared));
  const found = text?.trim() ?? '';
  if (isCommit(found)) return found;
  const [, next] = /^ref: (refs\/[^\s]+)$/.exec(found) ?? [];
  if (next === undefined || next.split('/').includes('..') || links === 0) return undefined;
  return await commitAt(next, { own, shared, links: links - 1 });
}

/** SHA-1 or SHA-256. */
const isCommit = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** `git gc` moves branches from files of their own into this one. */
async function packed(ref: string, shared: string): Promise<string | undefined> {
  const lines = (await textOf(join(shared, 'packed-refs')))?.split('\n') ?? [];
  return lines.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0];
}

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
