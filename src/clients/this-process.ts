/** A name for this process by which another one on the same machine can know for certain that it is dead. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Where nothing certain can be said (another machine, another container, no Linux), the name says who it is, and no more. */
export const nameOfThisProcess = (): string => {
  const seen = place && statOf(process.pid);
  const who = seen ? `${place}.${process.pid}.${seen.startedAt}` : `${hostname()}-${process.pid}`;
  return `${who}.${randomBytes(4).toString('hex')}`;
};

/** False where it lives, and where nobody can know. */
export function isSurelyDead(name: string): boolean {
  const [, where, pid, startedAt] = /^([\w-]{11})\.([1-9]\d*)\.(\d+)\.[0-9a-f]{8}$/.exec(name) ?? [];
  if (place === undefined || where !== place) return false;
  if (!exists(Number(pid))) return true;
  const seen = statOf(Number(pid));
  return seen !== undefined && (seen.startedAt !== startedAt || seen.isCorpse);
}

/**
 * Two processes of one place have the same numbers for the same processes: one boot of one kernel, one PID namespace.
 * A namespace's number is used again only when all who were in it are dead. A start time is told in the reader's time namespace.
 * A machine that was copied while it ran has another host name, or is taken for the one it was.
 */
function placeOf(): string | undefined {
  try {
    // A /proc of another namespace speaks of other processes than `kill` reaches, and shows us under several numbers.
    const status = readFileSync('/proc/self/status', 'utf8');
    if (!new RegExp(`^NSpid:\\s+${process.pid}$`, 'm').test(status)) return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const facts = [boot, readlinkSync('/proc/self/ns/pid'), timeNamespace(), hostname()];
    return createHash('sha256').update(facts.join('\n')).digest('base64url').slice(0, 11);
  } catch {
    return undefined;
  }
}

/** Linux before 5.6 has none. */
function timeNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/time');
  } catch {
    return '';
  }
}

const place = placeOf();

/** Not by /proc, which may hide the processes of others (`hidepid`). */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

interface Stat {
  /** In clock ticks since the boot: whoever has the number later has another time. */
  readonly startedAt: string;
  /** It only waits for its parent to ask how it ended. */
  readonly isCorpse: boolean;
}

/** proc(5): the second field, the program's name, may hold anything; 3 is the state, 20 counts threads, 22 is the start. */
function statOf(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [threads, startedAt = ''] = [Number(fields[16]), fields[18]];
    return { startedAt, isCorpse: /[ZX]/.test(state) && threads <= 1 };
  } catch {
    return undefined;
  }
}
