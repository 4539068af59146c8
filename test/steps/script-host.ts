/** A host for scripts over a real sshd, with a folder in which they leave word of what they did. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSshClient, type SshClient } from '../../src/clients/ssh.ts';
import type { Sshd } from '../../src/demo/sshd.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { StepOutcome } from '../../src/domain/run.ts';
import type { StepContext } from '../../src/engine/ports.ts';
import { nameOf } from '../../src/steps/detached.ts';
import { sshScript } from '../../src/steps/ssh-script.ts';
import { startSshd } from '../support/servers.ts';
import { contextOf } from './contexts.ts';

export interface Told {
  readonly outcome: StepOutcome;
  readonly lines: readonly string[];
  readonly handle: JsonObject | undefined;
}

export interface ScriptHost {
  readonly sshd: Sshd;
  /** Where scripts write, as `$DIR`. */
  readonly dir: string;
  attempt(): string;
  client(port?: number): SshClient;
  run(args: JsonObject, context?: Partial<StepContext>, client?: SshClient): Promise<Told>;
  /** What the scripts wrote into `$DIR/ledger`, by line. */
  ledger(): readonly string[];
  stop(): Promise<void>;
}

/** What stands for `sudo -n --` there: it does as it is told, and leaves word that it was asked. */
const sudo = '#!/bin/sh\n[ "$1 $2" = "-n --" ] || exit 1\nshift 2\nBY_SUDO=yes exec "$@"\n';

export async function startScriptHost(): Promise<ScriptHost> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-script-'));
  const bin = await mkdtemp(join(tmpdir(), 'tocsin-bin-'));
  await writeFile(join(bin, 'sudo'), sudo, { mode: 0o755 });
  const sshd = await startSshd({ settings: [`SetEnv PATH=${bin}:/usr/bin:/bin`] });
  const clients: SshClient[] = [];
  const attempts: string[] = [];
  const client = (port = sshd.port): SshClient => {
    const { host: address, user, privateKeyPath, hostPublicKey: hostKey } = sshd;
    const made = createSshClient({ hosts: [{ name: 'shop-1', address, port, user, privateKeyPath, hostKey }] });
    clients.push(made);
    return made;
  };
  const usual = client();
  const attempt = (): string => {
    attempts.push(`run-test.script.${randomUUID()}`);
    return attempts.at(-1) ?? '';
  };
  return {
    sshd,
    dir,
    client,
    attempt,
    run: async ({ env, ...args }, context = {}, ssh = usual) => {
      const lines: string[] = [];
      let handle: JsonObject | undefined;
      const outcome = await sshScript(ssh).execute(
        { host: 'shop-1', ...args, env: { DIR: dir, ...((env as JsonObject) ?? {}) } },
        contextOf({
          attempt: attempt(),
          ...context,
          log: linesTo((line) => {
            lines.push(line);
            context.log?.(line);
          }),
          checkpoint: async (given) => {
            handle = given;
            await context.checkpoint?.(given);
          },
        }),
      );
      return { outcome, lines, handle };
    },
    ledger: () =>
      readdirSync(dir).includes('ledger') ? readFileSync(join(dir, 'ledger'), 'utf8').trim().split('\n') : [],
    stop: async () => {
      await Promise.all(clients.map((one) => one.close()));
      await sshd.stop();
      const names = [dir, bin, ...attempts.flatMap(foldersOf)];
      await Promise.all(names.map((name) => rm(name, { recursive: true, force: true })));
    },
  };
}

/** Whole lines of what comes in pieces. */
function linesTo(tell: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(tell);
  };
}

const foldersOf = (attempt: string): readonly string[] =>
  ['/var/tmp', '/run', '/tmp'].map((base) => join(base, `tocsin-${process.getuid?.()}`, nameOf(attempt)));

/** Ids of living processes whose command line holds a text. */
export const processesWith = (text: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => textOf(`/proc/${pid}/cmdline`).includes(text))
    .map(Number);

export const childrenOf = (parent: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => Number(textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1]) === parent)
    .map(Number);

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
