/** The log of a step that runs: masked and bounded line by line, its tail in the store while it grows, the whole kept at the end. */
import type { RunId } from '../domain/ids.ts';
import { effect } from '../domain/incident-effects.ts';
import type { Masker } from './masking.ts';
import { wake } from './relay.ts';
import { type Lines, linesFrom } from './steplog/lines.ts';
import { createWhole } from './steplog/whole.ts';
import type { World } from './world.ts';

export interface StepLog {
  /** A line of the step's own; with a stream: a piece of a program's output as it came, cut anywhere. Never throws. */
  log(text: string, stream?: 'stdout' | 'stderr'): void;
  /** The last lines, masked. */
  tail(): readonly string[];
  /** Everything is in the store when it answers. No key: nothing was logged, or the whole could not be kept. Never throws. */
  close(): Promise<{ readonly key: string | undefined }>;
}

export interface StepLogOf {
  readonly run: RunId;
  /** The unit: `restart`, `drain[2]`. */
  readonly step: string;
  readonly attempt: number;
  /** What it learns later is masked from then on. */
  readonly masker: Masker;
}

const shownEveryMs = 1_000;
const tailLines = 20;
/** Lines of one attempt that also go to the structured log. */
const loggedLines = 500;
/** Behind what people wait for. */
const chatter = 3;

export function openStepLog(world: World, { run, step, attempt, masker }: StepLogOf): StepLog {
  const whole = createWhole();
  const tail = createTail(world, { run, step });
  let count = 0;
  let isOpen = true;
  const take = (line: string): void => {
    // An action that was given up may still speak.
    if (!isOpen) return;
    count += 1;
    if (count === 1 && attempt > 1) tail.add(`— attempt ${attempt} —`);
    whole.add(line);
    tail.add(line);
    if (count <= loggedLines) world.telemetry.log.info('step output', { run, step, attempt, line });
  };
  const own = linesFrom(masker, take);
  const streams: Partial<Record<'stdout' | 'stderr', Lines>> = {};
  const streamed = (stream: 'stdout' | 'stderr'): Lines => {
    streams[stream] ??= linesFrom(masker, take);
    return streams[stream];
  };
  return {
    log: (text, stream) =>
      stream ? streamed(stream).write(text) : own.write(text.endsWith('\n') ? text : `${text}\n`),
    tail: tail.lines,
    async close() {
      for (const lines of [own, ...Object.values(streams)]) lines.end();
      isOpen = false;
      await tail.close();
      return { key: await kept(world, whole.text()) };
    },
  };
}

async function kept({ blobs, telemetry }: World, text: string): Promise<string | undefined> {
  if (!text) return undefined;
  try {
    return await blobs.put('step.log', Buffer.from(text));
  } catch (error) {
    // The outcome counts for more than what led to it.
    telemetry.log.error('the log of a step could not be kept', { error });
    return undefined;
  }
}

/** What of the log people see while the step runs. */
function createTail(world: World, { run, step }: Pick<StepLogOf, 'run' | 'step'>) {
  let last: readonly string[] = [];
  let waiting: readonly string[] = [];
  let isUnpainted = false;
  let shownAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    if (!lines.length) return;
    try {
      await world.store.logs.append(run, step, lines);
      isUnpainted = true;
    } catch (error) {
      waiting = [...lines, ...waiting].slice(-tailLines);
      throw error;
    }
  };
  const show = async (): Promise<void> => {
    try {
      await write();
      if (isUnpainted) await wake(world, await world.store.effects.open([refreshOf(run)]));
      isUnpainted = false;
    } catch (error) {
      world.telemetry.log.warn('the tail of a log could not be shown', { run, step, error });
      soon();
    }
  };
  const begin = (): void => {
    timer = undefined;
    shownAt = performance.now();
    writing = writing.then(show);
  };
  // Not at once: what comes in one breath is shown together.
  const soon = (): void => {
    timer ??= setTimeout(begin, Math.max(100, shownAt + shownEveryMs - performance.now())).unref();
  };
  return {
    lines: () => last,
    add(line: string): void {
      last = [...last, line].slice(-tailLines);
      waiting = [...waiting, line].slice(-tailLines);
      soon();
    },
    async close(): Promise<void> {
      clearTimeout(timer);
      begin();
      await writing;
      clearTimeout(timer);
    },
  };
}

const refreshOf = (run: RunId) => effect({ kind: 'refresh_progress', run }, { id: run, urgency: chatter });
