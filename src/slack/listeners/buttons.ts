/** The buttons: what each one's reference asks for. A reference is never authority: the engine looks everything up again. */
import type { IntentBody } from '../../domain/intent.ts';
import type { ButtonForm, ButtonIntent } from '../../domain/message.ts';

/** The member that may be of this kind: some are of more than one. */
type Wanted<Kind, One = IntentBody> = One extends { kind: infer Own } ? (Kind extends Own ? One : never) : never;
type Reading<Kind> = (ref: string) => Wanted<Kind> | undefined;

/** Nothing where the reference is not one of ours. */
export const readButton: { readonly [K in ButtonIntent['intent']]: Reading<K> } = {
  acknowledge: (incident) => ({ kind: 'acknowledge', incident }),
  resolve: (incident) => ({ kind: 'resolve', incident }),
  run_playbook: (ref) =>
    split(ref, 2, ([playbook = '', incident = '']) => ({ kind: 'run_playbook', playbook, incident, inputs: {} })),
  approve: (ref) =>
    split(ref, 3, ([run = '', approval = '', digest = '']) => ({ kind: 'approve', run, approval, digest })),
  reject: (ref) =>
    split(ref, 3, ([run = '', approval = '', digest = '']) => ({ kind: 'reject', run, approval, digest })),
  cancel_run: (run) => ({ kind: 'cancel_run', run }),
  settle_unknown: (ref) =>
    split(ref, 3, ([run = '', step = '', verdict = '']) =>
      isVerdict(verdict) ? { kind: 'settle_unknown', run, step, verdict } : undefined,
    ),
};

/** What is clicked to be asked first: the same, with nothing filled in. */
export const readForm: { readonly [K in ButtonForm['form']]: Reading<K> } = {
  approve: readButton.approve,
  reject: readButton.reject,
  answer: (ref) => split(ref, 2, ([run = '', step = '']) => ({ kind: 'answer', run, step, value: '' })),
};

export const buttonIntents = Object.keys(readButton) as readonly ButtonIntent['intent'][];
export const buttonForms = Object.keys(readForm) as readonly ButtonForm['form'][];

const verdicts = ['worked', 'failed', 'verify', 'retry'] as const;
const isVerdict = (word: string): word is (typeof verdicts)[number] => (verdicts as readonly string[]).includes(word);

function split<T>(ref: string, count: number, read: (parts: readonly string[]) => T | undefined): T | undefined {
  const parts = ref.split('/');
  return parts.length === count && parts.every(Boolean) ? read(parts) : undefined;
}
