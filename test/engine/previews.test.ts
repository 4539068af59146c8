/** What covered steps say that they would do: asked a few at a time, without secrets, cut, and never waited for. */
import { expect, test } from 'vitest';
import type { EffectId } from '../../src/domain/ids.ts';
import { previewPerformers } from '../../src/engine/perform/previews.ts';
import { firing, group } from '../support/alerts.ts';
import { alice } from '../support/people.ts';
import { type Stage, stage } from '../support/scenario.ts';

const steps = (count: number): string =>
  Array.from(
    { length: count },
    (_, at) => `  - {id: s${at}, action: shop.restart, with: {host: shop-1, n: ${at}}}\n`,
  ).join('');

const written = (count: number): string => `schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
secrets: {token: env:SHOP_TOKEN}
triggers:
  - alert: ['alertname="ShopDown"']
steps:
  - id: approve
    action: approval
    with: {approvers: {roles: [responder]}}
${steps(count)}`;

type Plan = NonNullable<Stage['actions']['plans'][string]>;

async function previewed(count: number, plan: Plan): Promise<Readonly<Record<string, string>>> {
  const on = await stage({ playbooks: [written(count)], secrets: { 'env:SHOP_TOKEN': 'hunter2hunter2' } });
  on.actions.plans['shop.restart'] = plan;
  await on.sends(group([firing('shop-1')]));
  await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} });
  return (await on.run()).approvals[0]?.previews ?? {};
}

test('no secret gets out by a preview, neither one that the step asked for nor one that it found', async () => {
  const shown = await previewed(1, async (_, context) => {
    const token = await context.secret({ secret: 'env:SHOP_TOKEN' });
    return `would send ${token} (${Buffer.from(token).toString('base64')})`;
  });
  expect(shown.s0).toMatch(/^would send ••• \(•••=?\)$/);
  expect(await previewed(1, () => Promise.reject(new Error('bad token hunter2hunter2')))).toEqual({
    s0: '⚠️ It cannot be foreseen: bad token •••',
  });
});

test('four steps are asked at once, no more, and each with its own arguments', async () => {
  let [asked, most] = [0, 0];
  const shown = await previewed(10, async ({ n }) => {
    asked += 1;
    most = Math.max(most, asked);
    await new Promise((resolve) => setImmediate(resolve));
    asked -= 1;
    return `step ${String(n)}`;
  });
  expect(most).toBe(4);
  expect(Object.entries(shown)).toEqual(Array.from({ length: 10 }, (_, at) => [`s${at}`, `step ${at}`]));
});

test('what steps say is cut, so that a run stays small, and says how long it was', async () => {
  const shown = await previewed(8, async () => 'x'.repeat(50_000));
  expect(shown.s0).toMatch(/^x+\n… \(50000 characters in all\)$/);
  expect(JSON.stringify(shown).length).toBeLessThan(9_000);
});

test('a step that does not answer is not waited for', async () => {
  const on = await stage({ playbooks: [written(1)] });
  on.actions.plans['shop.restart'] = async () => 'soon';
  on.chat.mood = 'well';
  await on.sends(group([firing('shop-1')]));
  const never = Promise.withResolvers<string>();
  on.actions.plans['shop.restart'] = () => never.promise;
  const { desk } = on.engine();
  await desk.act({
    ...{ kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs: {} },
    ...{ id: 'click' as never, by: alice },
  });
  const lost = new AbortController();
  const { id } = await on.run();
  const effect = { kind: 'preview_plan', run: id, approval: 'approve.1', id: 'x' as EffectId, urgency: 3 } as const;
  const hold = { id: effect.id, owner: 'me', n: 1, wanted: 0, mayHaveActed: false };
  const asked = previewPerformers.preview_plan(effect, {
    world: on.world,
    receive: undefined as never,
    hold,
    about: await on.store.load(id),
    signal: lost.signal,
  });
  lost.abort();
  expect(await asked).toMatchObject({
    event: { previews: { s0: '⚠️ It cannot be foreseen: no answer within 20 s' } },
  });
  never.resolve('');
});
