/** What came of a file: a playbook, or everything that is wrong with it. */
import type { Playbook } from '../domain/playbook.ts';
import type { Finding } from './document.ts';
import type { Problem } from './problems.ts';

export type Loaded = { readonly playbook: Playbook } | { readonly problems: readonly Problem[] };

export interface LoadedFile {
  readonly file: string;
  readonly loaded: Loaded;
  /** Whose playbook the text says that it is, however broken the rest may be. */
  readonly claims?: string;
  /** What others find wrong with it, at its place in the text. */
  problem(finding: Finding): Problem;
}
