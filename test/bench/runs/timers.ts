/** How late what was put off comes: escalations, time-outs and retries, against BullMQ and Redis as they come. */
import { setTimeout as pause } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { EffectId, RunId } from '../../../src/domain/ids.ts';
import { startRedis } from '../../support/servers.ts';
import type { Row } from '../table.ts';
import { fiveSteps, startRig } from './rig.ts';

const timers = 100;
/** Apart from each other, so that each is a timer of its own on an idle queue. */
const everyMs = 130;
const delayMs = 400;

export async function timerRows(): Promise<readonly Row[]> {
  const theirs = ninth(await stock());
  const ours = ninth(await tocsin());
  const row = { name: 'a timer is late by (p90)', ours, unit: 'ms' };
  return [
    { ...row, target: { limit: 20 } },
    { ...row, against: 'BullMQ, Redis with hz 10', theirs, target: { least: 5 } },
  ];
}

const ninth = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.9)] ?? Number.NaN;

/** From when it is due until its worker has claimed it in the store. */
async function tocsin(): Promise<readonly number[]> {
  const server = await startRedis();
  const rig = await startRig({ url: server.url, playbook: fiveSteps, concurrency: 10, incidents: 1 });
  const late: number[] = [];
  for (let n = 0; n < timers; n += 1) {
    const dueAt = Date.now() + delayMs;
    const run = `run-timer-${n}` as RunId;
    const begun = rig.begun(`time_out_run.${run}`);
    await rig.opens({ id: `time_out_run.${run}` as EffectId, kind: 'time_out_run', run, urgency: 1, dueAt });
    void begun.then(() => late.push(Date.now() - dueAt));
    await pause(everyMs);
  }
  await pause(2 * delayMs);
  await rig.stop();
  await server.stop();
  return late;
}

/** A delayed job on an otherwise idle queue. */
async function stock(): Promise<readonly number[]> {
  const server = await startRedis({ args: ['--hz', '10'] });
  const connections = [0, 1].map(() => new Redis(server.url, { maxRetriesPerRequest: null }));
  const [producer = new Redis(server.url), consumer = new Redis(server.url)] = connections;
  const late: number[] = [];
  const queue = new Queue('timers', { connection: producer });
  const worker = new Worker('timers', async ({ data }) => void late.push(Date.now() - data.dueAt), {
    connection: consumer,
  });
  await worker.waitUntilReady();
  for (let n = 0; n < timers; n += 1) {
    await queue.add('timer', { dueAt: Date.now() + delayMs }, { delay: delayMs, removeOnComplete: true });
    await pause(everyMs);
  }
  await pause(2 * delayMs);
  await worker.close();
  await queue.close();
  for (const connection of connections) connection.disconnect();
  await server.stop();
  return late;
}
