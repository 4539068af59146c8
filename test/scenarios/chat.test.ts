/** Slack down, slow or refusing: messages come later, once each, and none is lost. */
import { describe, expect, test } from 'vitest';
import { ChatFailure } from '../../src/domain/failures.ts';
import type { EvidenceProvider } from '../../src/engine/ports.ts';
import { firing, group, resolved } from '../support/alerts.ts';
import { alice, bob } from '../support/people.ts';
import * as playbooks from '../support/playbooks.ts';
import { stage } from '../support/scenario.ts';

const keys = (posts: readonly { readonly key: string }[]): readonly string[] => posts.map(({ key }) => key);

describe('while Slack is down for ten minutes', () => {
  test('nothing is lost, and everything appears once', async () => {
    const on = await stage({ playbooks: [playbooks.proposed] });
    on.chat.mood = 'down';
    await on.sends(group([firing('shop-1')]));
    await on.sends(group([firing('shop-1'), firing('shop-2')]));
    await on.asks(alice, { kind: 'acknowledge', incident: '1' });
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    await on.passes('10m');
    expect(on.chat.posts).toEqual([]);
    on.chat.mood = 'well';
    await on.passes('2m');
    expect(new Set(keys(on.chat.posts)).size).toBe(on.chat.posts.length);
    expect(
      keys(on.chat.posts)
        .map((key) => key.split('.')[0])
        .sort(),
    ).toEqual(['notify', 'post_approval', 'post_card', 'post_progress', 'post_summary', 'remind_approval']);
    expect(on.chat.of('post_card')[0]?.content.summary).toBe('Acknowledged: The shop is down (sev1, 2 firing)');
  });

  test('and half of its answers are lost, everything appears once', async () => {
    const on = await stage({ playbooks: [playbooks.proposed] });
    on.chat.mood = 'down';
    await on.sends(group([firing('shop-1')]));
    await on.asks(alice, { kind: 'acknowledge', incident: '1' });
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    for (let minute = 0; minute < 10; minute += 1) {
      on.chat.mood = minute % 2 ? 'down' : 'forgetful';
      await on.passes('1m');
    }
    on.chat.mood = 'well';
    await on.passes('2m');
    const kinds = keys(on.chat.posts).map((key) => key.split('.')[0]);
    expect(kinds.sort()).toEqual([
      'notify',
      'post_approval',
      'post_card',
      'post_progress',
      'post_summary',
      'remind_approval',
    ]);
    expect(on.chat.channels).toHaveLength(1);
  });

  test('approvals by command and steps go on all the same', async () => {
    const on = await stage({ playbooks: [playbooks.proposed] });
    on.chat.mood = 'down';
    await on.sends(group([firing('shop-1')]));
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
    await on.asks(bob, { kind: 'approve', run: '', approval: '' });
    await on.passes('1m');
    expect((await on.run()).status).toBe('succeeded');
  });
});

test('a post whose answer was lost appears once', async () => {
  const on = await stage();
  await on.sends(group([firing('a')]));
  on.chat.mood = 'forgetful';
  await on.asks(alice, { kind: 'add_note', incident: '1', text: 'I look at the database' });
  await on.passes('20s');
  on.chat.mood = 'well';
  await on.passes('1m');
  expect(on.chat.of('notify')).toHaveLength(1);
});

test('a channel that Slack refuses is asked for again, and the card appears when it is opened', async () => {
  const on = await stage();
  on.chat.mood = { refuses: 'missing_scope' };
  await on.sends(group([firing('a')]));
  expect(await on.incident()).toMatchObject({ channelProblem: 'missing_scope' });
  on.chat.mood = 'well';
  await on.passes('6m');
  const { channel, card, channelProblem } = await on.incident();
  expect([channel?.name, channelProblem]).toEqual(['inc-1-The shop is down', undefined]);
  expect(card).toBeDefined();
});

test('a run waits for its incident’s own channel, though the summary is up already', async () => {
  const on = await stage({ playbooks: [playbooks.proposed] });
  const { openChannel } = on.chat;
  on.chat.openChannel = async () => {
    throw new ChatFailure('service_unavailable', { retryable: true });
  };
  await on.sends(group([firing('shop-1')]));
  await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  await on.passes('10s');
  expect(on.chat.posts.map(({ channel }) => channel)).toEqual(['#shop']);
  on.chat.openChannel = openChannel;
  await on.passes('1m');
  const { channel } = await on.incident();
  expect(on.chat.of('post_approval').map((post) => post.channel)).toEqual([channel?.id]);
  expect(on.chat.of('post_progress').map((post) => post.channel)).toEqual([channel?.id]);
});

test('an approval card whose answer was lost does not keep its buttons when it expires meanwhile', async () => {
  const on = await stage({ playbooks: [playbooks.proposed] });
  await on.sends(group([firing('shop-1')]));
  on.chat.mood = 'forgetful';
  await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  on.chat.mood = 'down';
  await on.passes('24h');
  on.chat.mood = 'well';
  await on.passes('2m');
  const [card, ...others] = on.chat.of('post_approval');
  expect(others).toEqual([]);
  expect(card?.content.summary).toContain('expired');
  expect(card?.content.sections.some(({ kind }) => kind === 'buttons')).toBe(false);
});

test('an approval is shown in the service’s channel when its incident has none of its own', async () => {
  const on = await stage({
    playbooks: [playbooks.proposed],
    policy: { routes: [{ match: ['alertname="ShopDown"'], channel: 'never' }] },
  });
  on.chat.mood = 'down';
  await on.sends(group([firing('shop-1')]));
  await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  await on.passes('1m');
  on.chat.mood = 'well';
  await on.passes('1m');
  expect(on.chat.of('post_approval').map(({ channel }) => channel)).toEqual(['#shop']);
});

test('an evidence provider that fails or finds nothing costs one line, and the others count', async () => {
  const link: EvidenceProvider = {
    id: 'links',
    collect: async () => [{ kind: 'link', title: 'Runbook', url: 'https://runbook.example' }],
  };
  const broken: EvidenceProvider = {
    id: 'prometheus',
    collect: async () => {
      throw new Error('Prometheus does not answer\nat some line of a stack');
    },
  };
  const on = await stage({ evidence: [broken, link] });
  await on.sends(group([firing('a')]));
  const { evidence, evidenceProblems } = await on.incident();
  expect(evidence.map(({ title }) => title)).toEqual(['Runbook']);
  expect(evidenceProblems).toEqual(['prometheus: Prometheus does not answer']);
  expect(on.chat.of('post_card')).toHaveLength(1);
});

test('a picture is uploaded once, whether it or the channel came first', async () => {
  const picture: EvidenceProvider = {
    id: 'graph',
    collect: async () => [{ kind: 'picture', title: 'Errors', alt: 'rising', png: new Uint8Array([1, 2]) }],
  };
  const on = await stage({ evidence: [picture] });
  on.chat.mood = 'down';
  await on.sends(group([firing('a')]));
  on.chat.mood = 'well';
  await on.passes('1m');
  expect(on.chat.files.map(({ title }) => title)).toEqual(['Errors']);
});

test('the card shows the newest state, however late it is painted', async () => {
  const on = await stage();
  await on.sends(group([firing('a'), firing('b')]));
  on.chat.mood = 'down';
  await on.sends(group([resolved('a'), firing('b')]));
  await on.sends(group([resolved('a'), resolved('b')]));
  on.chat.mood = 'well';
  await on.passes('1m');
  expect(on.chat.of('post_card')[0]?.content.summary).toBe('Mitigated: The shop is down (sev1, 0 firing, 2 resolved)');
});
