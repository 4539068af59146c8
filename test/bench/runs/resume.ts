/** A worker is killed with two hundred runs in flight: how long until each of them goes on, and what was done twice. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../../../src/demo/processes.ts';
import { startRedis } from '../../support/servers.ts';
import type { Row } from '../table.ts';
import { startRuns } from './flight.ts';

const runs = 200;
/** Longer than the first worker lives, and short for the second. */
const takesMs = { first: 600_000, second: 0 };
const program = fileURLToPath(new URL('../programs/worker.ts', import.meta.url));

export async function resumeRows(): Promise<readonly Row[]> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-resume-'));
  const redis = await startRedis();
  const ledger = join(dir, 'ledger');
  await writeFile(ledger, '');
  const began = async (): Promise<readonly string[]> => (await readFile(ledger, 'utf8')).split('\n').filter(Boolean);
  const worker = (ms: number) =>
    startProcess({
      name: 'worker',
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', program, redis.url, ledger, String(ms), String(runs)],
      isReady: async () => true,
    });
  try {
    const first = await worker(takesMs.first);
    await startRuns(redis.url, runs);
    while ((await began()).length < runs) await pause(50);
    await first.kill('SIGKILL');
    const killedAt = performance.now();
    const second = await worker(takesMs.second);
    while ((await began()).length < 2 * runs) await pause(50);
    const seconds = (performance.now() - killedAt) / 1000;
    await pause(2_000);
    const all = await began();
    await second.kill('SIGKILL');
    const anew = new Set(all).size - runs;
    return [
      { name: `${runs} runs in flight, kill -9: until all go on`, ours: seconds, unit: 's', target: { limit: 10 } },
      {
        name: 'the same: begun as another attempt, or more than once again',
        ours: anew + all.length - 2 * runs,
        unit: '',
        target: { limit: 0 },
      },
    ];
  } finally {
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
