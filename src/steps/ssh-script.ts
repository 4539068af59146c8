/** `ssh.script`: a script on one host that outlives the connection and the worker, and is found again by whoever follows. */
import { z } from 'zod';
import type { SshClient } from '../clients/ssh.ts';
import type { JsonObject } from '../domain/json.ts';
import type { StepOutcome } from '../domain/run.ts';
import type { StepAction, StepContext } from '../engine/ports.ts';
import { defineAction, failedBefore, type Issue, unknown } from './define.ts';
import { begin, type Handle, handleFrom, Unheard } from './detached.ts';
import { follow } from './script-follow.ts';
import { SecretReference, secretValues } from './secret-fields.ts';
import { environmentFile, nameProblem } from './shell-environment.ts';
import { inventoryHost, orNotSent } from './ssh-target.ts';

const noNul = 'No NUL may stand here.';
const Value = z.union([
  z
    .string()
    .max(20_000)
    .regex(/^[^\0]*$/, noNul),
  z.number(),
  z.boolean(),
]);

const Params = (ssh: SshClient) =>
  z.strictObject({
    host: inventoryHost(ssh),
    script: z
      .string()
      .min(1)
      .max(60_000)
      .regex(/^[^\0]*$/, noNul)
      .describe('The script. It is code: values come by `env`, and no `${{ }}` may stand in it'),
    env: z.record(z.string(), Value).default({}).describe('Variables of the script, by name'),
    secret_env: z.record(z.string(), SecretReference).default({}).describe('Variables whose values are secrets'),
    become: z.boolean().default(false).describe('Through `sudo -n`'),
    interpreter: z
      .string()
      .regex(/^\/[A-Za-z0-9_./+-]{1,200}$/, 'Write the whole path of a program, as in `/bin/bash`.')
      .default('/bin/sh')
      .describe('What reads the script'),
    accept_exit_codes: z
      .array(z.int().min(0).max(255))
      .min(1)
      .default([0])
      .describe('Exit codes that count as success'),
  });
type Params = z.infer<ReturnType<typeof Params>>;

export const sshScript = (ssh: SshClient): StepAction =>
  defineAction({
    id: 'ssh.script',
    version: 1,
    summary:
      'Runs a script over SSH. It goes on without the connection and without the worker, and whoever takes over follows it.',
    effects: ['reattachable'],
    params: Params(ssh),
    outputs: ['exit_code', 'tail'],
    codeFields: ['script', 'interpreter'],
    secretFields: ['secret_env'],
    describe: ({ host, script, become, interpreter }) =>
      `run ${become ? 'as root ' : ''}a script of ${linesOf(script)} by ${interpreter} on ${host}`,
    lockOf: ({ host }) => `host/${host}`,
    targetOf: ({ host }) => ({ host }),
    alsoCheck: nameIssues,
    execute: (params, context) => orNotSent(() => begun(ssh, params, context)),
    reattach: async (params, handle, context) => {
      const known = handleFrom(handle);
      if (!known || known.host !== params.host)
        return unknown('What was written down of the script does not lead to it: nobody knows how it ended.');
      return await follow(courseOf(ssh, { params, handle: known, context }));
    },
  });

const linesOf = (script: string): string => {
  const count = script.trimEnd().split('\n').length;
  return count === 1 ? '1 line' : `${count} lines`;
};

async function begun(ssh: SshClient, params: Params, context: StepContext): Promise<StepOutcome> {
  const secrets = await secretValues(params.secret_env, context);
  if (!secrets.ok) return failedBefore(secrets.problem, 'refused');
  const values = Object.entries(params.env).map(([name, value]) => [name, String(value)] as const);
  const found = await staged(ssh, params, { context, values: { ...Object.fromEntries(values), ...secrets.values } });
  if ('problem' in found) return failedBefore(found.problem, 'refused');
  const unwritten = await checkpointProblem(found.handle, context);
  if (unwritten !== undefined) return failedBefore(unwritten, 'unavailable');
  return await follow(courseOf(ssh, { params, handle: found.handle, context }));
}

/** What cannot be found again is not let go; it gives up by itself. */
async function checkpointProblem(handle: Handle, context: StepContext): Promise<string | undefined> {
  try {
    await context.checkpoint({ ...handle });
    return undefined;
  } catch (error) {
    return `The script was not run, since it could not be written down where it is: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

type Staging = { readonly context: StepContext; readonly values: Readonly<Record<string, string>> };

/** Whatever goes wrong until here, nothing was let go. */
async function staged(
  ssh: SshClient,
  { host, become, script: text, interpreter }: Params,
  { context, values }: Staging,
): Promise<{ readonly handle: Handle } | { readonly problem: string }> {
  try {
    const script = {
      text,
      interpreter,
      environment: environmentFile(values),
      seconds: secondsOf(context),
      isFresh: !context.repeated,
    };
    const found = await begin({ ssh, host, become }, context.attempt, script);
    return 'handle' in found ? found : { problem: `${host} ${refusals[found.refused] ?? found.refused}` };
  } catch (error) {
    if (error instanceof Unheard) return { problem: `The script was not started. ${error.message}` };
    throw error;
  }
}

const refusals: Readonly<Record<string, string>> = {
  'no-folder':
    'has no folder for scripts: /var/tmp, /run and /tmp cannot be written, or `tocsin-…` there belongs to somebody else.',
  'no-programs': 'lacks one of `setsid`, `mkfifo`, `base64`: install util-linux and coreutils there.',
  'no-interpreter': 'does not have that `interpreter`.',
  'disk-full': 'could not write the script down: is the disk full?',
  'not-started': 'did not start the script.',
  'begun-elsewhere':
    'has a script of this very attempt already, which nobody here began: another Tocsin works on the same hosts.',
};

const defaultTimeoutMs = 120_000;
const longestMarginMs = 8_000;

/** The target ends it before the engine's time is over, so that how it ended is still heard. */
function secondsOf({ timeoutMs = defaultTimeoutMs }: StepContext): number {
  return Math.max(1, Math.floor((timeoutMs - Math.min(longestMarginMs, timeoutMs / 4)) / 1_000));
}

type Way = { readonly params: Params; readonly handle: Handle; readonly context: StepContext };

const courseOf = (ssh: SshClient, { params, handle, context }: Way) => ({
  site: { ssh, host: params.host, become: params.become },
  accepted: params.accept_exit_codes,
  handle,
  context,
});

function nameIssues(args: JsonObject): readonly Issue[] {
  const names = (['env', 'secret_env'] as const).flatMap((field) => {
    const given = args[field];
    const isMap = typeof given === 'object' && given !== null && !Array.isArray(given);
    return isMap ? Object.keys(given).map((name) => ({ field, name })) : [];
  });
  return names.flatMap(({ field, name }): readonly Issue[] => {
    const isTwice = field === 'secret_env' && names.some((other) => other.field === 'env' && other.name === name);
    const message = isTwice ? `\`${name}\` stands under \`env\` too: keep one.` : nameProblem(name);
    return message === undefined ? [] : [{ path: [field, name], message }];
  });
}
