/** The demo's shop is healed unattended, over real servers, and whoever heals it is stopped by each guard in turn. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Stage, startStage } from '../../src/demo/stage.ts';
import { tellStory } from '../../src/demo/story.ts';
import { shownText } from '../../src/demo/workspace.ts';
import { eventually } from '../support/eventually.ts';

const fails =
  'steps: [{id: fail, action: ssh.exec, effect: idempotent, with: {host: "${{ inputs.host }}", argv: ["false"]}}]';

interface Guard {
  readonly name: string;
  readonly yaml: string;
  /** Instead of the restart. */
  readonly steps?: string;
  /** The first alert is still let through, and ends so. */
  readonly first?: 'succeeded' | 'failed';
  readonly says: string;
}

const guards: readonly Guard[] = [
  { name: 'a freeze', yaml: 'limits: {freeze: [{calendar: holidays}]}', says: 'There is a freeze: calendar holidays' },
  {
    name: 'the policy',
    yaml: 'policy: {allow: [{host: [db-*]}]}',
    says: 'is not in policy.allow of the playbook',
  },
  {
    name: 'the size of the change',
    yaml: 'limits: {max_change: {from: "${{ 1 }}", to: "${{ 9 }}", factor: 2}}',
    says: '1 → 9, and at most 2 times up or down is allowed',
  },
  {
    name: 'the circuit breaker',
    yaml: 'limits: {circuit_breaker: {per: global, failures: 1, window: 1h}}',
    steps: fails,
    first: 'failed',
    says: 'circuit breaker is open',
  },
  {
    name: 'the cool-down',
    yaml: 'limits: {cooldown: {per: "${{ inputs.host }}", window: 1h}}',
    first: 'succeeded',
    says: 'is cooling down',
  },
  {
    name: 'the number of runs',
    yaml: 'limits: {max_runs: {per: global, count: 1, window: 1h}}',
    first: 'succeeded',
    says: 'has run as often as it may',
  },
];

test('a broken shop is healed by itself, until a guard says no', { timeout: 400_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-guards-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const stage = await startStage({ mode: 'auto', dir, say: () => undefined });
  onTestFinished(stage.stop);
  await tellStory({ mode: 'auto', stage, say: () => undefined });

  const file = join(dir, 'playbooks', 'restart-shop.yml');
  const original = await readFile(file, 'utf8');
  for (const guard of guards) {
    await writeFile(file, guarded(original, guard));
    await eventually(`${guard.name} is loaded`, async () =>
      (await types(stage, '/playbook show restart-shop')).includes(nameOf(guard)),
    );
    if (guard.first) {
      await fires(stage, `${guard.name} lets one through`);
      const ended = `${nameOf(guard)} ${guard.first}`;
      await eventually(ended, async () => (await said(stage)).includes(ended), 60_000);
    }
    await fires(stage, guard.name);
    await eventually(guard.says, async () => (await said(stage)).includes(guard.says), 60_000);
  }
  const unlock = '/automation unlock breaker/restart-shop/global the disk was full';
  expect(await types(stage, unlock)).toBe('It is free again: breaker/restart-shop/global.');
});

const nameOf = ({ name }: Guard): string => `Restart under ${name}`;

/** The same playbook, with another name and one limit more. */
function guarded(original: string, guard: Guard): string {
  const limited = original
    .replace('name: Restart the shop\n', `name: ${nameOf(guard)}\n`)
    .replace(/^owners:.*$/m, (owners) => `${owners}\n${guard.yaml}`);
  return guard.steps ? limited.replace(/^steps:[\s\S]*$/m, guard.steps) : limited;
}

const types = ({ workspace }: Stage, text: string): Promise<string> => workspace.type('alice', 'general', text);

/** The alert fires anew: a label tells it from those before. */
async function fires({ environment }: Stage, what: string): Promise<void> {
  const labels = { alertname: 'ShopErrors', service: 'shop', severity: 'critical', instance: 'shop-1', what };
  const alert = { labels, annotations: { summary: what }, startsAt: new Date().toISOString() };
  const answer = await fetch(`${environment.alertmanagerUrl}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  if (!answer.ok) throw new Error(`Alertmanager refused the alert: ${answer.status} ${await answer.text()}`);
}

/** All that stands in the incident channels. */
async function said({ workspace }: Stage): Promise<string> {
  const channels = (await workspace.channels()).filter(({ name }) => name.startsWith('inc-'));
  const messages = await Promise.all(channels.map(({ id }) => workspace.messages(id)));
  return messages.flat().map(shownText).join('\n');
}
