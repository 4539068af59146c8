/** One case: a story whose worker is killed at one boundary, another worker that takes over, and the people in between. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { memoryBlobs } from '../../../src/blobs/memory.ts';
import { type ServerProcess, startProcess } from '../../../src/demo/processes.ts';
import type { EventId, UserRef } from '../../../src/domain/ids.ts';
import type { IntentBody } from '../../../src/domain/intent.ts';
import type { Person } from '../../../src/domain/person.ts';
import { isOver, type Run, waitingApproval } from '../../../src/domain/run.ts';
import { createEngine, type Engine } from '../../../src/engine/engine.ts';
import type { World } from '../../../src/engine/world.ts';
import { startRedis } from '../../support/servers.ts';
import type { Surroundings } from '../scene.ts';
import type { Story } from './stories.ts';
import type { WorkerOrders } from './worker.ts';
import { type Setting, worldFor } from './world.ts';

export interface RunCase {
  readonly story: Story;
  /** None: nobody is killed. */
  readonly dies?: string;
  readonly diary?: string;
}

export interface Played {
  readonly reached: boolean;
  /** `<step> <attempt>`, a line for each time that the target was acted on. */
  readonly ledger: readonly string[];
  readonly runs: readonly Run[];
  /** Steps of which a person was asked how they ended, and what they said. */
  readonly asked: Readonly<Record<string, 'worked' | 'failed'>>;
  readonly locksLeft: readonly string[];
  /** Every `run …` and `step …` that was seen. */
  readonly states: readonly string[];
  readonly isLate: boolean;
  readonly log: string;
}

/** A worker that died is replaced within a third of it, where its runs are concerned. */
const leaseMs = 3_000;
const withinMs = 60_000;
const lookEveryMs = 80;
const mostLooks = 50;
const entry = fileURLToPath(new URL('worker.ts', import.meta.url));

export async function playRun({ prometheus, sshd }: Surroundings, { story, dies, diary }: RunCase): Promise<Played> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-runs-'));
  const redis = await startRedis({ dir: join(dir, 'redis') });
  const target = await targetIn(dir);
  await writePlaybooks(join(dir, 'playbooks'), story.playbooks(target.script));
  const setting: Setting = {
    redisUrl: redis.url,
    prometheusUrl: prometheus.url,
    folder: join(dir, 'playbooks'),
    host: {
      name: 'shop-1',
      address: sshd.host,
      port: sshd.port,
      user: sshd.user,
      privateKeyPath: sshd.privateKeyPath,
      hostKey: sshd.hostPublicKey,
    },
    leaseMs,
  };
  const states = join(dir, 'states');
  await writeFile(states, '');
  const workers = succession({ setting, states, ...(dies !== undefined && { dies }), ...(diary && { diary }) });
  const world = await worldFor(setting, { owner: 'people', blobs: memoryBlobs() });
  try {
    const told = await people({ world, engine: createEngine(world), ledger: target.lines }, story);
    return {
      ...told,
      reached: dies === undefined || (await workers.died()),
      ledger: await target.lines(),
      locksLeft: (await world.store.claimsUnder('lock/', 100)).map(({ key }) => key),
      states: [...new Set([...told.states, ...(await readFile(states, 'utf8')).split('\n').filter(Boolean)])],
      log: workers.log(),
    };
  } finally {
    await workers.stop();
    await world.queue.close(0);
    await world.store.close();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function writePlaybooks(dir: string, all: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(all)) await writeFile(join(dir, `${name}.yml`), text);
}

/** A script that adds a line to a file: the target's own memory of what was done to it. */
async function targetIn(dir: string) {
  const file = join(dir, 'target.log');
  const script = join(dir, 'act');
  await writeFile(file, '');
  await writeFile(script, `#!/bin/sh\n[ "$1" = -- ] && shift\nprintf '%s %s\\n' "$1" "$2" >> '${file}'\n`);
  await chmod(script, 0o755);
  return { script, lines: async () => (await readFile(file, 'utf8')).split('\n').filter(Boolean) };
}

/** The first worker, and, as soon as it is dead, the second one that nobody kills. */
function succession(orders: WorkerOrders) {
  const all: ServerProcess[] = [];
  let isStopped = false;
  let hasDied = false;
  const spawn = async (more: WorkerOrders): Promise<ServerProcess> => {
    const args = ['--disable-warning=ExperimentalWarning', entry, JSON.stringify(more)];
    const started = await startProcess({ name: 'worker', command: process.execPath, args, isReady: async () => true });
    all.push(started);
    return started;
  };
  const running = (async (): Promise<void> => {
    const first = await spawn(orders);
    await first.ended;
    if (isStopped) return;
    hasDied = true;
    const { dies: _, ...second } = orders;
    await spawn(second);
  })();
  return {
    /** The run may be over a moment before. */
    died: async () => {
      for (let looks = 0; !hasDied && looks < mostLooks; looks += 1) await pause(lookEveryMs);
      return hasDied;
    },
    log: () => all.map((one) => one.output()).join('\n---\n'),
    stop: async () => {
      isStopped = true;
      for (const one of all) await one.kill('SIGKILL');
      await running;
      for (const one of all) await one.kill('SIGKILL');
    },
  };
}

interface Office {
  readonly world: World;
  readonly engine: Engine;
  ledger(): Promise<readonly string[]>;
}

const person = (name: string): Person => ({
  kind: 'person',
  user: `U${name.toUpperCase()}` as UserRef,
  name,
  roles: ['responder'],
  groups: [],
  standing: 'member',
  askedAt: 0,
});

type Told = Pick<Played, 'runs' | 'asked' | 'isLate' | 'states'>;

/** Starts the runs and does what people do, until all are over. */
async function people(office: Office, story: Story): Promise<Told> {
  const asked: Record<string, 'worked' | 'failed'> = {};
  const seen = new Set<string>();
  const { desk } = office.engine;
  let intents = 0;
  // What a target remembers of an attempt outlives the case: no two may have the same.
  const name = randomUUID();
  const does = async (by: string, intent: IntentBody) => {
    intents += 1;
    return await desk.act({ ...intent, id: `${name}-${intents}` as EventId, by: person(by) });
  };
  await does('alice', { kind: 'open_incident', title: story.name });
  for (const playbook of ['main', 'other'].slice(0, story.runs ?? 1))
    await does('alice', { kind: 'run_playbook', playbook, incident: 'inc-1', inputs: {} });
  const until = Date.now() + withinMs;
  for (;;) {
    const runs = await runsOf(office.world);
    for (const state of runs.flatMap(statesOf)) seen.add(state);
    const isLate = Date.now() > until;
    if ((runs.length > 0 && runs.every(isOver)) || isLate) return { runs, asked, isLate, states: [...seen] };
    for (const run of runs) await helps(office, { run, story, does, asked });
    await pause(lookEveryMs);
  }
}

const statesOf = ({ status, steps }: Run): readonly string[] => [
  `run ${status}`,
  ...steps.map((step) => `step ${step.status}`),
];

async function runsOf({ store }: World): Promise<readonly Run[]> {
  const ids = await store.list('run', 'all', 10);
  return await Promise.all(ids.map(async (id) => (await store.load(id)).state as unknown as Run));
}

interface Helping {
  readonly run: Run;
  readonly story: Story;
  readonly asked: Record<string, 'worked' | 'failed'>;
  does(by: string, intent: IntentBody): Promise<unknown>;
}

async function helps({ ledger }: Office, { run, story, asked, does }: Helping): Promise<void> {
  const of = { run: run.id };
  if (waitingApproval(run)) await does('bob', { kind: 'approve', ...of, approval: '' });
  if (run.steps.some(({ status }) => status === 'waiting_answer'))
    await does('bob', { kind: 'answer', ...of, step: '', value: 'this one' });
  const rest = run.steps.find(({ id }) => id === story.cancelsAt);
  const waits = rest?.status === 'waiting' || rest?.status === 'waiting_run';
  if (waits && run.cancelledBy === undefined && !run.ending) await does('alice', { kind: 'cancel_run', ...of });
  const lost = run.steps.find(({ status }) => status === 'unknown');
  if (!lost) return;
  // They look at the target first, as the button tells them to.
  const name = story.deeds.find(({ step }) => lost.id === step)?.step ?? lost.id;
  const verdict = (await ledger()).some((line) => line.startsWith(`${name} `)) ? 'worked' : 'failed';
  asked[name] = verdict;
  await does('bob', { kind: 'settle_unknown', ...of, step: lost.id, verdict });
}
