/** What people are asked where nobody knows whether a step took effect: four buttons for each such step. */
import type { Button, ButtonIntent } from '../../domain/message.ts';
import type { Run, StepRun } from '../../domain/run.ts';

type Verdict = 'verify' | 'worked' | 'failed' | 'retry';

const words: Readonly<Record<Verdict, { readonly label: string; readonly text: string }>> = {
  verify: { label: 'Verify now', text: '' },
  worked: { label: 'It worked', text: 'Look at the target first: the run goes on from what you say.' },
  failed: { label: 'It failed', text: 'Look at the target first: the run goes on from what you say.' },
  retry: {
    label: 'Retry',
    text: 'It may have taken effect already, and is then done a second time. Its approvals are asked for again.',
  },
};

const checked = 'Look at the target first. Then the step’s own checks look, and have the last word.';

export function unknownButtons(run: Run): readonly Button[] {
  const steps = run.steps.filter(({ status }) => status === 'unknown');
  return steps.flatMap((step) => verdictsOn(step).map((verdict) => button(run, step, { verdict, of: steps.length })));
}

/** Only what has a check can be looked at. */
const verdictsOn = ({ canVerify }: StepRun): readonly Verdict[] =>
  canVerify ? ['verify', 'worked', 'failed', 'retry'] : ['worked', 'failed', 'retry'];

function button(run: Run, step: StepRun, { verdict, of }: { verdict: Verdict; of: number }): Button {
  const { label } = words[verdict];
  const text = verdict === 'worked' && step.canVerify ? checked : words[verdict].text;
  const does: ButtonIntent = { intent: 'settle_unknown', ref: `${run.id}/${step.id}/${verdict}` };
  const confirm = { title: `${label}?`, text, yes: label };
  // Where more than one is unknown, each says which it is.
  return { label: of > 1 ? `${label}: ${step.name}` : label, does, ...(text && { confirm }) };
}
