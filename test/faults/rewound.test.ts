/** Redis put back to an older copy between two starts: nothing that was done since is done again, and people are told. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shownText } from '../../src/demo/workspace.ts';
import { spawnTocsin } from '../crash/process.ts';
import { configFile, openScene, startSurroundings } from '../crash/scene.ts';
import { hasButton, look, oneOf } from '../crash/sights.ts';
import { tell } from '../crash/story.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/servers.ts';

const orders = { config: configFile, overrides: { 'log.level': 'warn' }, leaseMs: 1_500, flaw: 'none' } as const;

test('a step that was done after the copy was made is not done again', { timeout: 150_000 }, async () => {
  const around = await startSurroundings();
  onTestFinished(around.stop);
  const scene = await openScene(around, await mkdtemp(join(tmpdir(), 'tocsin-rewound-')));
  onTestFinished(scene.stop);
  const copy = await mkdtemp(join(tmpdir(), 'tocsin-copy-'));
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  const first = await spawnTocsin(orders, scene.env);
  onTestFinished(first.stop);
  let isCopied = false;
  await tell(scene, {
    withinMs: 60_000,
    until: (sight) => /^Repair succeeded/.test(oneOf(sight, 'progress of Repair')?.text ?? ''),
    // While Bob is still being asked.
    before: async (sight) => {
      if (isCopied || !hasButton(oneOf(sight, 'approval of Repair'), 'approve')) return;
      isCopied = true;
      await cp(scene.redis.dir, copy, { recursive: true });
    },
  });
  const done = (await look(scene)).target;
  expect(done).toHaveLength(2);

  await first.kill('SIGKILL');
  await scene.redis.kill('SIGKILL');
  await rm(scene.redis.dir, { recursive: true });
  await cp(copy, scene.redis.dir, { recursive: true });
  const redis = await startRedis({ dir: scene.redis.dir, port: scene.redis.port });
  onTestFinished(redis.stop);
  const second = await spawnTocsin(orders, scene.env);
  onTestFinished(second.stop);

  const told = await eventually('the incident says what happened', async () => {
    const sight = await look(scene);
    const isTold = sight.messages.some((message) => shownText(message).includes('Redis went back in time'));
    const isShown = /^Repair failed/.test(oneOf(sight, 'progress of Repair')?.text ?? '');
    return isTold && isShown && sight;
  });
  expect(told.target).toEqual(done);
  expect(told.channels).toHaveLength(1);
  expect(hasButton(oneOf(told, 'approval of Repair'), 'approve')).toBe(false);
  const status = await scene.workspace.type('alice', 'general', '/automation status');
  expect(status).toContain('stopped');
});
