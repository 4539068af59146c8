/** One case: the story with a kill at one boundary, another process that takes over, and the count. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerProcess } from '../../src/demo/processes.ts';
import { type Count, count } from './count.ts';
import { type Cut, nameOf } from './cuts.ts';
import type { Flaw } from './decorate.ts';
import { type Orders, spawnTocsin } from './process.ts';
import { configFile, openScene, type Scene, type Surroundings } from './scene.ts';
import type { Sight } from './sights.ts';
import { tell } from './story.ts';

export interface Case {
  /** None: nobody is killed. */
  readonly cut?: Cut;
  readonly flaw?: Flaw;
  /** What else goes wrong meanwhile; the answer ends it. */
  readonly trouble?: (scene: Scene) => Promise<() => void>;
  readonly withinMs?: number;
  /** Ends the story early. */
  readonly until?: (sight: Sight) => boolean;
  /** Where each kind of effect is written down that was begun. */
  readonly diary?: string;
  /** Where each call to Slack is written down that was answered. */
  readonly callDiary?: string;
}

export interface Result extends Count {
  readonly name: string;
  /** The process died where it should. */
  readonly reached: boolean;
  readonly ms: number;
  /** What the processes said last, for whoever must find out. */
  readonly log: string;
}

const overrides = {
  'incidents.grace': '1s',
  'incidents.close_after': '1s',
  'log.level': 'warn',
};
const leaseMs = 1_500;
const usuallyWithinMs = 60_000;

export async function play(
  around: Surroundings,
  { cut, flaw = 'none', trouble, withinMs, until, diary, callDiary }: Case,
): Promise<Result> {
  const began = Date.now();
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-crash-'));
  const scene = await openScene(around, dir);
  const epitaph = join(dir, 'epitaph');
  const orders: Orders = {
    config: configFile,
    overrides,
    leaseMs,
    flaw,
    epitaph,
    ...(diary !== undefined && { diary }),
    ...(callDiary !== undefined && { callDiary }),
  };
  const endTrouble = await trouble?.(scene);
  const processes = succession(scene, orders, cut);
  try {
    const told = await tell(scene, { withinMs: withinMs ?? usuallyWithinMs, until });
    return {
      ...count(told, { cut, leftOpen: await readFile(epitaph, 'utf8').catch(() => '') }),
      name: cut ? nameOf(cut) : 'nobody is killed',
      reached: cut === undefined || processes.died(),
      ms: Date.now() - began,
      log: processes.log(),
    };
  } finally {
    endTrouble?.();
    await processes.stop();
    await scene.stop();
  }
}

/** The first one, and, as soon as it is dead, the second one that nobody kills. */
function succession(scene: Scene, orders: Orders, cut: Cut | undefined) {
  const all: ServerProcess[] = [];
  let stopped = false;
  let died = false;
  const spawn = async (more: Partial<Orders>): Promise<ServerProcess> => {
    const started = await spawnTocsin({ ...orders, ...more }, scene.env);
    all.push(started);
    return started;
  };
  const run = async (): Promise<void> => {
    const first = await spawn(cut ? { cut: nameOf(cut) } : {});
    await first.ended;
    if (stopped) return;
    died = true;
    if (cut) await spawn({});
  };
  const running = run();
  return {
    died: () => died,
    log: () => all.map((one) => one.output()).join('\n---\n'),
    stop: async () => {
      stopped = true;
      for (const one of all) await one.kill('SIGKILL');
      await running;
    },
  };
}
