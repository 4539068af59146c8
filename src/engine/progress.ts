/** A run's message of progress as it is now: the run, and the last lines of the logs that it shows. */
import type { Message } from '../domain/message.ts';
import type { Run } from '../domain/run.ts';
import { runProgress, shownLogs } from './announce/runs.ts';
import type { World } from './world.ts';

const lines = 8;

export async function progressOf({ store }: World, run: Run): Promise<Message> {
  const read = shownLogs(run).map(async ({ id }) => [id, await store.logs.tail(run.id, id, lines)] as const);
  return runProgress(run, new Map(await Promise.all(read)));
}
