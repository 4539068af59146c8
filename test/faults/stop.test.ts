/** The global stop outlives everything: Tocsin and its Redis are killed, and still nothing acts until somebody lets it. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shownText } from '../../src/demo/workspace.ts';
import { spawnTocsin } from '../crash/process.ts';
import { configFile, openScene, startSurroundings } from '../crash/scene.ts';
import { hasButton, look, oneOf, type Sight, shows } from '../crash/sights.ts';
import { tell } from '../crash/story.ts';
import { startRedis } from '../support/servers.ts';

const notices = ({ messages }: Sight) =>
  messages.filter((message) => shownText(message).includes('has stopped automation'));

const orders = { config: configFile, overrides: { 'log.level': 'warn' }, leaseMs: 1_500, flaw: 'none' } as const;

test('a run that was approved meanwhile waits for the end of the stop, then goes on', {
  timeout: 150_000,
}, async () => {
  const around = await startSurroundings();
  onTestFinished(around.stop);
  const scene = await openScene(around, await mkdtemp(join(tmpdir(), 'tocsin-stop-')));
  onTestFinished(scene.stop);
  const first = await spawnTocsin(orders, scene.env);
  onTestFinished(first.stop);
  const types = (what: string) => scene.workspace.type('alice', 'general', `/automation ${what}`);

  let isStopped = false;
  await tell(scene, {
    withinMs: 60_000,
    until: (sight) => shows(oneOf(sight, 'progress of Repair'), 'automation is stopped') && notices(sight).length > 0,
    before: async (sight) => {
      if (isStopped || !hasButton(oneOf(sight, 'approval of Repair'), 'approve')) return;
      isStopped = true;
      expect(await types('stop a deployment is under way')).toContain('stopped');
      await first.kill('SIGKILL');
      await scene.redis.kill('SIGKILL');
      const redis = await startRedis({ dir: scene.redis.dir, port: scene.redis.port });
      onTestFinished(redis.stop);
      const second = await spawnTocsin(orders, scene.env);
      onTestFinished(second.stop);
    },
  });
  const held = await look(scene);
  expect(shows(oneOf(held, 'progress of Repair'), 'automation is stopped')).toBe(true);
  expect(held.target).toEqual([]);
  expect(notices(held)).toHaveLength(1);
  expect(await types('status')).toContain('Automation is stopped by alice');

  expect(await types('resume')).toContain('goes on');
  const { sight } = await tell(scene, {
    withinMs: 60_000,
    until: (seen) => /^Repair succeeded/.test(oneOf(seen, 'progress of Repair')?.text ?? ''),
  });
  expect(sight.target).toHaveLength(2);
});
