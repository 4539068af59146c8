/** What the storms are measured in: Tocsin, the floor and the rival on one Redis. */
import { decided, type Installation, startInstallation } from './installation.ts';
import { type Program, startProgram } from './processes.ts';

export interface Setting {
  readonly tocsin: Installation;
  readonly floor: Program;
  readonly naive: Program;
  stop(): Promise<void>;
}

export async function startSetting(): Promise<Setting> {
  const tocsin = await startInstallation('off');
  const floor = await startProgram('floor', tocsin.redisUrl);
  const naive = await startProgram('naive', tocsin.redisUrl);
  return {
    ...{ tocsin, floor, naive },
    stop: async () => {
      await Promise.all([floor.stop(), naive.stop()]);
      await tocsin.stop();
    },
  };
}

/** Until Tocsin has decided all that it took, and nothing of the rivals' is left. */
export async function settled({ tocsin }: Setting): Promise<void> {
  await decided(tocsin);
  const { redis } = tocsin;
  await redis.del('floor');
  for (const key of await redis.keys('bull:naive:*')) await redis.del(key);
}
