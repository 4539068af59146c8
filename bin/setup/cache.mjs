/** The user's cache folder: what was fetched once stays, whole or not at all, also with two of us at work. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tocsin');
}

/** A folder that `fill` made once: filled beside its place and moved there when it is complete. */
export async function cached(name, fill) {
  const place = join(cacheFolder(), name);
  if (existsSync(place)) return place;
  mkdirSync(dirname(place), { recursive: true });
  await alone(place, async () => {
    if (existsSync(place)) return;
    const making = mkdtempSync(`${place}.making-`);
    try {
      await fill(making, place);
      renameSync(making, place);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  });
  return place;
}

/** Runs `work` while no other process on this machine does the same. */
export async function alone(path, work) {
  const lock = `${path}.lock`;
  while (!take(lock)) await pause(200);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** Whoever took it may have been killed. */
function isHeld(lock) {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    // Just taken, its number not yet written.
    if (!owner) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
