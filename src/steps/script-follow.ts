/** Follows a script on its target to its end, through connections that break, and says honestly how it ended. */
import { setTimeout as pause } from 'node:timers/promises';
import { SshFailure } from '../clients/ssh.ts';
import type { StepOutcome } from '../domain/run.ts';
import type { StepContext } from '../engine/ports.ts';
import { failedAfter, failedBefore, unknown } from './define.ts';
import { decide, end, type Handle, look, type Sight, type Site, Unheard } from './detached.ts';
import { type OutputKeeper, outputKeeper } from './output-keeper.ts';
import { lastLines } from './ssh-target.ts';

export interface Course {
  readonly site: Site;
  readonly handle: Handle;
  readonly context: StepContext;
  readonly accepted: readonly number[];
}

/** Lets it go where it still waits: what can be followed was checkpointed, and belongs to this attempt. */
export async function follow(course: Course): Promise<StepOutcome> {
  const output = outputKeeper((text) => course.context.log(text, 'stdout'));
  let cursor = { piece: 0, offset: 0 };
  let troubles = 0;
  while (!course.context.signal.aborted) {
    const sight = await seen(course, cursor);
    if ('trouble' in sight) {
      if (sight.isFinal) return unknown(`${sight.trouble}. The script may still be running on ${course.site.host}.`);
      troubles += 1;
      await rest(troubles, course.context.signal);
      continue;
    }
    troubles = 0;
    if (sight.skipped) course.context.log('… some output was not kept …');
    output.add(sight.output);
    cursor = sight.next;
    const outcome = sight.more ? undefined : await concluded(sight, course, output);
    if (outcome) return outcome;
  }
  return await stopped(course);
}

type Trouble = { readonly trouble: string; readonly isFinal: boolean };

/** A target that cannot be reached now may be later; one that is no longer ours to reach will not. */
async function seen({ site, handle, context }: Course, cursor: Sight['next']): Promise<Sight | Trouble> {
  try {
    return await look(site, handle, cursor, context.signal);
  } catch (error) {
    return troubleOf(error);
  }
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof Unheard) return { trouble: error.message, isFinal: false };
  if (!(error instanceof SshFailure)) throw error;
  const isFinal = !['ssh_connect', 'ssh_closed', 'ssh_refused'].includes(error.code);
  return { trouble: `${error.code}: ${error.message}`, isFinal };
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;

const rest = (troubles: number, signal: AbortSignal): Promise<void> =>
  pause(Math.min(longestPauseMs, firstPauseMs * 2 ** (troubles - 1)), undefined, { signal }).catch(() => undefined);

/** Undefined: it goes on. */
async function concluded(sight: Sight, course: Course, output: OutputKeeper): Promise<StepOutcome | undefined> {
  const { host } = course.site;
  switch (sight.state) {
    case 'running':
      return undefined;
    case 'waiting':
      return await letGo(course);
    case 'unborn':
      return await neverBegan(course);
    case 'abandoned':
      return failedBefore(`Nobody let the script go in time on ${host}: it was not run.`, 'unavailable');
    case 'ended':
      return endingOf(sight, course, output.tail());
    case 'gone':
      return unknown(
        `${host} has nothing left of the script (${course.handle.dir}): nobody knows whether it ran to its end.`,
      );
    default:
      return unknown(
        `The script was cut off on ${host}: it is not running and did not end by itself. Was the machine restarted, or the process killed? ${lastLines(output.tail())}`.trim(),
      );
  }
}

/** Again where nobody heard whether it was. */
async function letGo({ site, handle }: Course): Promise<undefined> {
  await decide(site, handle, 'go').catch(troubleOf);
}

/** Its wrapper is gone before anybody let it go; from here on nobody can. */
async function neverBegan({ site, handle }: Course): Promise<StepOutcome | undefined> {
  const verdict = await decide(site, handle, 'abandoned').catch(troubleOf);
  if (verdict !== 'abandoned') return undefined;
  return failedBefore(`The script never began on ${site.host}: what was to start it is gone.`, 'unavailable');
}

function endingOf({ code, by }: Sight, { accepted, site: { host } }: Course, tail: string): StepOutcome {
  const said = lastLines(tail);
  if (by === 'timeout')
    return failedAfter(`The script took too long on ${host} and was ended there. ${said}`.trim(), 'timeout');
  if (by === 'stopped') return failedAfter(`The script was stopped on ${host}. ${said}`.trim(), 'exit_code');
  if (accepted.includes(code))
    return { kind: 'succeeded', outputs: { exit_code: code, tail }, note: `exit code ${code}` };
  return failedAfter(`Exit code ${code} on ${host}. ${said}`.trim(), 'exit_code');
}

/** Only a step whose time is over, or that a person cancelled, is ended: another worker may be about to follow it. */
const endsIt = (signal: AbortSignal): boolean =>
  ['TimeoutError', 'CancelError'].includes((signal.reason as Error | undefined)?.name ?? '');

async function stopped({ site, handle, context }: Course): Promise<StepOutcome> {
  if (!endsIt(context.signal)) return unknown(`Nobody follows the script on ${site.host} any more; it goes on there.`);
  const verdict = await decide(site, handle, 'abandoned').catch(troubleOf);
  if (verdict === 'abandoned') return failedBefore(`The script was stopped before it began on ${site.host}.`);
  const over = await end(site, handle).catch(troubleOf);
  if (over === 'ended' || over === 'dead')
    return failedAfter(`The script did not end in time on ${site.host}, and was ended there.`, 'timeout');
  const why = over === 'running' ? 'it could not be ended' : over.trouble;
  return unknown(`The script did not end in time on ${site.host}, and may still be running: ${why}.`);
}
