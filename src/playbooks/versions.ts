/** Which version of each playbook is in force after a reading: the file's own, or its last good one. */
import { basename } from 'node:path';
import type { Playbook } from '../domain/playbook.ts';
import type { LoadedFile } from './loaded.ts';

/** A version, the file that it stands for, and the commit that it was read from. */
interface Version {
  readonly file: string;
  readonly playbook: Playbook;
  /** `+` behind it: with changes that are not in it. */
  readonly commit: string | undefined;
}

/** By the playbook's id, in the order of the files. */
export type Versions = ReadonlyMap<string, Version>;

export function versionsOf(
  files: readonly LoadedFile[],
  { before, commits }: { readonly before: Versions; readonly commits: ReadonlyMap<string, string> },
): Versions {
  const next = new Map<string, Version>();
  for (const { file, loaded } of files)
    if ('playbook' in loaded)
      next.set(loaded.playbook.id, { file, playbook: loaded.playbook, commit: commits.get(basename(file)) });
  for (const one of files) {
    const last = 'problems' in one.loaded && lastGood(one, before, next);
    if (last) next.set(last.playbook.id, { ...last, file: one.file });
  }
  return new Map([...next].sort(([, a], [, b]) => (a.file < b.file ? -1 : 1)));
}

/** Of the playbook that the broken text claims to be, wherever that stood, or of the file: unless another has it now. */
function lastGood({ file, claims = '' }: LoadedFile, before: Versions, taken: Versions): Version | undefined {
  const ofFile = [...before.values()].find((version) => version.file === file);
  return [before.get(claims), ofFile].find((version) => version && !taken.has(version.playbook.id));
}

export const changedIn = (next: Versions, before: Versions): readonly Playbook[] =>
  [...next.values()].map(({ playbook }) => playbook).filter(({ id, hash }) => before.get(id)?.playbook.hash !== hash);
