/** What a listener works with, and the time that it has: Slack waits 3 s, whatever happens. */
import { type Message, plain } from '../../domain/message.ts';
import type { Chat, Desk, Telemetry } from '../../engine/ports.ts';
import type { Views } from '../views.ts';

export interface Listening {
  readonly desk: Desk;
  readonly describe: Chat['describe'];
  readonly views: Views;
  readonly telemetry: Telemetry;
  /** Resolves after so long. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** Counts it as being worked on, so that a stop waits for it. */
  readonly track: (work: Promise<void>) => Promise<void>;
}

/** Slack shows an error to the person after 3 s. */
const acknowledgeWithinMs = 2_000;

/** The answer when it is there in time, and `late` after 2 s. */
export const inTime = <T>({ pause }: Listening, answer: Promise<T>): Promise<T | 'late'> =>
  Promise.race([answer, pause(acknowledgeWithinMs).then(() => 'late' as const)]);

/** An answer that cannot be delivered is lost to one person and said in the log: what was asked for is done. */
export async function deliver({ telemetry }: Listening, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    telemetry.log.warn('Slack did not take an answer', { error: String(error) });
  }
}

export const sentence = (text: string): Message => ({ summary: text, sections: [{ kind: 'text', text: plain(text) }] });

export const uncertain = sentence(
  'Tocsin could not finish this just now, and it is not known whether it was taken. Look at the card before you try again.',
);
