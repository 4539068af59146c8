/** Which steps change the world that the guards watch over: not those that read, wait, ask or tell people. */
import type { Step } from '../playbook.ts';

const flow: ReadonlySet<string> = new Set([
  ...['approval', 'ask', 'wait', 'assert', 'parallel', 'playbook.run'],
  ...['slack.message', 'page', 'incident.note', 'incident.severity'],
]);

export const isChange = ({ action, effect }: Pick<Step, 'action' | 'effect'>): boolean =>
  effect !== 'read' && !flow.has(action);

/** What an approval covers: changes, and playbooks that may make some. */
export const isCovered = (step: Pick<Step, 'action' | 'effect'>): boolean =>
  isChange(step) || step.action === 'playbook.run';
