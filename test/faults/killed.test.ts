/** A worker is killed in the middle of a step: another one goes on long before the lease is over, and takes nothing from those who live. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startProcess } from '../../src/demo/processes.ts';
import { startRuns } from '../bench/runs/flight.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/servers.ts';

const program = fileURLToPath(new URL('../bench/programs/worker.ts', import.meta.url));
const hourMs = 3_600_000;

test('what a killed worker did goes on elsewhere; what a frozen one does is left to it', { timeout: 120_000 }, async ({
  onTestFinished,
}) => {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-killed-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const redis = await startRedis();
  onTestFinished(redis.stop);

  /** One at a time, on a lease of an hour. It writes down each attempt that it begins. */
  async function worker(name: string, takesMs: number) {
    const ledger = join(dir, name);
    await writeFile(ledger, '');
    const args = ['--disable-warning=ExperimentalWarning', program, redis.url, ledger, `${takesMs}`, '1', `${hourMs}`];
    const started = await startProcess({ name, command: process.execPath, args, isReady: async () => true });
    onTestFinished(() => started.kill('SIGKILL'));
    return { ...started, began: async () => (await readFile(ledger, 'utf8')).split('\n').filter(Boolean) };
  }

  const killed = await worker('killed', hourMs);
  const frozen = await worker('frozen', hourMs);
  await startRuns(redis.url, 2);
  await eventually('each has a step', async () => (await killed.began()).length + (await frozen.began()).length === 2);
  await frozen.kill('SIGSTOP');
  await killed.kill('SIGKILL');
  const heir = await worker('heir', 0);
  await eventually('the heir goes on', async () => (await heir.began()).length > 0);
  expect(await heir.began()).toEqual(await killed.began());
  expect(await frozen.began()).toHaveLength(1);
});
