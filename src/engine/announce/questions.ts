/** What only a person knows: the card of a question, and the form in which it is answered. */
import { answerField, type Form, type FormField } from '../../domain/form.ts';
import { type Button, bold, code, type Message, plain, type Rich, type Section } from '../../domain/message.ts';
import type { Question, Run, StepRun } from '../../domain/run.ts';
import { fieldOf, kindOf } from './fields.ts';
import { shown } from './values.ts';
import { capital, cut } from './words.ts';

export function questionCard(run: Run, step: StepRun, question: Question): Message {
  const isWaiting = step.status === 'waiting_answer';
  const state = isWaiting ? 'asks something' : step.note || step.status;
  return {
    summary: `${run.playbook.name} ${isWaiting ? 'asks' : 'asked'}: ${cut(question.spec.question, 200)}`,
    tone: isWaiting ? 'warning' : 'calm',
    sections: [
      {
        kind: 'text',
        text: [{ text: `${isWaiting ? '❓' : '💬'} ` }, bold(run.playbook.name), { text: `: ${state}` }],
      },
      { kind: 'text', text: plain(cut(question.spec.question, 2000)) },
      ...(isWaiting ? [buttons(run, step)] : given(step)),
      { kind: 'small', text: smallPrint(run, step, question) },
    ],
  };
}

function buttons(run: Run, step: StepRun): Section {
  const answer: Button = { label: 'Answer…', tone: 'primary', does: { form: 'answer', ref: `${run.id}/${step.id}` } };
  return { kind: 'buttons', buttons: [answer] };
}

function given({ outputs }: StepRun): readonly Section[] {
  const answer = outputs[answerField];
  if (answer === undefined) return [];
  return [{ kind: 'text', text: [{ text: 'Answer: ' }, code(cut(shown(answer), 500))] }];
}

function smallPrint(run: Run, step: StepRun, { spec, expiresAt }: Question): Rich {
  const who = spec.roles.length ? spec.roles.join(' or ') : 'whoever may start it';
  const until: Rich = step.status === 'waiting_answer' ? [{ text: ' · expires ' }, { time: expiresAt }] : [];
  return [{ text: `${kindOf(spec.answer)} · asked of ${who} · run ` }, code(run.id), ...until];
}

export function answerForm(run: Run, step: StepRun, { spec }: Question): Form {
  const field: FormField = {
    ...fieldOf(answerField, spec.answer, undefined),
    label: capital(kindOf(spec.answer)),
    hint: spec.answer.description ?? '',
  };
  return {
    title: 'Answer',
    text: [bold(run.playbook.name), { text: `\n${cut(spec.question, 2000)}` }],
    submit: 'Answer',
    fields: [field],
    does: { intent: 'answer', ref: `${run.id}/${step.id}` },
  };
}
