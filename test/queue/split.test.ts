/** The split queue: as many chatty effects as there are workers must not keep an urgent one waiting. */
import { expect, test } from 'vitest';
import type { EffectId } from '../../src/domain/ids.ts';
import { bullQueue } from '../../src/queue/bullmq.ts';
import { splitQueue } from '../../src/queue/split.ts';
import { wakeUp } from '../contract/queue.contract.ts';
import { startRedis } from '../support/servers.ts';

test('an urgent effect is performed while chatter holds every worker of its own', async () => {
  const redis = await startRedis({ appendfsync: 'no' });
  const queue = splitQueue(bullQueue({ url: redis.url, name: 'act' }), bullQueue({ url: redis.url, name: 'show' }));
  const chatter = Promise.withResolvers<void>();
  const urgent = Promise.withResolvers<EffectId>();
  await queue.work(async (id) => (id === 'click' ? urgent.resolve(id) : chatter.promise), 1);
  await queue.wake(
    [wakeUp('card', { urgency: 5 }), wakeUp('topic', { urgency: 8 }), wakeUp('click', { urgency: 1 })],
    Date.now(),
  );
  expect(await urgent.promise).toBe('click');
  chatter.resolve();
  await queue.close(2_000);
  await redis.stop();
});
