/** The real Tocsin as a process of its own, told by its arguments where to die. */
import { appendFileSync } from 'node:fs';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { World } from '../../src/engine/world.ts';
import { startTocsin } from '../../src/main.ts';
import { onAnswered, withNames } from './calls.ts';
import { type Cut, cutNamed } from './cuts.ts';
import { cutAt, die, type Flaw, flaws, withAttempts, withDiary } from './decorate.ts';
import type { Orders } from './process.ts';

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const env = readEnvironment();
const config = loadConfig({ env, file: orders.config, overrides: orders.overrides });

const cut: Cut | undefined = orders.cut === undefined ? undefined : cutNamed(orders.cut);
const epitaph = orders.epitaph ?? '/dev/null';

// Before anything keeps a `fetch` of its own.
onAnswered(async (call) => {
  if (orders.callDiary !== undefined) appendFileSync(orders.callDiary, `${call}\n`);
  if (cut?.at === 'call' && cut.call === call) await die(epitaph);
});

/** The cut stands nearest to the engine: what is broken on purpose is broken behind it. */
function decorate(world: World): World {
  const told = withAttempts({ ...world, leaseMs: orders.leaseMs, chat: withNames(world.chat) });
  const flawed = flaws[orders.flaw satisfies Flaw](orders.diary === undefined ? told : withDiary(orders.diary, told));
  return cut === undefined ? flawed : cutAt({ cut, epitaph }, flawed);
}

await startTocsin(config, {
  redisProgram: 'redis-server',
  onFatal: (why) => {
    process.stderr.write(`${why}\n`);
    process.exit(1);
  },
  decorate,
});
