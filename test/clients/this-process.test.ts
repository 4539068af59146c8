/** Whether a process is dead is said only where it is certain: real processes that live, are frozen, die, and are not buried. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { isSurelyDead, nameOfThisProcess } from '../../src/clients/this-process.ts';
import { until } from '../contract/fixtures.ts';

const module = fileURLToPath(new URL('../../src/clients/this-process.ts', import.meta.url));
const says = `import(${JSON.stringify(module)}).then((it) => { console.log(it.nameOfThisProcess()); setInterval(() => {}, 1e6); })`;

/** Its parent may be one that buries nobody. */
async function started(command = process.execPath, args = ['-e', says]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [name] = (await once(createInterface(child.stdout as NonNullable<ChildProcess['stdout']>), 'line')) as [string];
  return { child, name };
}

const pidIn = (name: string): number => Number(name.split('.')[1]);

test('a process that lives, or is frozen, is not dead; one that was killed is', async () => {
  const { child, name } = await started();
  expect(isSurelyDead(name)).toBe(false);
  child.kill('SIGSTOP');
  expect(isSurelyDead(name)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isSurelyDead(name)).toBe(true);
});

test('one that is dead and was not buried is dead', async () => {
  const { name } = await started('/bin/sh', ['-c', `"${process.execPath}" -e '${says}' & exec sleep 600`]);
  expect(isSurelyDead(name)).toBe(false);
  process.kill(pidIn(name), 'SIGKILL');
  await until(async () => isSurelyDead(name));
  // Its number is still taken.
  expect(process.kill(pidIn(name), 0)).toBe(true);
});

test('another process that has its number by now is not it', () => {
  const mine = nameOfThisProcess();
  expect(isSurelyDead(mine)).toBe(false);
  expect(isSurelyDead(mine.replace(/^(\S+?\.\d+)\.\d+\./, '$1.1.'))).toBe(true);
});

test('of another machine, another container, or an older Tocsin nothing is certain', async () => {
  const { child, name } = await started();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isSurelyDead(name)).toBe(true);
  const elsewhere = name.startsWith('A') ? `B${name.slice(1)}` : `A${name.slice(1)}`;
  for (const other of [elsewhere, 'shop-1-4242-0badcafe', 'worker', '']) expect(isSurelyDead(other)).toBe(false);
});

test('two of one process have names of their own', () => {
  expect(nameOfThisProcess()).not.toBe(nameOfThisProcess());
});
