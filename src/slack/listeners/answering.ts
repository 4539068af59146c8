/** From what was asked to what is said back: commit first, acknowledge after, in time for Slack whatever happens. */
import type { EventId, UserRef } from '../../domain/ids.ts';
import { type Message, plain } from '../../domain/message.ts';
import type { Chat, Desk, Telemetry } from '../../engine/ports.ts';
import { type Rendered, render } from '../render.ts';
import type { Asked } from './asked.ts';

export interface Listening {
  readonly desk: Desk;
  readonly describe: Chat['describe'];
  readonly telemetry: Telemetry;
  /** Resolves after so long. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** Counts it as being worked on, so that a stop waits for it. */
  readonly track: (work: Promise<void>) => Promise<void>;
}

export interface Ask {
  /** Nothing where the button's reference is not one of ours. */
  readonly asked: Asked | undefined;
  readonly user: string;
  /** Slack: `trigger_id` is the same when a command or a click is delivered again. */
  readonly trigger: string;
}

export interface Reply extends Rendered {
  readonly response_type: 'ephemeral';
  readonly replace_original: false;
}

/** Slack shows an error to the person after 3 s. */
const acknowledgeWithinMs = 2_000;

/** The message for whoever asked; never throws. */
export async function answer({ desk, describe, telemetry }: Listening, { asked, user, trigger }: Ask): Promise<Reply> {
  if (!asked) return whisper(notOurs);
  try {
    if ('question' in asked) return whisper(await desk.answer(asked.question));
    const by = await describe(user as UserRef);
    const { message } = await desk.act({ id: `slack:${trigger}` as EventId, by, ...asked.intent });
    return whisper(message);
  } catch (error) {
    telemetry.log.error('What somebody asked for in Slack could not be answered', { user, error: String(error) });
    return whisper('question' in asked ? unanswered : uncertain);
  }
}

/** The answer when it is there in time, and the acknowledgement at the latest after 2 s. */
export const inTime = ({ pause }: Listening, reply: Promise<Reply>): Promise<Reply | undefined> =>
  Promise.race([reply, pause(acknowledgeWithinMs).then(() => undefined)]);

/** An answer that cannot be delivered is lost to one person and said in the log: what was asked for is done. */
export async function deliver({ telemetry }: Listening, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    telemetry.log.warn('Slack did not take an answer', { error: String(error) });
  }
}

const whisper = (message: Message): Reply => ({
  ...render(message),
  response_type: 'ephemeral',
  replace_original: false,
});

const sentence = (text: string): Message => ({ summary: text, sections: [{ kind: 'text', text: plain(text) }] });

const uncertain = sentence(
  'Tocsin could not finish this just now, and it is not known whether it was taken. Look at the card before you try again.',
);
const unanswered = sentence('Tocsin cannot answer just now. Nothing was changed; try again in a moment.');
const notOurs = sentence('This button is not one that Tocsin knows any more. Use the newest card.');
