/** Tocsin itself, as a process of its own: told everything by its environment, spoken to over HTTP alone. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bound } from './processes.ts';

export interface Bot {
  /** How it ended, once it has. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface BotOptions {
  readonly url: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
}

const project = fileURLToPath(new URL('../..', import.meta.url));
const readyWithinMs = 45_000;
const stopWithinMs = 20_000;

/** Resolves when `/readyz` says so. */
export async function startBot({ url, logFile, env }: BotOptions): Promise<Bot> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const [file, args] = bound(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli.ts', 'serve']);
  const child = spawn(file, args, {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the demo, which ends Tocsin in its turn.
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  child.stdout.pipe(log);
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(`Tocsin ended (${signal ?? code}). ${said}\nIts log: ${logFile}`)),
  );
  const endsWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endsWithUs);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await ended;
    clearTimeout(late);
    process.off('exit', endsWithUs);
    log.end();
  };
  const trouble = await Promise.race([untilReady(url), ended]);
  if (trouble === '') return { ended, stop };
  await stop();
  throw new Error(trouble);
}

async function untilReady(url: string): Promise<string> {
  const until = Date.now() + readyWithinMs;
  let last = '';
  while (Date.now() < until) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    if (answer?.ok) return '';
    last = answer ? await answer.text() : 'no answer';
    await pause(100);
  }
  return `Tocsin was not ready within ${readyWithinMs / 1000} s: ${last}`;
}
