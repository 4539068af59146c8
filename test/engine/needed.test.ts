/** Which blobs stay: those that something open speaks of. */
import { expect, test } from 'vitest';
import { sweepBlobs } from '../../src/engine/needed.ts';
import { group, resolved } from '../support/alerts.ts';
import { did, down, restart, written } from '../support/flow.ts';
import { type Stage, stage } from '../support/scenario.ts';

async function needed(on: Stage): Promise<ReadonlySet<string>> {
  let keys: ReadonlySet<string> = new Set();
  const sweep = async (ask: () => Promise<ReadonlySet<string>>) => {
    keys = await ask();
    return 0;
  };
  await sweepBlobs({ ...on.world, blobs: { ...on.world.blobs, sweep } });
  return keys;
}

const long = 'x'.repeat(40_000);

async function talkative(more = ''): Promise<Stage> {
  const on = await stage({ playbooks: [written(`${restart('one')}${more}`, 'timeout: 20h\n')] });
  on.actions.goes['shop.restart'] = [
    async (_args, context) => {
      context.log('stopping');
      return { kind: 'succeeded', outputs: { all: long } };
    },
  ];
  await on.sends(down);
  expect(did(on)).toEqual(['shop.restart one']);
  return on;
}

async function closes(on: Stage): Promise<void> {
  await on.sends(group([resolved('shop-1')]));
  await on.passes('5m');
  await on.passes('2h');
  expect((await on.incident()).status).toBe('closed');
}

test('the log and the long output of a run are needed as long as its incident is open', async () => {
  const on = await talkative();
  const [step] = (await on.run()).steps;
  const keys = await needed(on);
  expect(keys.has(step?.log ?? '')).toBe(true);
  expect([...keys].some((key) => key.endsWith('.txt'))).toBe(true);
  await closes(on);
  expect(await needed(on)).not.toContain(step?.log);
  expect([...(await needed(on))].filter((key) => key.includes('.'))).toEqual([]);
});

test('a run that goes on needs them also when its incident is closed', async () => {
  const on = await talkative('  - {id: pause, action: wait, with: {for: 19h}}\n');
  const [step] = (await on.run()).steps;
  await closes(on);
  expect(await needed(on)).toContain(step?.log);
});
