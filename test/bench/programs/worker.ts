/** A worker for the bench, to be killed: its one action tells a file that it has begun, and takes a while. */
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createEngine } from '../../../src/engine/engine.ts';
import { flightWorld } from '../runs/flight.ts';

const [url = '', ledger = '', takesMs = '0', concurrency = '1'] = process.argv.slice(2);

const world = await flightWorld({
  url,
  owner: `worker-${process.pid}`,
  act: async (attempt) => {
    appendFileSync(ledger, `${attempt}\n`);
    await pause(Number(takesMs));
  },
});
await createEngine(world).start(Number(concurrency));
