/** A worker of its own: the production engine, store, queue and SSH; only nobody reads what it would post. */
import { appendFileSync } from 'node:fs';
import { memoryBlobs } from '../../../src/blobs/memory.ts';
import { nameOfThisProcess } from '../../../src/clients/this-process.ts';
import type { Run } from '../../../src/domain/run.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { counted, dyingAt, watchedWorld, writtenTo } from './boundaries.ts';
import { type Setting, worldFor } from './world.ts';

export interface WorkerOrders {
  readonly setting: Setting;
  /** Where to die; never, unless told. */
  readonly dies?: string;
  /** Where it writes each boundary that it comes to. */
  readonly diary?: string;
  /** Where it writes each state of a run and its steps. */
  readonly states: string;
}

const orders = JSON.parse(process.argv[2] ?? '{}') as WorkerOrders;
const onBoundary = orders.dies !== undefined ? dyingAt(orders.dies) : writtenTo(orders.diary ?? '/dev/null');

const seen = ({ status, steps }: Run): void =>
  appendFileSync(orders.states, `run ${status}\n${steps.map((step) => `step ${step.status}\n`).join('')}`);

const world = await worldFor(orders.setting, { owner: nameOfThisProcess(), blobs: memoryBlobs() });
const engine = createEngine(watchedWorld(world, { at: counted(onBoundary), seen }));
await engine.start(4);
