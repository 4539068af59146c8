/** Following schedules costs nothing while none is due: nobody is asked, and playbooks that change are seen at once. */
import { expect, test } from 'vitest';
import type { Playbook } from '../../src/domain/playbook.ts';
import { loadedFrom, type Stage, stage } from '../support/scenario.ts';

const drill = (cron: string) => `schema: playbook/v1
id: drill
name: Drill
owners: [team-shop]
triggers: [{schedule: {cron: "${cron}", timezone: UTC}, mode: auto}]
steps: [{id: restart, action: shop.restart, with: {host: shop-1}}]
`;

/** A stage whose playbooks can be changed, and which counts what the store is asked. */
async function counted(texts: readonly string[]) {
  let current: readonly Playbook[] = [];
  let load = (_: readonly string[]): void => undefined;
  const on = await stage({
    shelf: async (_, actions) => {
      load = (some) => {
        current = some.map((text) => loadedFrom(text, actions));
      };
      load(texts);
      return { current: () => current, problems: () => [], commit: () => undefined };
    },
  });
  return { on, asked: countOf(on), change: (some: readonly string[]) => load(some) };
}

function countOf({ store }: Stage): () => number {
  let count = 0;
  for (const name of ['now', 'claims'] as const) {
    const asks = store[name] as (...given: readonly unknown[]) => Promise<never>;
    Object.assign(store, {
      [name]: (...given: readonly unknown[]) => {
        count += 1;
        return asks(...given);
      },
    });
  }
  return () => {
    const asked = count;
    count = 0;
    return asked;
  };
}

test('while the next time is far, a look asks nobody', async () => {
  const { on, asked } = await counted([drill('0 3 * * *')]);
  const { tick } = on.engine().schedules;
  await tick();
  expect(asked()).toBeGreaterThan(0);
  for (let second = 0; second < 20; second += 1) await tick();
  expect(asked()).toBe(0);
});

test('without schedules the store is never asked', async () => {
  const { on, asked } = await counted([]);
  await on.engine().schedules.tick();
  expect(asked()).toBe(0);
});

test('playbooks that were changed are looked at at once', async () => {
  const { on, asked, change } = await counted([drill('0 3 * * *')]);
  const { tick } = on.engine().schedules;
  await tick();
  asked();
  change([drill('0 4 * * *')]);
  await tick();
  expect(asked()).toBeGreaterThan(0);
  expect(await on.reasons('automation')).toEqual(['schedule_followed', 'schedule_followed']);
});
