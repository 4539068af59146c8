/** A whole Tocsin whose playbooks change in git while one of them waits for its approval. */
import { expect, onTestFinished, test } from 'vitest';
import { shownText } from '../../src/demo/workspace.ts';
import type { RunId } from '../../src/domain/ids.ts';
import type { Run } from '../../src/domain/run.ts';
import { redisStore } from '../../src/store/redis.ts';
import { scratch } from '../playbooks/git.ts';
import { eventually } from '../support/eventually.ts';
import { install } from '../support/installation.ts';

const playbook = (says: string): string => `schema: playbook/v1
id: tell
name: Tell ${says}
owners: [team-shop]
triggers:
  - manual: {roles: [responder]}
steps:
  - {id: approve, action: approval, with: {approvers: {roles: [responder]}}}
  - {id: say, action: slack.message, with: {text: 'The playbook says ${says}.'}}
`;

test('it is shown as it is now, and done as it was approved, with the commit in the run', {
  timeout: 120_000,
}, async () => {
  const at = scratch();
  at.git('init', '-q');
  at.write('playbooks/tell.yml', playbook('one'));
  const first = at.commit();
  const { workspace, redis, ...tocsin } = await install({
    env: { TOCSIN_PLAYBOOKS: at.path('playbooks'), TOCSIN_RESPONDERS: 'U0ALICE,U0BOB' },
  });
  onTestFinished(tocsin.stop);
  const typed = (user: string, text: string) => workspace.type(user, 'shop-alerts', text);
  const listed = async (): Promise<string> => {
    await typed('alice', '/playbook list');
    return shownText((await workspace.whispers('alice')).at(-1) ?? expect.fail('no answer'));
  };
  await eventually('somebody listens', () =>
    listed()
      .then((text) => text.includes('Tell one'))
      .catch(() => false),
  );
  await typed('alice', '/incident open Something is wrong');
  const [channel] = await eventually('a channel', async () => {
    const open = await tocsin.incidents();
    return open.length > 0 && open;
  });
  await typed('alice', '/playbook run tell inc-1');
  const store = await redisStore({ url: redis.url });
  onTestFinished(() => store.close());
  const run = await eventually('a run that waits', async () => {
    const [id] = await store.list('run', 'open', 1);
    const state = id && ((await store.load(id as RunId)).state as Run | undefined);
    return state?.status === 'waiting_approval' && state;
  });
  expect(run.playbook).toMatchObject({ id: 'tell', commit: first });

  at.write('playbooks/tell.yml', playbook('two'));
  at.write('playbooks/broken.yml', 'schema: playbook/v1\nid: broken\n');
  at.commit();
  await eventually('the new version is listed', async () => (await listed()).includes('Tell two'));
  expect(await listed()).toMatch(/playbooks\/broken\.yml:1:1 {2}missing_key/);
  const ready = await (await fetch(new URL('/readyz', tocsin.url))).json();
  expect(ready).toMatchObject({
    ready: true,
    checks: { playbooks: { ok: true, detail: expect.stringMatching(/^1 loaded, \d+ problems/) } },
  });

  await typed('bob', `/playbook approve ${run.id}`);
  const said = await eventually('it is told', async () => {
    const texts = (await workspace.messages(channel?.id ?? '')).map(shownText);
    return texts.find((text) => text.includes('The playbook says'));
  });
  expect(said).toContain('The playbook says one.');
});
