/** The log of a step: what people see of it while it runs, what is kept of it, and what never gets into it. */
import { expect, test } from 'vitest';
import { memoryBlobs } from '../../src/blobs/memory.ts';
import { StoreDown } from '../../src/domain/failures.ts';
import type { RunId } from '../../src/domain/ids.ts';
import { createMasker } from '../../src/engine/masking.ts';
import type { WakeUp } from '../../src/engine/ports.ts';
import { openStepLog } from '../../src/engine/steplog.ts';
import type { World } from '../../src/engine/world.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { eventually } from '../support/eventually.ts';

const run = 'run-1' as RunId;

function place(secrets: readonly string[] = [], attempt = 1) {
  const logged: unknown[] = [];
  const woken: WakeUp[] = [];
  const log = (what: string, fields?: object) => void logged.push({ what, ...fields });
  const world = {
    store: memoryStore(),
    blobs: memoryBlobs(),
    queue: { wake: async (wakeUps: readonly WakeUp[]) => void woken.push(...wakeUps) },
    telemetry: { log: { info: log, warn: log, error: log } },
  } as unknown as World;
  const masker = createMasker(secrets);
  const opened = openStepLog(world, { run, step: 'restart', attempt, masker });
  const whole = async (): Promise<string> => {
    const { key = '' } = await opened.close();
    return Buffer.from((await world.blobs.get(key)) ?? []).toString();
  };
  return { world, masker, log: opened, whole, logged, woken, tail: () => world.store.logs.tail(run, 'restart', 50) };
}

test('lines are in the store soon, and the message of the run is to be painted anew, while the step still runs', async () => {
  const { log, tail, woken } = place();
  log.log('stopping shop.service');
  log.log('starting shop.service');
  await eventually('both lines', async () => (await tail()).length === 2);
  expect(await tail()).toEqual(['stopping shop.service', 'starting shop.service']);
  await eventually('the wish to paint', async () => woken.length === 1);
  expect(woken[0]?.id).toContain('refresh_progress');
});

test('the whole is kept at the end, and its key handed back; nothing is kept of nothing', async () => {
  const { log, whole } = place();
  log.log('one');
  log.log('two\n');
  expect(await whole()).toBe('one\ntwo\n');
  expect(await place().log.close()).toEqual({ key: undefined });
});

test('output that comes in pieces is put together by lines, each stream by itself', async () => {
  const { log, whole } = place();
  log.log('dow', 'stdout');
  log.log('warn', 'stderr');
  log.log('nload 10%\rdownload 100%\r\ndone', 'stdout');
  log.log('ing: slow\n', 'stderr');
  expect(await whole()).toBe('download 10%\ndownload 100%\nwarning: slow\ndone\n');
});

test('a secret is masked in the tail, in what is kept and in the structured log, also one that was cut in two or is read later', async () => {
  const { log, masker, whole, tail, logged } = place(['hunter2-hunter2']);
  log.log('password: hunter2-hu', 'stdout');
  log.log('nter2\n', 'stdout');
  masker.learn('later-secret');
  log.log('\u001b[31mlater-\u001b[0msecret');
  const text = await whole();
  expect(text).toBe('password: •••\n•••\n');
  expect(await tail()).toEqual(['password: •••', '•••']);
  expect(JSON.stringify(logged)).not.toMatch(/hunter2|later-/);
});

test('a line, and the whole, have an end, and say so', async () => {
  const { log, whole } = place();
  log.log('x'.repeat(5_000), 'stdout');
  log.log('x'.repeat(5_000), 'stdout');
  log.log('\nshort\n', 'stdout');
  for (let n = 0; n < 100; n += 1) log.log(Array(60).fill('y'.repeat(1_999)).join('\n'));
  log.log('the end');
  const text = await whole();
  expect(text.startsWith(`${'x'.repeat(2_000)}… (the line is longer)\nshort\ny`)).toBe(true);
  expect(text).toMatch(/\n\[… the log is longer than 8388608 bytes: \d+ lines are left out here\]\n/);
  expect(text.endsWith('\nthe end\n')).toBe(true);
  expect(text.length).toBeLessThan(8.6e6);
});

test('another attempt is told from the one before', async () => {
  const { log, tail } = place([], 2);
  log.log('again');
  await log.close();
  expect(await tail()).toEqual(['— attempt 2 —', 'again']);
});

test('a store that was away for a moment gets the lines all the same, without another one', async () => {
  const { log, world, tail } = place();
  const { logs } = world.store;
  const { append } = logs;
  let tries = 0;
  Object.assign(logs, {
    append: async (...args: Parameters<typeof append>) => {
      tries += 1;
      if (tries === 1) throw new StoreDown('gone');
      await append(...args);
    },
  });
  log.log('one');
  await eventually('the line is there', async () => (await tail()).length === 1);
  await log.close();
  expect(await tail()).toEqual(['one']);
});

test('a store or a folder that cannot be reached costs the log, never the step', async () => {
  const { log, world, logged } = place();
  world.store.logs.append = async () => {
    throw new StoreDown('gone');
  };
  world.blobs.put = async () => {
    throw new Error('disk full');
  };
  log.log('one');
  expect(await log.close()).toEqual({ key: undefined });
  expect(logged.map((one) => (one as { what: string }).what)).toEqual([
    'step output',
    'the tail of a log could not be shown',
    'the log of a step could not be kept',
  ]);
});
