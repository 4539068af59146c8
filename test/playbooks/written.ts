/** The playbook that the loader's tests write, line by line. */
import { z } from 'zod';
import { loadPlaybook } from '../../src/playbooks/load.ts';
import { printed } from '../../src/playbooks/problems.ts';
import { defineAction } from '../../src/steps/define.ts';
import { actions } from './actions.ts';

export const head = `schema: playbook/v1
id: scale
name: Scale
owners: [team-shop]
triggers:
  - alert: ['alertname="Slow"']
`;

/** Runs a script with secrets: what no action of ours needs to do for the loader to be asked about it. */
const scripted = defineAction({
  id: 'test.script',
  version: 1,
  summary: 'Runs a script.',
  effects: ['once', 'idempotent'],
  params: z.strictObject({
    script: z.string(),
    token: z.string().optional(),
    headers: z.record(z.string(), z.string()).default({}),
    env: z.record(z.string(), z.string()).default({}),
  }),
  outputs: ['exit_code'],
  codeFields: ['script'],
  secretFields: ['token', 'headers'],
  describe: () => 'run a script',
  execute: async () => ({ kind: 'succeeded', outputs: {} }),
});

export const load = (text: string) => loadPlaybook({ file: 'playbooks/scale.yml', text }, [...actions, scripted]);

/** What is said about a text, without the file's name. */
export function problemsOf(text: string): readonly string[] {
  const loaded = load(text);
  return 'problems' in loaded
    ? loaded.problems.map((problem) => printed(problem).replace('playbooks/scale.yml:', ''))
    : [];
}

/** The playbook as it was loaded; whatever is wrong with it is thrown. */
export function loadedFrom(text: string) {
  const loaded = load(text);
  if ('problems' in loaded) throw new Error(loaded.problems.map(printed).join('\n'));
  return loaded.playbook;
}

/** The playbook of `head` with these steps; the first of them is in line 8. */
export const withSteps = (...lines: readonly string[]) => `${head}steps:\n${lines.join('\n')}\n`;
export const restart = '  - {id: go, action: ssh.systemd, with: {host: shop-1, unit: shop.service, do: restart}}';
