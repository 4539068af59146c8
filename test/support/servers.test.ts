/** The servers that tests lean on are real, keep their data, and end when told. */
import { Redis as Client } from 'ioredis';
import { expect, test } from 'vitest';
import { startRedis } from './servers.ts';

test('a Redis that was killed without warning comes back with every acknowledged write', async () => {
  const first = await startRedis();
  const client = new Client(first.url);
  await client.set('rung', 'yes');
  client.disconnect();
  await first.kill('SIGKILL');
  const second = await startRedis({ dir: first.dir, port: first.port });
  const again = new Client(second.url);
  expect(await again.get('rung')).toBe('yes');
  again.disconnect();
  await second.stop();
  await first.stop();
  expect(() => process.kill(second.pid, 0)).toThrow('ESRCH');
});
