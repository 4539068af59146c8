/** The real Tocsin as a process of its own, told by its arguments where to die. */
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { World } from '../../src/engine/world.ts';
import { startTocsin } from '../../src/main.ts';
import { cutNamed } from './cuts.ts';
import { cutAt, type Flaw, flaws, withAttempts, withDiary } from './decorate.ts';
import type { Orders } from './process.ts';

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const env = readEnvironment();
const config = loadConfig({ env, file: orders.config, overrides: orders.overrides });

/** The cut stands nearest to the engine: what is broken on purpose is broken behind it. */
function decorate(world: World): World {
  const told = withAttempts({ ...world, leaseMs: orders.leaseMs });
  const flawed = flaws[orders.flaw satisfies Flaw](orders.diary === undefined ? told : withDiary(orders.diary, told));
  return orders.cut === undefined
    ? flawed
    : cutAt({ cut: cutNamed(orders.cut), epitaph: orders.epitaph ?? '/dev/null' }, flawed);
}

await startTocsin(config, {
  redisProgram: 'redis-server',
  onFatal: (why) => {
    process.stderr.write(`${why}\n`);
    process.exit(1);
  },
  decorate,
});
