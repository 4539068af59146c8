/** From what was asked to what is said back: a form where something must be asked first, else the commit and its reason. */
import type { EventId, UserRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import { type Rendered, render } from '../render.ts';
import type { Asked } from './asked.ts';
import { openForm } from './forms.ts';
import { type Listening, sentence, uncertain } from './listening.ts';

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

/** The message for whoever asked, or nothing where a form is open now; never throws. */
export async function answer(listening: Listening, { asked, user, trigger }: Ask): Promise<Reply | undefined> {
  if (!asked) return whisper(notOurs);
  const { desk, describe, telemetry } = listening;
  try {
    if ('question' in asked) return whisper(await desk.answer(asked.question));
    const first = await desk.form(asked.intent, asked.asks === true);
    if (first && 'sections' in first) return whisper(first);
    if (first) return optional(await openForm(listening, first, trigger));
    const by = await describe(user as UserRef);
    const { message } = await desk.act({ id: `slack:${trigger}` as EventId, by, ...asked.intent });
    return whisper(message);
  } catch (error) {
    telemetry.log.error('What somebody asked for in Slack could not be answered', { user, error: String(error) });
    return whisper('question' in asked ? unanswered : uncertain);
  }
}

const optional = (message: Message | undefined): Reply | undefined => message && whisper(message);

const whisper = (message: Message): Reply => ({
  ...render(message),
  response_type: 'ephemeral',
  replace_original: false,
});

const unanswered = sentence('Tocsin cannot answer just now. Nothing was changed; try again in a moment.');
const notOurs = sentence('This button is not one that Tocsin knows any more. Use the newest card.');
