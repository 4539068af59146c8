/** Workers in Redis: each with the time at which it last said that it is here. */
import type { Presence } from '../../engine/ports.ts';
import type { Connection } from './connection.ts';
import { scripts } from './scripts.ts';

export const redisPresence = ({ run }: Connection): Presence => ({
  async here(owner, pools) {
    await run(scripts.here, [owner, ...pools]);
  },
  async leave(owner, pools) {
    await run(scripts.leave, [owner, ...pools]);
  },
  async pools() {
    const found = (await run(scripts.pools, [])) as readonly [string, number, string][];
    return found.map(([pool, workers, seenAt]) => ({ pool, workers, seenAt: Number(seenAt) }));
  },
});
