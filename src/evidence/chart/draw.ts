/** Draws graphs one after the other in a worker thread, which is started when needed and stopped when idle or stuck. */
import { Worker } from 'node:worker_threads';
import type { Chart, Draw } from './chart.ts';

export interface Artist {
  /** Throws with one line where it takes too long or fails. */
  readonly draw: Draw;
  close(): Promise<void>;
}

export interface ArtistOptions {
  readonly timeoutMs?: number;
  /** How long the thread is kept for the next graph: it holds about 100 MB. */
  readonly idleMs?: number;
}

export function createArtist({ timeoutMs = 10_000, idleMs = 30_000 }: ArtistOptions = {}): Artist {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const stop = async () => {
    clearTimeout(idle);
    const stopped = worker;
    worker = undefined;
    await stopped?.terminate();
  };
  const drawNow = async (chart: Chart, signal: AbortSignal): Promise<Uint8Array> => {
    signal.throwIfAborted();
    clearTimeout(idle);
    worker ??= new Worker(new URL('./worker.ts', import.meta.url));
    worker.ref();
    try {
      return await answerOf(worker, chart, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    } catch (error) {
      await stop();
      throw error;
    } finally {
      // An idle thread must not keep the process alive.
      worker?.unref();
      idle = setTimeout(() => void stop(), idleMs).unref();
    }
  };
  return {
    draw: (chart, signal) => {
      const drawn = before.then(() => drawNow(chart, signal));
      before = drawn.catch(() => undefined);
      return drawn;
    },
    close: stop,
  };
}

function answerOf(worker: Worker, chart: Chart, signal: AbortSignal): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const onMessage = ({ png, failure }: { png?: Uint8Array; failure?: string }) =>
    png ? resolve(png) : reject(new Error(`the graph could not be drawn: ${failure}`));
  const onError = (error: Error) => reject(new Error(`the graph could not be drawn: ${error.message}`));
  const onExit = () => reject(new Error('the graph could not be drawn: its thread ended'));
  const onAbort = () => reject(new Error('the graph took too long to draw'));
  worker.once('message', onMessage).once('error', onError).once('exit', onExit);
  signal.addEventListener('abort', onAbort, { once: true });
  worker.postMessage(chart);
  return promise.finally(() => {
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    signal.removeEventListener('abort', onAbort);
  });
}
