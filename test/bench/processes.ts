/** Programs that the bench measures, each in a process of its own. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Program {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A program of `programs/` that prints its port. */
export async function startProgram(name: string, ...args: readonly string[]): Promise<Program> {
  const child = spawnNode([programFile(name), ...args]);
  const port = await firstLine(child);
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => kill(child) };
}

/** What a program of `programs/` prints: one JSON value. */
export async function reportOf<Report>(name: string, ...args: readonly string[]): Promise<Report> {
  const child = spawnNode([programFile(name), ...args]);
  let said = '';
  child.stdout?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(said) as Report;
}

export interface Started {
  readonly readyMs: number;
  /** A second after it was ready. */
  readonly residentMb: number;
}

export interface Server {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Answers 2xx as soon as it is ready. */
  readonly ready: string;
}

/** Starts a Node program, waits until it is ready, looks at its memory, and ends it. */
export async function measuredStart({ args, env, cwd, ready }: Server): Promise<Started> {
  const began = performance.now();
  const child = spawnNode(args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    while (!(await fetch(ready).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error(`${args[0]} ended with ${child.exitCode} before it was ready`);
      await pause(5);
    }
    const readyMs = performance.now() - began;
    await pause(1_000);
    return { readyMs, residentMb: residentMb(child.pid ?? 0) };
  } finally {
    await kill(child, 'SIGTERM');
  }
}

/** In use by a process, as `ps` tells it. */
const residentMb = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

const programFile = (name: string): string => fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));

const piped: SpawnOptions = { stdio: ['ignore', 'pipe', 'inherit'] };

/** Ends with us, also where a part of the bench fails. */
function spawnNode(args: readonly string[], options = piped): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], options);
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
}
