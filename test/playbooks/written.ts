/** The playbook that the loader's tests write, line by line. */
import { loadPlaybook } from '../../src/playbooks/load.ts';
import { printed } from '../../src/playbooks/problems.ts';
import { actions } from './actions.ts';

export const head = `schema: playbook/v1
id: scale
name: Scale
owners: [team-shop]
triggers:
  - alert: ['alertname="Slow"']
`;

export const load = (text: string) => loadPlaybook({ file: 'playbooks/scale.yml', text }, actions);

/** What is said about a text, without the file's name. */
export function problemsOf(text: string): readonly string[] {
  const loaded = load(text);
  return 'problems' in loaded
    ? loaded.problems.map((problem) => printed(problem).replace('playbooks/scale.yml:', ''))
    : [];
}

/** The playbook of `head` with these steps; the first of them is in line 8. */
export const withSteps = (...lines: readonly string[]) => `${head}steps:\n${lines.join('\n')}\n`;
export const restart = '  - {id: go, action: ssh.systemd, with: {host: shop-1, unit: shop.service, do: restart}}';
