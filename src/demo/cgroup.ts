/** A control group of our own for the demo's systemd: everything it creates lies below, and goes with it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const prefix = 'tocsin-demo-';
const emptyWithinMs = 5_000;

/** Where cgroup 2 is mounted; beside version 1 it stands in a folder of its own. */
export function cgroupRoot(): string | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  return mounts.find(([, , type]) => type === 'cgroup2')?.[1];
}

export function createCgroup(root: string, name: string): string {
  removeStale(root);
  const group = join(root, `${prefix}${process.pid}-${name}`);
  mkdirSync(group);
  return group;
}

/** Ends whatever is still in it, then removes it with everything below. */
export async function removeCgroup(group: string): Promise<void> {
  const deadline = Date.now() + emptyWithinMs;
  const killSwitch = join(group, 'cgroup.kill');
  if (existsSync(killSwitch)) writeFileSync(killSwitch, '1');
  while (!tryRemove(group)) {
    if (Date.now() > deadline)
      throw new Error(`${group} is not empty: processes ${processesIn(group)} are still in it.`);
    await pause(20);
  }
}

/** Those of a demo that was killed without a chance to clean up: empty, since its processes died with it. */
function removeStale(root: string): void {
  const groups = readdirSync(root).filter((name) => name.startsWith(prefix));
  for (const name of groups)
    if (!existsSync(`/proc/${name.slice(prefix.length).split('-')[0]}`)) tryRemove(join(root, name));
}

function tryRemove(group: string): boolean {
  try {
    for (const name of readdirSync(group)) if (statSync(join(group, name)).isDirectory()) tryRemove(join(group, name));
    rmdirSync(group);
    return true;
  } catch {
    return !existsSync(group);
  }
}

function processesIn(group: string): string {
  return readFileSync(join(group, 'cgroup.procs'), 'utf8').trim().replaceAll('\n', ', ');
}
