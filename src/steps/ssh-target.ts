/** What every action over SSH shares: whose host it is, and how the end of a command becomes an outcome. */
import { z } from 'zod';
import { type SshClient, SshFailure, type SshResult, type SshRunOptions } from '../clients/ssh.ts';
import { endOf } from '../clients/tail.ts';
import type { FailureClass, StepOutcome } from '../domain/run.ts';
import type { StepContext } from '../engine/ports.ts';
import { failedBefore, unknown } from './define.ts';

/** The inventory is live, so it is asked for at each check. */
export const inventoryHost = (ssh: SshClient) =>
  z
    .string()
    .refine((name) => ssh.hosts.includes(name), {
      error: ({ input }) => `\`${input}\` is not in the inventory of tocsin.yml.`,
    })
    .describe('A host of the inventory, by its name there');

/** 124 is what `timeout` says when it had to end the command. */
export const timedOut = ({ exitCode }: SshResult): boolean => exitCode === 124;

const defaultTimeoutMs = 120_000;
// The target's own `timeout` comes first, so that its answer is still heard.
const answerMs = 2_000;

export function optionsOf({ signal, timeoutMs = defaultTimeoutMs, log }: StepContext, become = false): SshRunOptions {
  const ownMs = Math.max(1_000, timeoutMs - answerMs);
  return { signal, timeoutMs: ownMs, become, onOutput: log };
}

/** For commands that only look: what they print is read, and nobody needs to see it. */
export function quiet(context: StepContext): SshRunOptions {
  const { onOutput: _, ...options } = optionsOf(context);
  return options;
}

/** The last lines, which say what went wrong. */
export function lastLines(text: string, count = 3): string {
  return endOf(text.trim().split('\n').slice(-count).join(' ⏎ '), 400);
}

export const lostOn = (host: string, { lost }: SshResult): StepOutcome =>
  unknown(`It is not known how the command on ${host} ended: ${lost}.`);

/** Where the command was not sent, nothing happened; every other error is ours. */
export async function orNotSent(work: () => Promise<StepOutcome>): Promise<StepOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SshFailure) return failedBefore(`${error.code}: ${error.message}`, classOf(error));
    throw error;
  }
}

/** What a busy or broken network does may be over soon; a wrong key or name stays wrong. */
const classOf = ({ code }: SshFailure): FailureClass =>
  code === 'ssh_connect' || code === 'ssh_closed' ? 'connect_error' : 'refused';
