/** Scripts on a target that go on without the connection, and are found again: begin, let go, look, end. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Unquotable } from '../clients/shell.ts';
import { type SshClient, SshFailure, type SshResult } from '../clients/ssh.ts';
import type { JsonObject } from '../domain/json.ts';
import { type ProgramName, program, saidBy, wrapper } from './script-programs.ts';
import { lastLines } from './ssh-target.ts';

/** By which it is found again: what a checkpoint holds. */
export interface Handle {
  readonly host: string;
  readonly dir: string;
  readonly pid: number;
  /** The boot and the clock tick of its start: a number alone comes again. */
  readonly started: string;
  /** `-` where it is no unit. */
  readonly unit: string;
}

const HandleShape = z.object({
  host: z.string(),
  dir: z.string().regex(/^\/(var\/tmp|run|tmp)\/tocsin-\d+\/tocsin-[\w.-]+$/),
  pid: z.int().min(2),
  started: z.string().regex(/^[0-9a-f-]+:\d+$/),
  unit: z.string().regex(/^(-|tocsin-[\w.-]+\.service)$/),
});

export const handleFrom = (handle: JsonObject): Handle | undefined => HandleShape.safeParse(handle).data;

export interface Site {
  readonly ssh: SshClient;
  readonly host: string;
  readonly become: boolean;
}

/** The target took it, and did not answer as it should. */
export class Unheard extends Error {
  override name = 'Unheard';
}

export interface Script {
  readonly text: string;
  readonly environment: string;
  readonly interpreter: string;
  /** The target ends it by itself after this time. */
  readonly seconds: number;
  /** Nobody has begun this attempt before: what is found there is not ours. */
  readonly isFresh: boolean;
}

/** `tocsin-run-1.step.1-…`: names the folder and the unit after the attempt. */
export const nameOf = (attempt: string): string => {
  const digest = createHash('sha256').update(attempt).digest('hex').slice(0, 12);
  return `tocsin-${attempt.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 80)}-${digest}`;
};

/** A script that nobody lets go gives up after this time. */
const patienceSeconds = 120;
const naps = 5;
const launchMs = 20_000;

export type Begun = { readonly handle: Handle } | { readonly refused: string };

/** Puts it there, waiting; the same attempt again finds what the first put there. */
export async function begin(site: Site, attempt: string, script: Script): Promise<Begun> {
  const given = {
    ...{
      name: nameOf(attempt),
      fresh: script.isFresh ? 'yes' : 'no',
      seconds: script.seconds,
      patience: patienceSeconds * naps,
    },
    ...{ interpreter: script.interpreter, script: script.text, environment: script.environment, wrapper },
  };
  const [word, ...rest] = (await told(site, { name: 'launch', given, timeoutMs: launchMs })).split(' ');
  if (word === 'refused') return { refused: rest.join(' ') };
  const [dir = '', pid, started = '', unit = ''] = rest;
  const handle = handleFrom({ host: site.host, dir, pid: Number(pid), started, unit });
  if (handle) return { handle };
  // Should it come up yet, it must not wait for somebody.
  await told(site, { name: 'verdict', given: { dir, verdict: 'abandoned' }, timeoutMs: quickMs });
  return { refused: 'not-started' };
}

export type Verdict = 'go' | 'abandoned' | 'gone';

/** Of several who decide, the first counts. */
export async function decide(site: Site, { dir }: Handle, verdict: 'go' | 'abandoned'): Promise<Verdict> {
  const said = await told(site, { name: 'verdict', given: { dir, verdict }, timeoutMs: quickMs });
  return said === 'go' || said === 'abandoned' ? said : 'gone';
}

export interface Cursor {
  readonly piece: number;
  readonly offset: number;
}

export interface Sight {
  readonly state: 'waiting' | 'running' | 'ended' | 'abandoned' | 'unborn' | 'dead' | 'gone';
  /** Of an ended one. */
  readonly code: number;
  readonly by: 'itself' | 'timeout' | 'stopped';
  readonly output: Buffer;
  /** Some output was gone before it was read. */
  readonly skipped: boolean;
  /** There was more than fits into one answer. */
  readonly more: boolean;
  readonly next: Cursor;
}

const quickMs = 10_000;
/** Where nothing is new, the target waits before it answers: news come at once, and silence costs little. */
const waitMs = 4_000;

export async function look(
  site: Site,
  handle: Handle,
  { piece, offset }: Cursor,
  signal?: AbortSignal,
): Promise<Sight> {
  const { dir, pid, started } = handle;
  const given = { dir, pid, started, piece, offset, tries: waitMs / 200 };
  const said = await told(site, { name: 'look', given, timeoutMs: waitMs + quickMs, ...(signal ? { signal } : {}) });
  const [what = '', at, from, skipped, more, text = ''] = said.split('|');
  const [state = '', code, by] = what.split(' ');
  const output = Buffer.from(text, 'base64');
  return {
    state: state as Sight['state'],
    code: Number(code ?? Number.NaN),
    by: (by ?? 'itself') as Sight['by'],
    output,
    skipped: skipped === 'skipped',
    more: more === 'more',
    next: { piece: Number(at), offset: Number(from) + output.length },
  };
}

/** Ends it with all that it started. Says whether it is over now. */
export async function end(site: Site, { dir, pid, started, unit }: Handle): Promise<'ended' | 'dead' | 'running'> {
  const said = await told(site, { name: 'end', given: { dir, pid, started, unit }, timeoutMs: quickMs });
  return said === 'dead' || said === 'running' ? said : 'ended';
}

interface Telling {
  readonly name: ProgramName;
  readonly given: Readonly<Record<string, string | number>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Throws `SshFailure` where nothing was sent, `Unheard` where no answer came. */
async function told({ ssh, host, become }: Site, { name, given, ...options }: Telling): Promise<string> {
  const result = await ssh.run(host, ['sh', '-s'], { ...options, become, stdin: programFor(name, given) });
  const said = saidBy(result.stdout);
  if (said === undefined) throw new Unheard(`${host}: ${whyUnheard(result)}`);
  return said;
}

function programFor(name: ProgramName, given: Telling['given']): string {
  try {
    return program(name, given);
  } catch (error) {
    throw error instanceof Unquotable ? new SshFailure('ssh_bad_argument', error.message) : error;
  }
}

const whyUnheard = ({ exitCode, lost, stderr }: SshResult): string =>
  lost ?? (lastLines(stderr) || `exit code ${exitCode} and no word`);
