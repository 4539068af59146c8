/** The playbooks of a folder as they are now: a file that is broken leaves its last good version where it is. */
import type { Playbook } from '../domain/playbook.ts';
import type { Log, PlaybookShelf, StepAction } from '../engine/ports.ts';
import { type LoadedFile, loadFiles } from './load.ts';
import { printed } from './problems.ts';

export interface Shelf extends PlaybookShelf {
  /** Reads the folder again. */
  reload(): void;
}

export function createShelf(dir: string, actions: readonly StepAction[], log: Log): Shelf {
  let good = new Map<string, Playbook>();
  let problems: readonly string[] = [];
  const reload = () => {
    const files = filesOr(dir, actions, (problem) => {
      problems = [problem];
      log.error('playbooks_unreadable', { problem });
    });
    if (!files) return;
    good = new Map(
      files.flatMap(({ file, loaded }) => keep(file, 'playbook' in loaded ? loaded.playbook : good.get(file))),
    );
    problems = files.flatMap(({ loaded }) => ('problems' in loaded ? loaded.problems.map(printed) : []));
    for (const problem of problems) log.error('playbook_problem', { problem });
    log.info('playbooks_loaded', { playbooks: good.size, problems: problems.length });
  };
  reload();
  return {
    current: () => [...good.values()].filter(({ enabled }) => enabled),
    problems: () => problems,
    commit: () => undefined,
    reload,
  };
}

const keep = (file: string, playbook: Playbook | undefined): readonly (readonly [string, Playbook])[] =>
  playbook ? [[file, playbook]] : [];

function filesOr(
  dir: string,
  actions: readonly StepAction[],
  otherwise: (problem: string) => void,
): readonly LoadedFile[] | undefined {
  try {
    return loadFiles(dir, actions);
  } catch (error) {
    otherwise(unreadable(dir, error));
    return undefined;
  }
}

export function unreadable(dir: string, error: unknown): string {
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return `${dir}: the folder of playbooks cannot be read (${why}). Make it, or set \`playbooks.folder\` in tocsin.yml.`;
}
