/** A worker for the bench, to be killed: its one action tells a file that it has begun, and takes a while. */
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { nameOfThisProcess } from '../../../src/clients/this-process.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { flightWorld } from '../runs/flight.ts';

const [url = '', ledger = '', takesMs = '0', concurrency = '1', leaseMs = '15000'] = process.argv.slice(2);

const world = await flightWorld({
  url,
  owner: nameOfThisProcess(),
  leaseMs: Number(leaseMs),
  act: async (attempt) => {
    appendFileSync(ledger, `${attempt}\n`);
    await pause(Number(takesMs));
  },
});
await createEngine(world).start(Number(concurrency));
