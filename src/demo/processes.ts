/** Starts a server as a child that never outlives us, waits until it answers, and ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { findCommand } from './binaries.ts';

export type ServerProcess = {
  readonly pid: number;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** What it printed last, for error texts. */
  output(): string;
  /** Sends a signal; resolves when the process has ended, at once for signals that only stop or continue it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
};

type Start = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly readyWithinMs?: number;
  /** Asked again and again until it says yes. */
  readonly isReady: () => Promise<boolean>;
};

const outputKept = 8_000;
const stopWithinMs = 5_000;
const alive = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export async function startProcess(start: Start): Promise<ServerProcess> {
  const child = spawnBound(start);
  const server = handleOf(child, start.name);
  try {
    await untilReady(start, server, child);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function spawnBound({ command, args, cwd, env }: Start): ChildProcess {
  const [file, all] = bound(command, args);
  return spawn(file, all, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** `setpriv --pdeathsig` lets the kernel end the child when we are killed without a chance to do it ourselves. */
export function bound(command: string, args: readonly string[]): readonly [file: string, args: string[]] {
  const setpriv = process.platform === 'linux' ? findCommand('setpriv') : undefined;
  return setpriv ? [setpriv, ['--pdeathsig', 'KILL', command, ...args]] : [command, [...args]];
}

function handleOf(child: ChildProcess, name: string): ServerProcess {
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-outputKept);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.once('error', (error) => keep(Buffer.from(`${name}: ${error.message}\n`)));
  alive.add(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => void alive.delete(child));
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  };
  return { pid: child.pid ?? -1, ended, output: () => output, kill, stop: () => endOf(child, ended) };
}

async function endOf(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  child.kill('SIGCONT');
  const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(late);
}

async function untilReady(start: Start, server: ServerProcess, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + (start.readyWithinMs ?? 20_000);
  while (!(await start.isReady())) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error(`${start.name} ended while starting (${start.command}):\n${server.output()}`);
    if (Date.now() > deadline) throw new Error(`${start.name} does not answer (${start.command}):\n${server.output()}`);
    await pause(25);
  }
}

/** Whether a URL answers 2xx right now. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}
