/** Forms: opened where something must be asked first; what was filled in becomes the intent that it is about. */
import { ChatFailure } from '../../domain/failures.ts';
import { answerField, commentField, type Form, type FormIntent, longestComment } from '../../domain/form.ts';
import type { EventId, UserRef } from '../../domain/ids.ts';
import type { IntentBody } from '../../domain/intent.ts';
import { type Filled, formView, messageView, valuesOf } from '../modals.ts';
import { cutTo } from '../text.ts';
import { readButton, readForm } from './buttons.ts';
import { type Listening, sentence, uncertain } from './listening.ts';

type View = ReturnType<typeof messageView>;

/** A message that says what can be typed instead, where Slack did not let the form open. */
export async function openForm({ views, telemetry }: Listening, form: Form, trigger: string) {
  try {
    await views.open(trigger, formView(form));
    return undefined;
  } catch (error) {
    // Slack: a trigger is good for one view; the click was delivered twice, and the form is open already.
    if (error instanceof ChatFailure && error.code === 'exchanged_trigger_id') return undefined;
    telemetry.log.warn('Slack did not open a form', { error: String(error) });
    return sentence(`Slack did not let the form open in time. Try again, or type: ${typedFor(form.does)}`);
  }
}

function typedFor(does: FormIntent): string {
  if (does.intent === 'run_playbook') return '/playbook run <id> <input>=<value> …';
  const [run = ''] = does.ref.split('/');
  return `/playbook ${does.intent} ${run} ${does.intent === 'answer' ? '<answer>' : '<comment>'}`;
}

export interface Sent {
  readonly metadata: string;
  readonly filled: Filled;
  readonly user: string;
  readonly trigger: string;
}

/** As Slack wants a submission answered: the form closes, or says what is wrong, or says something instead. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'wrong'; readonly errors: Record<string, string> }
  | { readonly kind: 'said'; readonly view: View };

const title = 'Tocsin';
const longestError = 300;

export const working: Outcome = {
  kind: 'said',
  view: messageView(title, sentence('Tocsin is working on it. You may close this: the card shows what comes of it.')),
};

/** For a form that no longer takes errors at its fields. */
export function inWords(outcome: Outcome): View {
  if (outcome.kind === 'said') return outcome.view;
  return messageView(title, sentence(outcome.kind === 'done' ? 'Done.' : Object.values(outcome.errors).join(' ')));
}

/** Never throws. */
export async function submitted({ desk, describe, telemetry }: Listening, sent: Sent): Promise<Outcome> {
  const does = doesOf(sent.metadata);
  const intent = does && intentOf(does, valuesOf(sent.filled));
  if (!intent) return { kind: 'said', view: messageView(title, sentence('Tocsin does not know this form any more.')) };
  try {
    const by = await describe(sent.user as UserRef);
    const { done, message, problems } = await desk.act({ id: `slack:${sent.trigger}` as EventId, by, ...intent });
    if (done) return { kind: 'done' };
    const errors = errorsIn(problems, sent.filled);
    return Object.keys(errors).length ? { kind: 'wrong', errors } : { kind: 'said', view: messageView(title, message) };
  } catch (error) {
    telemetry.log.error('What somebody sent by a form could not be answered', { error: String(error) });
    return { kind: 'said', view: messageView(title, uncertain) };
  }
}

/** Slack refuses errors at fields that are not there. */
const errorsIn = (problems: Readonly<Record<string, string>>, filled: Filled): Record<string, string> =>
  Object.fromEntries(
    Object.entries(problems)
      .filter(([name]) => Object.hasOwn(filled, name))
      .map(([name, problem]) => [name, cutTo(problem, longestError)]),
  );

/** It comes back from Slack as we sent it; all of it is looked up again anyway. */
function doesOf(metadata: string): Partial<Record<'intent' | 'ref' | 'playbook' | 'incident', unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(metadata);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function intentOf(
  { intent, ref, playbook, incident }: NonNullable<ReturnType<typeof doesOf>>,
  values: Readonly<Record<string, string>>,
): IntentBody | undefined {
  if (intent === 'run_playbook' && typeof playbook === 'string' && typeof incident === 'string')
    return { kind: intent, playbook, incident, inputs: values };
  if (typeof ref !== 'string') return undefined;
  if (intent === 'approve' || intent === 'reject') {
    const comment = values[commentField]?.trim().slice(0, longestComment) ?? '';
    const read = readButton[intent](ref);
    return read && { ...read, ...(comment && { comment }) };
  }
  const answer = intent === 'answer' ? readForm.answer(ref) : undefined;
  return answer && { ...answer, value: values[answerField] ?? '' };
}
