/** Looks after a folder of playbooks: hears of changes, looks again now and then, and takes what has come to rest. */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../engine/ports.ts';
import { folderReader, type Reading } from './folder.ts';
import type { Shelf } from './shelf.ts';

export interface WatchOptions {
  readonly dir: string;
  readonly shelf: Pick<Shelf, 'take' | 'isNews'>;
  readonly log: Log;
  /** Network folders, links that are swapped and commits elsewhere in the repository make no noise. */
  readonly everyMs?: number;
  /** A file that is being written, or a folder that git is changing, may be valid YAML with half of its steps. */
  readonly restMs?: number;
  /** For tests of what comes to rest. */
  readonly read?: () => Promise<Reading>;
}

/** The function returned ends it, when nothing is under way any more. */
export function watchFolder({ dir, shelf, log, ...times }: WatchOptions): () => Promise<void> {
  const { everyMs = 5_000, restMs = 200, read = folderReader(dir) } = times;
  const stopping = new AbortController();
  const bell = createBell(stopping.signal);
  const ear = createEar(dir, bell.ring);
  const look = async (): Promise<number> => {
    try {
      await ear.attend();
      const reading = await settled(read, { shelf, restMs, signal: stopping.signal });
      if (shelf.isNews(reading)) await shelf.take(reading);
      return everyMs;
    } catch (error) {
      if (!stopping.signal.aborted) log.warn('playbooks could not be taken; tried again', { error });
      return Math.min(everyMs, retryMs);
    }
  };
  const watching = (async () => {
    let nextMs = 0;
    while (!stopping.signal.aborted) {
      await bell.heard(nextMs);
      if (stopping.signal.aborted) break;
      nextMs = await look();
      // Whatever else is written into the folder may make noise all the time.
      await pause(restMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    ear.close();
  })();
  return async () => {
    stopping.abort();
    await watching;
  };
}

const retryMs = 1_000;
/** Somebody who writes without end must not keep the rest from being read. */
const patienceMs = 10_000;

type Settling = Pick<WatchOptions, 'shelf'> & { readonly restMs: number; readonly signal: AbortSignal };

/** What is read twice in a row, a while apart, while git is not at work. */
async function settled(read: () => Promise<Reading>, { shelf, restMs, signal }: Settling): Promise<Reading> {
  let last = await read();
  for (let waitedMs = 0; shelf.isNews(last) && waitedMs < patienceMs; waitedMs += restMs) {
    await pause(restMs, undefined, { signal });
    const next = await read();
    if (next.key === last.key && !next.isBusy) return next;
    last = next;
  }
  return last;
}

/** Rings stay in the air until somebody listens. */
function createBell(signal: AbortSignal) {
  let rung = Promise.withResolvers<void>();
  const ring = (): void => rung.resolve();
  signal.addEventListener('abort', ring);
  const heard = async (withinMs: number): Promise<void> => {
    const timer = setTimeout(ring, withinMs);
    await rung.promise;
    clearTimeout(timer);
    rung = Promise.withResolvers<void>();
  };
  return { ring, heard };
}

/** Listens to the folder that is there now: a link that leads elsewhere, or a folder made anew, is another one. */
function createEar(dir: string, ring: () => void) {
  let watcher: FSWatcher | undefined;
  let heard = '';
  const close = (): void => {
    watcher?.close();
    watcher = undefined;
    heard = '';
  };
  const attend = async (): Promise<void> => {
    const now = await stat(dir).catch(() => undefined);
    const name = now ? `${now.dev}/${now.ino}` : '';
    if (name === heard) return;
    close();
    if (!now) return;
    watcher = watch(dir, { persistent: false }, ring).on('error', close);
    heard = name;
  };
  return { attend, close };
}
