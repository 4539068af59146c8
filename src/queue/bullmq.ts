/** The queue on BullMQ: wakes workers up with ids, holds no truth; what it loses the store's sweeper wakes again. */
import { Queue as BullQueue, type JobsOptions, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { StoreDown } from '../domain/failures.ts';
import type { EffectId, Instant } from '../domain/ids.ts';
import type { Queue, WakeUp } from '../engine/ports.ts';
import { type Near, near } from './near.ts';

export interface BullQueueOptions {
  readonly url: string;
  readonly name?: string;
  /** With the hash tag of the store's keys. */
  readonly prefix?: string;
  readonly onError?: (error: unknown) => void;
}

interface Data {
  readonly id: EffectId;
}

const deadlineMs = 2500;

export function bullQueue({ url, name = 'effects', prefix = '{tocsin}', onError }: BullQueueOptions): Queue {
  let closing = false;
  // BullMQ goes on asking while it is closed, and complains that nobody answers.
  const told = (error: unknown) => closing || onError?.(error);
  const producer = connect(url, failsFast, told);
  const queue = new BullQueue<Data>(name, { connection: producer, prefix });
  queue.on('error', told);
  const consumers: Consumer[] = [];

  const add = async (wakeUps: readonly WakeUp[], now: Instant): Promise<void> => {
    if (!wakeUps.length) return;
    const added = queue.addBulk(wakeUps.map((wakeUp) => jobOf(wakeUp, now)));
    const outcome = await within(deadlineMs, added).catch((error: Error) => error);
    if (outcome === 'late') throw new StoreDown(`BullMQ did not take a wake-up within ${deadlineMs} ms`);
    if (outcome instanceof Error) throw new StoreDown(`BullMQ: ${outcome.message}`, { cause: outcome });
  };

  return {
    wake: (wakeUps, now) =>
      add(
        consumers.reduce((left, consumer) => consumer.leftBy(left, now), wakeUps),
        now,
      ),
    async work(handle, concurrency) {
      const redis = connect(url, waitsForEver, told);
      const queued = (wakeUps: readonly WakeUp[], now: Instant) => void add(wakeUps, now).catch(told);
      // Whoever asks the queue has a hand for the answer, before and after.
      const asking = Math.max(1, Math.floor(concurrency / 4));
      const here = near({ count: concurrency, forQueue: asking, handle, queued, onError: told });
      const taken = async ({ data: { id } }: { readonly data: Data }): Promise<void> => {
        here.hands.use(() => handle(id));
        await here.hands.wait();
      };
      // A stalled job is not run again: whether its effect may be, the store knows.
      const options = { connection: redis, prefix, concurrency: asking, maxStalledCount: 0 };
      const worker = new Worker<Data>(name, taken, options);
      worker.on('error', told);
      consumers.push({ ...here, worker, redis });
    },
    async close(graceMs) {
      await Promise.all(consumers.map((consumer) => stop(consumer, graceMs, told)));
      closing = true;
      await within(deadlineMs, queue.close()).catch(told);
      for (const redis of [producer, ...consumers.map((consumer) => consumer.redis)]) redis.disconnect();
    },
  };
}

interface Consumer extends Near {
  readonly worker: Worker<Data>;
  readonly redis: Redis;
}

/** BullMQ: `close()` waits for ever and cannot be told otherwise later, so the waiting is done by `pause()`. */
async function stop(consumer: Consumer, graceMs: number, told: (error: unknown) => void): Promise<void> {
  const { worker, hands } = consumer;
  const ended = worker.pause().then(hands.idle);
  consumer.close();
  hands.rest();
  const outcome = await within(graceMs, ended).catch(told);
  await within(deadlineMs, worker.close(outcome === 'late')).catch(told);
}

const retryStrategy = (attempt: number): number => Math.min(100 * attempt, 1000);
const failsFast = { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2000 };
/** BullMQ: workers need `maxRetriesPerRequest: null`, since they wait in a blocking command. */
const waitsForEver = { maxRetriesPerRequest: null };

/** BullMQ cannot make a connection by itself in an ES module, and does not close one it was given. */
function connect(url: string, options: typeof failsFast | typeof waitsForEver, told: (error: unknown) => void): Redis {
  const redis = new Redis(url, { ...options, connectTimeout: 1000, retryStrategy });
  redis.on('error', told);
  return redis;
}

function jobOf({ id, post, dueAt, urgency }: WakeUp, now: Instant): { name: string; data: Data; opts: JobsOptions } {
  const opts: JobsOptions = {
    jobId: jobIdOf(id, post),
    delay: Math.max(0, dueAt - now),
    // BullMQ: 1 goes first; a job without priority would go before all.
    priority: urgency + 1,
    attempts: 1,
    // A job that is kept would swallow a later one of its id.
    removeOnComplete: true,
    removeOnFail: true,
  };
  return { name: 'effect', data: { id }, opts };
}

/** BullMQ: a job id has no colon. */
const jobIdOf = (id: EffectId, post: number): string => `${encodeURIComponent(id)}.${post}`;

async function within<Result>(timeoutMs: number, result: Promise<Result>): Promise<Result | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), timeoutMs);
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
