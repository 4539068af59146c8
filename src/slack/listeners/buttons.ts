/** The buttons: what each one's reference asks for. A reference is never authority: the engine looks everything up again. */
import type { IntentBody } from '../../domain/intent.ts';
import type { ButtonIntent } from '../../domain/message.ts';

type Reading = (ref: string) => IntentBody | undefined;

/** Nothing where the reference is not one of ours. */
export const readButton: { readonly [K in ButtonIntent['intent']]: Reading } = {
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
    split(ref, 3, ([run = '', step = '', verdict]) =>
      verdict === 'worked' || verdict === 'failed' ? { kind: 'settle_unknown', run, step, verdict } : undefined,
    ),
};

export const buttonIntents = Object.keys(readButton) as readonly ButtonIntent['intent'][];

function split(ref: string, count: number, read: (parts: readonly string[]) => IntentBody | undefined) {
  const parts = ref.split('/');
  return parts.length === count && parts.every(Boolean) ? read(parts) : undefined;
}
