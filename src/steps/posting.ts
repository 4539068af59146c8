/** What a step says in the channel: Slack being away delays it, as it delays all messages, and fails no run. */
import { setTimeout as pause } from 'node:timers/promises';
import { ChatFailure } from '../domain/failures.ts';
import type { MessageRef } from '../domain/ids.ts';
import type { Chat, ChatPost, StepContext } from '../engine/ports.ts';

/** One call takes 10 s at most; who is still at it when the step's time is over would leave its outcome unknown. */
const lastCallMs = 15_000;
const longestPauseMs = 10_000;

/** Tries until the step's time is nearly over; refusals that no patience changes are thrown at once. */
export async function posted(
  chat: Chat,
  post: Omit<ChatPost, 'key' | 'maybePosted'>,
  { attempt: key, repeated, timeoutMs, signal, log }: StepContext,
): Promise<MessageRef> {
  const until = performance.now() + (timeoutMs ?? 0) - lastCallMs;
  for (let [maybePosted, pauseMs] = [repeated, 500]; ; [maybePosted, pauseMs] = [true, 2 * pauseMs]) {
    try {
      return await chat.post({ ...post, key, maybePosted });
    } catch (error) {
      if (!(error instanceof ChatFailure) || !error.retryable) throw error;
      const waitMs = error.retryAfterMs || Math.min(longestPauseMs, pauseMs);
      if (performance.now() + waitMs > until) throw error;
      log(`It is tried again: ${error.message}`);
      await pause(waitMs, undefined, { signal });
    }
  }
}
