/** `ssh.exec`: one command on one host, as a list of arguments and never as text for a shell. */
import { z } from 'zod';
import type { SshClient, SshResult } from '../clients/ssh.ts';
import { endOf } from '../clients/tail.ts';
import type { StepOutcome } from '../domain/run.ts';
import type { StepAction } from '../engine/ports.ts';
import { argvIssues } from './argv-code.ts';
import { defineAction, failedAfter } from './define.ts';
import { inventoryHost, lastLines, lostOn, optionsOf, orNotSent, timedOut } from './ssh-target.ts';

const outputKept = 4_000;

const Argument = z.union([
  z.string().regex(/^[^\0\r\n]*$/, 'No NUL and no line break may stand in an argument.'),
  z.number(),
  z.boolean(),
]);

export const sshExec = (ssh: SshClient): StepAction =>
  defineAction({
    id: 'ssh.exec',
    version: 1,
    summary:
      'Runs one command over SSH. What it does is unknown to Tocsin, so a lost one is never run again by itself.',
    effects: ['once', 'idempotent'],
    params: z.strictObject({
      host: inventoryHost(ssh),
      argv: z
        .array(Argument)
        .min(1)
        .max(200)
        .describe('The command and its arguments, each as it is: no shell reads them'),
      become: z.boolean().default(false).describe('Through `sudo -n`'),
      accept_exit_codes: z.array(z.int().min(0).max(255)).default([0]).describe('Exit codes that count as success'),
    }),
    outputs: ['exit_code', 'stdout', 'stderr'],
    codeFields: ['argv[0]'],
    describe: ({ host, argv, become }) => `run ${become ? 'as root ' : ''}${shown(argv.map(String))} on ${host}`,
    lockOf: ({ host }) => `host/${host}`,
    targetOf: ({ host }) => ({ host }),
    alsoCheck: ({ argv }, partial) => (partial && Array.isArray(argv) ? argvIssues(argv) : []),
    execute: ({ host, argv, become, accept_exit_codes }, context) =>
      orNotSent(async () => {
        const result = await ssh.run(host, argv.map(String), optionsOf(context, become));
        return outcomeOf(result, { host, accepted: accept_exit_codes });
      }),
  });

function outcomeOf(result: SshResult, { host, accepted }: { host: string; accepted: readonly number[] }): StepOutcome {
  const { exitCode, stdout, stderr } = result;
  if (exitCode === null) return lostOn(host, result);
  const said = lastLines(stderr || stdout);
  if (accepted.includes(exitCode)) {
    const outputs = { exit_code: exitCode, stdout: endOf(stdout, outputKept), stderr: endOf(stderr, outputKept) };
    return { kind: 'succeeded', outputs, note: `exit code ${exitCode}` };
  }
  if (timedOut(result))
    return failedAfter(`The command took too long on ${host} and was ended there. ${said}`.trim(), 'timeout');
  return failedAfter(`Exit code ${exitCode} on ${host}. ${said}`.trim(), 'exit_code');
}

const shown = (argv: readonly string[]): string =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
