/** The whole of a plan as a file, for whoever is asked to approve more than a card can show. */
import type { Approval, PlannedStep } from '../../domain/approval.ts';
import type { Run } from '../../domain/run.ts';
import { written } from './plan.ts';
import { visible } from './visible.ts';

export function planText({ id, playbook }: Run, { digest, covers, previews = {} }: Approval): string {
  const head = `${playbook.name} (${playbook.id}), run ${id}\nplan ${digest}\n`;
  return [head, ...covers.map((step) => stepText(step, previews[step.id]))].join('\n');
}

function stepText({ id, name, action, change, args }: PlannedStep, preview: string | undefined): string {
  const would = preview?.trim() ? `  it would:\n${indented(visible(preview.trim()))}\n` : '';
  return `${id}: ${name} (${action})\n  ${visible(change)}\n${indented(written(args))}\n${would}`;
}

const indented = (text: string): string => text.replace(/^/gm, '    ');
