/** The real actions, over clients that have nobody to talk to: enough for everything that happens before a step runs. */
import { prometheusClient } from '../../src/clients/prometheus.ts';
import { createSshClient } from '../../src/clients/ssh.ts';
import type { Chat } from '../../src/engine/ports.ts';
import { stepActions } from '../../src/steps/index.ts';

const host = {
  address: '127.0.0.1',
  port: 1,
  user: 'nobody',
  privateKeyPath: '/nowhere',
  hostKey: `SHA256:${'A'.repeat(43)}`,
};

const hosts = ['shop-1', 'shop-2'];

export const actions = stepActions({
  ssh: createSshClient({ hosts: hosts.map((name) => ({ ...host, name })) }),
  prometheus: prometheusClient({ url: 'http://127.0.0.1:1', timeoutMs: 1_000 }),
  chat: {} as Chat,
});

/** So that `${{ }}` can be written in a template string. */
export const expression = (source: string): string => `$${`{{ ${source} }}`}`;
