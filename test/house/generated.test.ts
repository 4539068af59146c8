/** Generated files say what the code says now. */
import { expect, test } from 'vitest';
import type { PrometheusClient } from '../../src/clients/prometheus.ts';
import { createSshClient } from '../../src/clients/ssh.ts';
import type { Chat } from '../../src/engine/ports.ts';
import { playbookSchema } from '../../src/playbooks/schema.ts';
import { stepActions } from '../../src/steps/index.ts';
import { read } from './support/modules.ts';

test('the schema for editors knows every action that is registered, with its arguments', () => {
  const actions = stepActions({
    ssh: createSshClient({ hosts: [] }),
    prometheus: {} as PrometheusClient,
    chat: {} as Chat,
  });
  expect(actions.length).toBeGreaterThan(0);
  const sentence =
    'playbooks/playbook.schema.json is generated: `UPDATE_SCHEMA=1 npm test -- test/playbooks` writes it.';
  expect(JSON.parse(read('playbooks/playbook.schema.json')), sentence).toEqual(playbookSchema(actions));
});
