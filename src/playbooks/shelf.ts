/** The playbooks of a folder as they are now: a file that is broken leaves its last good version where it is. */
import { setImmediate as breathe } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Playbook } from '../domain/playbook.ts';
import type { Library, PlaybookShelf, StepAction, Telemetry } from '../engine/ports.ts';
import { commitsOf } from './committed.ts';
import { type FileRead, type Reading, readFolder } from './folder.ts';
import { loadFile } from './load.ts';
import type { LoadedFile } from './loaded.ts';
import { printed } from './problems.ts';
import { checkedTogether } from './together.ts';
import { changedIn, type Versions, versionsOf } from './versions.ts';

export interface Shelf extends PlaybookShelf {
  /** Reads the folder again, as it is now. */
  reload(): Promise<void>;
  /**
   * Makes a reading current: published first, so that every process knows what a button means that this one shows.
   * Throws where the store is away; the versions before stay then.
   */
  take(reading: Reading): Promise<void>;
  /** Whether it differs from what was taken last. */
  isNews(reading: Reading): boolean;
}

export interface ShelfOptions {
  readonly dir: string;
  readonly actions: readonly StepAction[];
  readonly library: Library;
  readonly telemetry: Telemetry;
  /** What this installation has to say of a version that is new. */
  readonly concerns?: (playbook: Playbook) => readonly string[];
}

interface State {
  versions: Versions;
  current: readonly Playbook[];
  problems: readonly string[];
  /** The key of the reading that was taken last. */
  taken: string;
}

interface Taking extends ShelfOptions {
  readonly state: State;
  readonly load: (files: readonly FileRead[]) => Promise<readonly LoadedFile[]>;
}

export async function openShelf(options: ShelfOptions): Promise<Shelf> {
  const state: State = { versions: new Map(), current: [], problems: [], taken: '' };
  const taking: Taking = { ...options, state, load: loader(options) };
  const take = (reading: Reading): Promise<void> => taken(reading, taking);
  const reload = async (): Promise<void> => take(await readFolder(options.dir));
  await reload();
  return {
    current: () => state.current,
    problems: () => state.problems,
    isOff: (id) => state.versions.get(id)?.playbook.enabled === false,
    commit: (hash) => [...state.versions.values()].find(({ playbook }) => playbook.hash === hash)?.commit,
    take,
    reload,
    isNews: ({ key }) => key !== state.taken,
  };
}

async function taken(reading: Reading, taking: Taking): Promise<void> {
  const { state, telemetry } = taking;
  const outcome = reading.unreadable === undefined ? await takenFiles(reading, taking) : 'unreadable';
  if (reading.unreadable !== undefined) tell([reading.unreadable], taking);
  state.taken = reading.key;
  telemetry.metrics.count('playbook_reloads_total', { outcome });
}

async function takenFiles(reading: Reading, taking: Taking): Promise<'loaded' | 'problems'> {
  const { dir, state, load, library, telemetry } = taking;
  const { files, copy } = reading;
  const loaded = checkedTogether(await load(files), (id) => state.versions.get(id)?.file);
  tell(
    loaded.flatMap((one) => ('problems' in one.loaded ? one.loaded.problems.map(printed) : [])),
    taking,
  );
  const versions = versionsOf(loaded, { before: state.versions, commits: await commitsOf(dir, reading) });
  const changed = changedIn(versions, state.versions);
  await published(changed, { library, telemetry });
  state.versions = versions;
  state.current = [...versions.values()].flatMap(({ playbook }) => (playbook.enabled ? [playbook] : []));
  report(changed, copy?.commit, taking);
  return state.problems.length ? 'problems' : 'loaded';
}

async function published(
  playbooks: readonly Playbook[],
  { library, telemetry }: Pick<ShelfOptions, 'library' | 'telemetry'>,
): Promise<void> {
  try {
    if (playbooks.length) await library.publish(playbooks);
  } catch (error) {
    telemetry.metrics.count('playbook_reloads_total', { outcome: 'not_published' });
    throw error;
  }
}

/** A problem is said once, and shown for as long as it is there. */
function tell(problems: readonly string[], { state, telemetry }: Taking): void {
  for (const problem of problems)
    if (!state.problems.includes(problem)) telemetry.log.error('playbook_problem', { problem });
  state.problems = problems;
}

function report(changed: readonly Playbook[], commit: string | undefined, taking: Taking): void {
  const { state, telemetry, concerns = () => [] } = taking;
  for (const problem of changed.flatMap(concerns)) telemetry.log.warn('a role is missing', { problem });
  telemetry.log.info('playbooks_loaded', {
    playbooks: state.versions.size,
    problems: state.problems.length,
    changed: changed.map(({ id }) => id),
    ...(commit !== undefined && { commit }),
  });
}

/** Parses only what is new, and lets others go first between two files: two hundred of them take a while. */
function loader({ dir, actions }: ShelfOptions): Taking['load'] {
  let known = new Map<string, { readonly read: FileRead; readonly file: LoadedFile }>();
  return async (files) => {
    const next: typeof known = new Map();
    for (const read of files) {
      const before = known.get(read.name);
      const isSame = before !== undefined && isDeepStrictEqual(before.read, read);
      next.set(read.name, isSame ? before : { read, file: loadFile(dir, read, actions) });
      if (!isSame) await breathe();
    }
    known = next;
    return [...next.values()].map(({ file }) => file);
  };
}
