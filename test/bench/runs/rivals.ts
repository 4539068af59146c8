/** What one would build runs of five steps from: one BullMQ job with checkpoints, five jobs in a chain, or BullMQ's flows. */
import { FlowProducer, type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

export interface Rival {
  /** Resolves when the run is over. */
  run(id: string): Promise<void>;
  stop(): Promise<void>;
}

const steps = [1, 2, 3, 4, 5] as const;

type Work = (job: Job) => Promise<unknown>;

interface Shop {
  readonly queue: Queue;
  readonly redis: Redis;
  /** Resolves when the worker has completed the job of that name. */
  completed(name: string): Promise<void>;
  stop(): Promise<void>;
}

async function open(
  url: string,
  { name, concurrency, work }: { name: string; concurrency: number; work: (shop: Shop) => Work },
): Promise<Shop> {
  const connections = [0, 1].map(() => new Redis(url, { maxRetriesPerRequest: null }));
  const [producer = new Redis(url), consumer = new Redis(url)] = connections;
  const queue = new Queue(name, { connection: producer });
  const waiting = new Map<string, () => void>();
  const shop: Shop = {
    queue,
    redis: producer,
    completed: (job) => new Promise((resolve) => void waiting.set(job, resolve)),
    stop: async () => {
      await worker.close();
      await queue.close();
      for (const connection of connections) connection.disconnect();
    },
  };
  const worker = new Worker(name, work(shop), { connection: consumer, concurrency });
  worker.on('completed', (job) => {
    waiting.get(job.name)?.();
    waiting.delete(job.name);
  });
  await worker.waitUntilReady();
  return shop;
}

const swept = { removeOnComplete: true, removeOnFail: true } as const;

/** The floor: five times nothing, each with one durable write, and nothing of what makes a run safe. */
export async function bareJob(url: string, concurrency: number): Promise<Rival> {
  const shop = await open(url, {
    name: 'bare',
    concurrency,
    work:
      ({ redis }) =>
      async ({ name }) => {
        for (const step of steps)
          await redis.pipeline().hset(`bare:${name}`, 'step', step).xadd(`bare:${name}:log`, '*', 'step', step).exec();
        await redis.unlink(`bare:${name}`, `bare:${name}:log`);
      },
  });
  return {
    stop: shop.stop,
    run: async (id) => {
      const over = shop.completed(id);
      await shop.queue.add(id, {}, swept);
      await over;
    },
  };
}

/** Each job adds the next. */
export async function chainedJobs(url: string, concurrency: number): Promise<Rival> {
  const shop = await open(url, {
    name: 'chain',
    concurrency,
    work:
      ({ queue }) =>
      async ({ data }) => {
        if (data.step < steps.length)
          await queue.add(`${data.run}.${data.step + 1}`, { run: data.run, step: data.step + 1 }, swept);
      },
  });
  return {
    stop: shop.stop,
    run: async (id) => {
      const over = shop.completed(`${id}.${steps.length}`);
      await shop.queue.add(`${id}.1`, { run: id, step: 1 }, swept);
      await over;
    },
  };
}

/** Five jobs, one inside the other: the innermost runs first. */
export async function nestedFlow(url: string, concurrency: number): Promise<Rival> {
  const shop = await open(url, { name: 'flow', concurrency, work: () => async () => undefined });
  const producer = new Redis(url, { maxRetriesPerRequest: null });
  const flows = new FlowProducer({ connection: producer });
  type Node = Parameters<typeof flows.add>[0];
  const nested = (id: string, step: number): Node => ({
    name: step === 1 ? id : `${id}.${step}`,
    queueName: 'flow',
    opts: swept,
    ...(step < steps.length && { children: [nested(id, step + 1)] }),
  });
  return {
    run: async (id) => {
      const over = shop.completed(id);
      await flows.add(nested(id, 1));
      await over;
    },
    stop: async () => {
      await flows.close();
      await shop.stop();
      producer.disconnect();
    },
  };
}

/** What parking a run costs at the least: a hash of its own, and a fresh job when somebody says yes. */
export async function ownHash(url: string): Promise<Rival & { park(id: string): Promise<void> }> {
  const shop = await open(url, { name: 'own', concurrency: 10, work: () => async () => undefined });
  const begun = new Map<string, () => void>();
  const consumer = new Redis(url, { maxRetriesPerRequest: null });
  const worker = new Worker('own-next', async ({ name }) => begun.get(name)?.(), { connection: consumer });
  const producer = new Redis(url, { maxRetriesPerRequest: null });
  const next = new Queue('own-next', { connection: producer });
  await worker.waitUntilReady();
  return {
    park: async (id) => void (await shop.redis.hset(`own:${id}`, 'state', 'waits', 'step', '1')),
    /** From the yes to the begin of the next step. */
    run: async (id) => {
      const over = new Promise<void>((resolve) => void begun.set(id, resolve));
      await shop.redis.hset(`own:${id}`, 'state', 'approved');
      await next.add(id, {}, swept);
      await over;
    },
    stop: async () => {
      await worker.close();
      await next.close();
      await shop.stop();
      for (const connection of [consumer, producer]) connection.disconnect();
    },
  };
}
